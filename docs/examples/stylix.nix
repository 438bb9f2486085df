# stylix for home-manager, with one option of home-manager that it needs.
{ lib, inputs, ... }:
[
  (inputs.stylix + "/stylix/hm")
  {
    # An option of home-manager.
    options.lib = lib.mkOption {
      type = lib.types.attrsOf lib.types.attrs;
      visible = false;
    };
  }
]
