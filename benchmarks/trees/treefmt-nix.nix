{ pkgs, inputs, ... }:
let
  treefmt = import inputs.treefmt-nix;
in
{
  inherit (treefmt.evalModule pkgs { }) options;
  inherit (pkgs) lib;
}
