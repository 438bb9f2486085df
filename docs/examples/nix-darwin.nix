# nix-darwin. Its modules ask for the list of them.
{ inputs, ... }:
let
  folder = inputs.nix-darwin + "/modules";
  baseModules = import (folder + "/module-list.nix");
in
{
  modules = baseModules;
  specialArgs = {
    inherit baseModules;
    modules = [ ];
    modulesPath = toString folder;
  };
}
