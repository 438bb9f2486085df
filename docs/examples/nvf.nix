# nvf. With `--input mnw=FOLDER` it has the options of mnw as well.
{
  lib,
  pkgs,
  inputs,
  ...
}:
let
  self = {
    outPath = inputs.nvf;
    pins = { };
  };
  extended = import (inputs.nvf + "/lib/stdlib-extended.nix") {
    inherit self;
    inputs.nixpkgs = { inherit lib; };
  };
in
{
  lib = extended;
  modules = import (inputs.nvf + "/modules/modules.nix") {
    inherit pkgs;
    lib = extended;
  };
  specialArgs = {
    inherit self inputs;
  };
}
