# A package set for modules that are documented without one.
#
# Packages exist by name: by the names that the sources of the modules use. They
# print as these names. `lib`, the types of `formats` and the platform are real.
# What only a real package set can tell, such as a package's version, throws.
{
  request,
  report,
  explaining,
  lib,
  pureScope,
}:

let
  inherit (builtins)
    elemAt
    fromJSON
    functionArgs
    isAttrs
    isFunction
    isString
    listToAttrs
    mapAttrs
    match
    removeAttrs
    scopedImport
    ;

  opening = fromJSON ''"\ue000"'';
  closing = fromJSON ''"\ue001"'';
  assumed = fromJSON ''"\ue002"'';

  # The first and the last of the names of a set whose names are not known: a text
  # that lists the names has both, and records.py replaces what is between them.
  first = fromJSON ''" \ue003"'';
  last = fromJSON ''"\ue004"'';

  unavailable =
    path: report [ "touched" "pkgs" ] (throw "${path} is not available without a package set");

  # An explanation needs the position in the module: a missing attribute has one, a throw has not.
  onlyWithPackages =
    path: names:
    if explaining then
      { }
    else
      listToAttrs (
        map (name: {
          inherit name;
          value = unavailable "${path}.${name}";
        }) names
      );

  unknownNames =
    path:
    if explaining then
      { }
    else
      let
        unknown = unavailable "what is in ${path}";
      in
      {
        ${first} = unknown;
        ${last} = unknown;
      };

  package =
    path: name: children:
    let
      self =
        unknownNames path
        // onlyWithPackages path [
          "version"
          "src"
          "drvPath"
          "passthru"
          "meta"
          # What types have.
          "getSubModules"
          "getSubOptions"
        ]
        // childrenOf path children
        // {
          type = "derivation";
          inherit name;
          pname = name;
          outputName = "out";
          outputs = [ "out" ];
          outPath = "${opening}${path}${closing}";
          out = self;
          meta = onlyWithPackages "${path}.meta" [
            "available"
            "broken"
            "changelog"
            "license"
            "maintainers"
            "platforms"
            "position"
          ] // childrenMeta children // facts name;
          __pretty = _: path;
          val = null;
        }
        // mapAttrs (method: _: changed path name method) methods;
    in
    self;

  # `pkgs.hello.meta.NAME` in a source asks for a fact, not for a package.
  childrenMeta = children: mapAttrs (name: _: unavailable "meta.${name}") (children.meta or { });

  # What texts mention of a package, marked: records.py reports options with such a text.
  facts = name: {
    mainProgram = name;
    description = "${name}${assumed}";
    longDescription = "${name}${assumed}";
    homepage = "https://search.nixos.org/packages?show=${name}&query=${name}${assumed}";
  };

  methods = {
    override = null;
    overrideAttrs = null;
    overrideDerivation = null;
    overridePythonAttrs = null;
    withPackages = null;
    withPlugins = null;
    withExtensions = null;
    extend = null;
  };

  changed =
    path: name: method: _:
    package "${path}.${method} (…)" name { };

  childrenOf =
    path: children:
    mapAttrs (name: below: named "${path}.${name}" name below) (
      removeAttrs children [
        "meta"
        "version"
        "src"
      ]
    );

  # A set of packages has all names that the sources use anywhere.
  packageSet =
    path: children:
    unknownNames path
    // childrenOf path (request.names.words // children)
    // {
      __pretty = _: path;
      val = null;
      recurseForDerivations = true;
    };

  isPackageSet =
    name: children:
    children ? "*" || match ".*(Packages|Plugins|Extensions|Addons|Scripts)(_[0-9_]+)?" name != null;

  named =
    path: name: children:
    let
      below = removeAttrs children [ "*" ];
    in
    if isPackageSet name children then packageSet path below else package path name below;

  # ─── functions ───

  result = path: name: package "${path} (…)" name { };

  # The name of a package that a function makes is its first argument, or in it.
  functionOf =
    arity: path: argument:
    let
      name =
        if isString argument then
          argument
        else if isAttrs argument && isString (argument.name or null) then
          argument.name
        else
          path;
    in
    applied (arity - 1) path name;

  applied =
    arity: path: name:
    if arity == 0 then result path name else _: applied (arity - 1) path name;

  functions =
    {
      "1" = [
        "appendToName"
        "applyPatches"
        "buildEnv"
        "buildGoModule"
        "buildNpmPackage"
        "buildPythonPackage"
        "closureInfo"
        "concatText"
        "copyDesktopItems"
        "fetchFromCodeberg"
        "fetchFromGitHub"
        "fetchFromGitLab"
        "fetchFromGitea"
        "fetchFromSourcehut"
        "fetchgit"
        "fetchpatch"
        "fetchurl"
        "fetchzip"
        "makeDesktopItem"
        "mkShell"
        "mkShellNoCC"
        "nixosOptionsDoc"
        "replaceDependency"
        "substituteAll"
        "symlinkJoin"
        "writeShellApplication"
        "writeTextFile"
      ];
      "2" = [
        "concatTextFile"
        "linkFarm"
        "linkFarmFromDrvs"
        "makeSetupHook"
        "replaceVars"
        "substitute"
        "writeScript"
        "writeScriptBin"
        "writeShellScript"
        "writeShellScriptBin"
        "writeText"
        "writeTextDir"
      ];
      "3" = [
        "runCommand"
        "runCommandCC"
        "runCommandLocal"
        "runCommandNoCC"
        "runCommandWith"
      ];
    };

  functionsOf =
    arity:
    listToAttrs (
      map (name: {
        inherit name;
        value = functionOf arity "pkgs.${name}";
      }) functions.${toString arity}
    );

  writers = mapAttrs (name: _: functionOf 2 "pkgs.writers.${name}") (request.names.pkgs.writers or { });

  callPackage =
    file: arguments:
    let
      function = if isFunction file then file else scopedImport pureScope file;
      expected = functionArgs function;
      required = removeAttrs expected (
        builtins.filter (name: expected.${name} && !(self ? ${name})) (builtins.attrNames expected)
      );
    in
    function (mapAttrs (name: _: self.${name} or (package "pkgs.${name}" name { })) required // arguments);

  # ─── the platform ───

  platform =
    if lib ? systems.elaborate then
      lib.systems.elaborate { inherit (request) system; }
    else
      let
        parts = match "([^-]+)-(.*)" request.system;
      in
      {
        inherit (request) system;
        isLinux = elemAt parts 1 == "linux";
        isDarwin = elemAt parts 1 == "darwin";
        isx86_64 = elemAt parts 0 == "x86_64";
        isAarch64 = elemAt parts 0 == "aarch64";
        is64bit = true;
        is32bit = false;
      };

  isFlag = name: match "is[A-Z0-9x].*" name != null;

  flags = removeAttrs platform (
    builtins.filter (name: !(isFlag name)) (builtins.attrNames platform)
  );

  stdenv =
    name:
    named "pkgs.${name}" name (request.names.pkgs.${name} or { })
    // flags
    // {
      inherit (request) system;
      hostPlatform = platform;
      buildPlatform = platform;
      targetPlatform = platform;
      mkDerivation = functionOf 1 "pkgs.${name}.mkDerivation";
    };

  # ─── formats ───

  formats =
    mapAttrs (name: _: _: {
      type = unavailable "pkgs.formats.${name}";
      generate = generated name;
    }) (request.names.pkgs.formats or { })
    // import ./formats.nix { inherit lib generated; };

  generated = name: file: _: result "pkgs.formats.${name}" file;

  # Names of lib are left out of the words: `with lib; with pkgs;` must find those of lib.
  words = removeAttrs request.names.words (
    builtins.attrNames (lib // builtins // (lib.types or { }) // { inherit lib builtins; })
  );

  self =
    unknownNames "pkgs"
    // mapAttrs (name: children: named "pkgs.${name}" name children) (words // request.names.pkgs)
    // functionsOf 1
    // functionsOf 2
    // functionsOf 3
    // {
      inherit lib callPackage formats writers;
      inherit (request) system;
      stdenv = stdenv "stdenv";
      stdenvNoCC = stdenv "stdenvNoCC";
      hostPlatform = platform;
      buildPlatform = platform;
      targetPlatform = platform;
      path = /. + request.nixpkgs;
      config = request.names.pkgs.config or { } // { };
      overlays = [ ];
      pkgs = self;
      pkgsBuildBuild = self;
      pkgsBuildHost = self;
      buildPackages = self;
      __splicedPackages = self;
      newScope = _: callPackage;
      extend = _: self;
      appendOverlays = _: self;
      callPackages = callPackage;
      _type = "pkgs";
    };
in
self
