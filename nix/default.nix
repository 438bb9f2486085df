# manualgen as a package, and `optionsDoc`, for one package set:
#
#   inherit (import ./nix { inherit pkgs; }) manualgen optionsDoc;
{
  pkgs ? import <nixpkgs> { },
}:

rec {
  manualgen = pkgs.callPackage ./package.nix { };

  optionsDoc = import ./options-doc.nix { inherit pkgs manualgen; };
}
