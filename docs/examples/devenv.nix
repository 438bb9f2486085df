# devenv. Its own manual has the options of two inputs as well:
# `--input git-hooks=FOLDER --input treefmt-nix=FOLDER`.
{ lib, inputs, ... }:
{
  modules = [ (inputs.devenv + "/src/modules/top-level.nix") ];
  specialArgs = {
    self = inputs.devenv;
    inputs =
      inputs
      // lib.optionalAttrs (inputs ? treefmt-nix) {
        treefmt-nix.lib = import inputs.treefmt-nix;
      };
  };
}
