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
          system = builtins.currentSystem;
          builder = "/bin/bash";
          args = [
            "-euo"
            "pipefail"
            "-c"
            text
          ];
          PATH = builtins.concatStringsSep ":" (
            map (package: "${package}/bin") (environment.nativeBuildInputs ++ [ "${programs}/basic" ])
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
      # What is not evaluated here is what only Nixpkgs can build.
      buildPythonApplication =
        arguments:
        arguments
        // {
          type = "derivation";
          outPath = "${programs}/manualgen";
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
