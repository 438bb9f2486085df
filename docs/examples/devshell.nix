# devshell, with all modules that it ships.
{
  lib,
  pkgs,
  inputs,
  ...
}:
import (inputs.devshell + "/modules/eval-args.nix") {
  inherit lib pkgs;
  modules = lib.filesystem.listFilesRecursive (inputs.devshell + "/extra");
}
