# Modules → a list of records of options, by one lib.evalModules.
#
# `request` names a JSON file that evaluator.py writes:
#
#   lib      path of the library
#   extensions paths of files that extend it
#   nixpkgs  path of the Nixpkgs tree of the library, whether it is whole or not
#   pkgs     path of a package set, or null
#   system   the system that packages are evaluated for
#   modules  paths of modules
#   flakes   modules of flakes, as {folder, attribute}, an attribute being a list of names
#   inputs   folders of inputs of flakes, by name
#   locks    what the flake.lock files of flakes say, by folder: Lock in flakes.py
#   list     path of a file that holds a list of modules, or what `listed` describes; or null
#   host     path of a file with modules whose options are not returned, or null; as `list`
#   tree     path of a file that holds evaluated options, or null
#   arguments paths of files with further arguments for modules, by name
#   special  further arguments for modules, as strings
#   prefixes the options to return: names of options or starts of such names
#   names    what the sources look up: see source_names.py
#   known    options that earlier evaluations returned, as {name: true}
#   broken   modules to leave out, as {path: true}
#   skip     values to leave out, as {"option field": true}, and types, as {"type file:line": true}
#   skipFields fields to leave out of all options, as {field: true}
#   explain  the module, value ("option field") or type ("type file:line") whose failure is not
#            caught, or null
#   missing  paths in `config` and `options` that may be missing, as {config, options}, trees of sets
#
# Each record is written to the log as soon as it is evaluated. So an evaluation
# that is ended, by a failure or a limit, has returned what came before.
#
# Nix has exceptions of two kinds. `throw` and `assert` can be caught by
# `tryEval`, and are: around the smallest part that can be left out. All others
# (a missing attribute, a syntax error) end the evaluation; their trace holds
# the contexts added here, from which extracting.py learns what to leave out in
# the next evaluation.
#
# The library is loaded with an `import` of ours. So evalModules, which imports
# modules itself, gets them guarded, and keeps their paths as their identities.
{ request, nonce }@arguments:

let
  inherit (builtins)
    addErrorContext
    attrNames
    compareVersions
    concatMap
    elem
    foldl'
    fromJSON
    functionArgs
    intersectAttrs
    isAttrs
    isFunction
    isList
    isPath
    isString
    listToAttrs
    map
    mapAttrs
    readFile
    removeAttrs
    scopedImport
    toJSON
    toString
    tryEval
    unsafeDiscardStringContext
    ;

  oldest = "2.8";

  request = fromJSON (readFile arguments.request);

  # As JSON, because Nix expands tabs and breaks lines in what it prints.
  report = words: builtins.trace "${nonce}${toJSON words}";

  inContext = words: addErrorContext "${nonce}${toJSON words}";

  inherit (import ./purity.nix { inherit request report; }) importScope pureScope;

  inherit
    (import ./modules.nix {
      inherit
        request
        report
        inContext
        pureScope
        pkgsFor
        libFor
        ;
    })
    guarded
    importModule
    ;

  library = import ./library.nix {
    inherit
      request
      report
      inContext
      importScope
      importModule
      ;
  };

  lib = listed.lib or host.lib or library.lib;

  # One for all modules, so that it is made once. An explanation needs the position
  # in the module: a missing attribute has one, a throw has not.
  # A submodule may be given another library than the other modules.
  libFor =
    file: supplied:
    if file == request.explain then
      if elem (attrNames supplied) usualNames then givenLib else supplied
    else if elem (attrNames supplied) usualNames then
      moduleLib
    else
      library.stubbed supplied;

  # An extension that is not made by `lib.extend` has the evalModules of the original.
  usualNames = [
    (attrNames givenLib)
    (attrNames library.original)
  ];

  moduleLib = library.stubbed givenLib;

  givenLib = listed.specialArgs.lib or host.specialArgs.lib or lib;

  # ─── packages ───

  packagesWith =
    lib: explaining:
    if request.pkgs == null then
      import ./stub-packages.nix {
        inherit
          request
          report
          explaining
          lib
          pureScope
          ;
      }
    else
      import ./packages.nix { inherit request lib; };

  packages = packagesWith lib false;

  explainedPackages = packagesWith lib true;

  pkgsFor = file: if file == request.explain then explainedPackages else packages;

  # ─── modules ───

  # A file is a value, or a function of `lib`, `pkgs`, `system` and `inputs`, which are folders.
  loaded =
    file: base:
    let
      value = scopedImport pureScope (/. + file);
    in
    inContext [ "list" file ] (
      if isFunction value then
        value (
          intersectAttrs (functionArgs value) {
            lib = base;
            # Not those with the extended lib, which this file may return.
            pkgs = packagesWith base false;
            inherit (request) system;
            inputs = mapAttrs (_: folder: /. + folder) request.inputs;
          }
        )
      else
        value
    );

  # A list of modules, or a set with `modules`, `specialArgs`, `lib` and `options`.
  contents =
    file:
    let
      value = loaded file library.lib;
      known = {
        modules = null;
        specialArgs = null;
        lib = null;
        options = null;
      };
    in
    if file == null then
      { }
    else if isList value then
      { modules = value; }
    else if isAttrs value && value ? modules || isAttrs value && value ? options && value ? lib then
      intersectAttrs known value
    else
      { modules = [ (/. + file) ]; };

  listed = contents request.list;

  host = contents request.host;

  # What a module in `file` itself declares is declared there.
  guardedInline =
    file: module:
    if isFunction module || isAttrs module then
      {
        _file = file;
        imports = [ (guarded file module) ];
      }
    else
      module;

  ofFlakes = import ./flakes.nix {
    inherit
      request
      report
      inContext
      lib
      importScope
      packages
      ;
  };

  evaluate =
    modules:
    lib.evalModules (
      {
        modules = hostModules ++ modules ++ [
          {
            _file = "manualgen";
            # Options that are only defined here may be declared by modules that are not given.
            config._module.check = false;
          }
        ];
      }
      // (
        if functionArgs lib.evalModules ? args && !(functionArgs lib.evalModules ? specialArgs) then
          # Before 15.09.
          {
            args = { inherit lib; } // specialArgs;
            check = false;
          }
        else
          { inherit specialArgs; }
      )
    );

  specialArgs =
    request.special
    // foldl' (all: found: all // found.host.specialArgs) { } ofFlakes
    // host.specialArgs or { }
    // listed.specialArgs or { }
    // mapAttrs (_: file: loaded file lib) request.arguments
    // {
      pkgs = packages;
    };

  hostModules =
    concatMap (found: found.host.modules) ofFlakes
    ++ map (guardedInline request.host) (host.modules or [ ]);

  evaluated = evaluate (
    map (path: /. + path) request.modules
    ++ map (found: guardedInline found.file found.module) ofFlakes
    ++ map (guardedInline request.list) (listed.modules or [ ])
  );

  # The files that declare the host's options, as the names of a set. A module that is
  # asked for is none of them, even if the host has it.
  hostFiles =
    if hostModules == [ ] then
      { }
    else
      removeAttrs (listToAttrs (
        map (file: {
          name = file;
          value = null;
        }) (filesOf (evaluate [ ]).options)
      )) (request.modules ++ concatMap (found: fileOf found.module) ofFlakes);

  fileOf = module: if isPath module || isString module then [ (toString module) ] else [ ];

  filesOf =
    tree:
    concatMap (
      name:
      let
        node = tryEval tree.${name};
      in
      if name == "_module" || !node.success || !(isAttrs node.value) then
        [ ]
      else if node.value._type or null == "option" then
        map (file: unsafeDiscardStringContext (toString file)) node.value.declarations
      else
        filesOf node.value
    ) (attrNames tree);

  recordsOf = import ./records.nix {
    inherit
      request
      report
      inContext
      lib
      hostFiles
      ;
  };

  options =
    if request.tree != null then
      let
        value = loaded request.tree lib;
      in
      if value ? options && value ? config then value.options else value
    else
      listed.options or evaluated.options;
in
if compareVersions builtins.nixVersion oldest < 0 then
  inContext [ "old" builtins.nixVersion ] (throw "Nix ${builtins.nixVersion} is too old")
else
  recordsOf options
