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
