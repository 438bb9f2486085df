# Modules → a list of records of options, by one lib.evalModules.
#
# `request` names a JSON file that evaluator.py writes:
#
#   nonce    marks the lines of the log that are written here
#   lib      path of the library
#   pkgs     path of a package set, or null
#   system   the system that the package set is evaluated for
#   modules  paths of modules
#   list     path of a file that holds a list of modules, or null
#   special  further arguments for modules, as strings
#   prefixes the options to return: names of options or starts of such names
#   broken   modules to leave out, as {path: true}
#   skip     values to leave out, as {"option field": true}, and types, as {"type file:line": true}
#   explain  the module or value ("option field") whose failure is not caught, or null
#   missing  paths in `config` that may be missing, as a tree of sets
#
# Nix has exceptions of two kinds. `throw` and `assert` can be caught by
# `tryEval`, and are: around the smallest part that can be left out. All others
# (a missing attribute, a syntax error) end the evaluation; their trace holds
# the contexts added here, from which extracting.py learns what to leave out in
# the next evaluation.
#
# The library is loaded with an `import` of ours. So evalModules, which imports
# modules itself, gets them guarded, and keeps their paths as their identities.
{ request }@arguments:

let
  inherit (builtins)
    addErrorContext
    compareVersions
    fromJSON
    functionArgs
    intersectAttrs
    isFunction
    isList
    readFile
    scopedImport
    toJSON
    ;

  oldest = "2.8";

  request = fromJSON (readFile arguments.request);

  # As JSON, because Nix expands tabs and breaks lines in what it prints.
  report = words: builtins.trace "${request.nonce}${toJSON words}";

  inContext = words: addErrorContext "${request.nonce}${toJSON words}";

  inherit (import ./purity.nix) importScope pureScope;

  inherit
    (import ./modules.nix {
      inherit
        request
        report
        inContext
        pureScope
        ;
    })
    importModule
    unavailablePkgs
    ;

  lib = import ./library.nix {
    inherit
      request
      report
      inContext
      importScope
      importModule
      ;
  };

  packages = import ./packages.nix { inherit request lib; };

  recordsOf = import ./records.nix {
    inherit
      request
      report
      inContext
      lib
      ;
  };

  pkgsFor = file: if request.pkgs == null then unavailablePkgs file else packages;

  evaluated = lib.evalModules {
    modules = map (path: /. + path) request.modules ++ listed ++ [
      {
        _file = "manualgen";
        # Options that are only defined here may be declared by modules that are not given.
        config._module.check = false;
      }
    ];
    specialArgs = request.special // {
      pkgs = pkgsFor "";
    };
  };

  listed =
    if request.list == null then
      [ ]
    else
      let
        loaded = scopedImport pureScope (/. + request.list);
        value =
          if isFunction loaded then
            loaded (
              intersectAttrs (functionArgs loaded) {
                inherit lib;
                pkgs = pkgsFor request.list;
              }
            )
          else
            loaded;
      in
      inContext [ "list" request.list ] (if isList value then value else [ (/. + request.list) ]);
in
if compareVersions builtins.nixVersion oldest < 0 then
  inContext [ "old" builtins.nixVersion ] (throw "Nix ${builtins.nixVersion} is too old")
else
  recordsOf evaluated.options
