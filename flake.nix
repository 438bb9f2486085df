{
  description = "The documentation builder for Nix-style module options";

  inputs.nixpkgs.url = "github:NixOS/nixpkgs/nixos-unstable";

  outputs =
    { self, nixpkgs }:
    let
      forAllSystems = nixpkgs.lib.genAttrs [
        "aarch64-darwin"
        "aarch64-linux"
        "x86_64-darwin"
        "x86_64-linux"
      ];
    in
    {
      packages = forAllSystems (system: rec {
        inherit (import ./nix { pkgs = nixpkgs.legacyPackages.${system}; }) manualgen;
        default = manualgen;
      });

      # Takes `pkgs`, and the arguments of Nixpkgs' `nixosOptionsDoc`.
      lib.optionsDoc =
        { pkgs, ... }@arguments:
        (import ./nix { inherit pkgs; }).optionsDoc (builtins.removeAttrs arguments [ "pkgs" ]);

      overlays.default = final: _: { inherit (import ./nix { pkgs = final; }) manualgen; };
    };
}
