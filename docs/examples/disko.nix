# disko's devices. Its NixOS module needs a whole Nixpkgs.
{ lib, inputs, ... }:
let
  disko = import (inputs.disko + "/lib") {
    inherit lib;
    rootMountPoint = "/mnt";
  };
in
[
  {
    options.disko.devices = lib.mkOption {
      type = disko.toplevel;
      default = { };
      description = "The devices to set up";
    };
  }
]
