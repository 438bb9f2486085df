# nixvim, with the library that its modules get.
{ lib, inputs, ... }:
let
  extended = lib.extend (import (inputs.nixvim + "/lib/overlay.nix"));
in
{
  lib = extended;
  modules = [
    (inputs.nixvim + "/modules/top-level")
    { isDocs = true; }
  ];
  specialArgs = {
    lib = extended;
    modulesPath = inputs.nixvim + "/modules";
  };
}
