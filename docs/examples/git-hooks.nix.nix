# git-hooks.nix: the hooks, with the packages that it names.
{ pkgs, inputs, ... }:
{
  modules = [
    (inputs."git-hooks.nix" + "/modules/all-modules.nix")
    { config.tools = import (inputs."git-hooks.nix" + "/nix/call-tools.nix") pkgs; }
  ];
}
