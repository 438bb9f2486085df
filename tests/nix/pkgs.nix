# What ./nix takes from Nixpkgs. Derivations are real ones, without a standard environment:
# their PATH has the programs of `nativeBuildInputs`, and those of `programs/basic`.
{ lib, programs }:

let
  lib' = import lib;

  pkgs = {
    lib = lib';
    path = ./.;

    jq = "${programs}/jq";
    brotli = "${programs}/brotli";

    runCommand =
      name: environment: text:
      derivation (
        removeAttrs environment [
          "meta"
          "nativeBuildInputs"
        ]
        // {
          inherit name;
          system = "x86_64-linux";
          builder = "${programs}/basic/bin/bash";
          args = [
            "-euo"
            "pipefail"
            "-c"
            # Nix kills what closes its output before it ends, as cp does: so bash stays.
            (text + "\n:")
          ];
          PATH = builtins.concatStringsSep ":" (
            map (package: "${package}/bin") (environment.nativeBuildInputs or [ ] ++ [ "${programs}/basic" ])
          );
        }
      );

    callPackage =
      file: arguments:
      let
        function = import file;
      in
      function (builtins.intersectAttrs (builtins.functionArgs function) pkgs // arguments);

    python3Packages = {
      # Only Nixpkgs can build it, so the checkout is used.
      buildPythonApplication =
        arguments:
        pkgs.runCommand "manualgen" { } ''
          mkdir -p $out/bin
          cp ${programs}/manualgen/bin/manualgen $out/bin/manualgen
        ''
        // {
          inherit arguments;
          inherit (arguments) pname version;
          meta.mainProgram = arguments.meta.mainProgram;
        };
    }
    // builtins.listToAttrs (
      map (name: {
        inherit name;
        value = name;
      }) packages
    );
  };

  # Names of packages in Nixpkgs.
  packages = [
    "click"
    "docutils"
    "hatchling"
    "jinja2"
    "lxml"
    "markdown-it-py"
    "mdit-py-plugins"
    "msgspec"
    "pygments"
    "rich"
  ];
in
pkgs
