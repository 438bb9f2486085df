# For modules of flake-parts: `--host` this file, `--input flake-parts=FOLDER`.
{ lib, inputs, ... }:
let
  folder = inputs.flake-parts + "/modules";
  builtinModules = builtins.listToAttrs (
    map (name: {
      inherit name;
      value = folder + "/${name}";
    }) (builtins.attrNames (builtins.readDir folder))
  );
in
{
  modules = builtins.attrValues builtinModules ++ [ { systems = [ ]; } ];
  specialArgs = {
    self = { };
    inputs = { };
    moduleLocation = "flake.nix";
    flake-parts-lib = import (inputs.flake-parts + "/lib.nix") {
      inherit lib builtinModules;
      extraModules = { };
    };
  };
}
