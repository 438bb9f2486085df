# flake-parts: the options of flakes, and those for each system.
{ lib, inputs, ... }:
let
  folder = inputs.flake-parts + "/modules";
  builtinModules = builtins.listToAttrs (
    map (name: {
      inherit name;
      value = folder + "/${name}";
    }) (builtins.attrNames (builtins.readDir folder))
  );
  flakeParts = import (inputs.flake-parts + "/lib.nix") {
    inherit lib builtinModules;
    extraModules = { };
  };
  self = {
    outPath = inputs.flake-parts;
    inputs = { };
  };
in
{
  inherit lib;
  inherit (flakeParts.evalFlakeModule { inputs = { inherit self; }; } { systems = [ ]; }) options;
}
