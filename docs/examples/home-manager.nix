# home-manager, with the library that its modules get.
{
  lib,
  pkgs,
  inputs,
  ...
}:
let
  extended = import (inputs.home-manager + "/modules/lib/stdlib-extended.nix") lib;
in
{
  lib = extended;
  modules = import (inputs.home-manager + "/modules/modules.nix") {
    inherit pkgs;
    lib = extended;
    check = false;
  };
}
