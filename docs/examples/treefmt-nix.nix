# treefmt-nix, whose own function evaluates its modules.
{ pkgs, inputs, ... }:
let
  treefmt = import inputs.treefmt-nix;
in
{
  inherit (treefmt.evalModule pkgs { }) options;
  inherit (pkgs) lib;
}
