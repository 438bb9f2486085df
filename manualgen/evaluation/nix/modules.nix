# Modules as evalModules imports them: a part that fails costs that part alone.
{
  request,
  report,
  inContext,
  pureScope,
  pkgsFor,
  libFor,
}:

let
  inherit (builtins)
    attrNames
    concatStringsSep
    elem
    filter
    functionArgs
    hasAttr
    intersectAttrs
    isAttrs
    isFunction
    isList
    isPath
    listToAttrs
    map
    mapAttrs
    pathExists
    removeAttrs
    scopedImport
    substring
    tryEval
    typeOf
    ;

  # ─── parts of modules ───

  importModule =
    path:
    let
      file = toString path;
    in
    if hasAttr file request.broken then
      emptyModule
    else if !(pathExists path) then
      (if isInternal file then emptyModule else report [ "absent" file ] emptyModule)
    else
      inContext [ "module" file ] (
        report [ "module" file ] (
          let
            value = attempt file "body" { } (scopedImport pureScope path);
            kind = kindOf value;
          in
          if elem file request.modules && kind != "" then
            report [ "malformed" file kind ] { }
          else
            guarded file value
        )
      );

  # A library alone lacks these modules of Nixpkgs. All of their options are internal.
  isInternal =
    file:
    elem file (
      map (name: "${request.nixpkgs}/${name}") [
        "modules/generic/meta-maintainers.nix"
        "nixos/modules/misc/assertions.nix"
        "nixos/modules/misc/meta.nix"
      ]
    );

  # Whatever a file was to be called with, in the end it is a module without anything.
  emptyModule = arguments: if isModuleArguments arguments then { } else emptyModule;

  explainsType = request.explain != null && substring 0 5 request.explain == "type ";

  # A failure of the module to explain is not caught, so that Nix prints its trace.
  attempt =
    file: what: instead: value:
    let
      traced = inContext [ "module" file ] value;
      tried = tryEval traced;
    in
    if request.explain == file || explainsType then
      traced
    else if tried.success then
      tried.value
    else
      report [ "broken" file what ] instead;

  # The arguments are looked up here, not by evalModules: it cannot know which of
  # them are missing without evaluating the configuration.
  guarded =
    file: value:
    if isCallable value then
      arguments:
      if isModuleArguments arguments then
        guardedResult file (
          attempt file "body" { } (value (suppliedArguments file (argumentsOf value) arguments))
        )
      else
        # Such a function returns a module, as `lib.modules.importApply` expects.
        guarded file (attempt file "body" { } (value arguments))
    else
      guardedSet file value;

  guardedResult =
    file: value:
    if isCallable value then report [ "malformed" file "overlay" ] { } else guardedSet file value;

  guardedSet =
    file: value:
    if !(isAttrs value) then
      report [ "malformed" file (typeOf value) ] { }
    else if value._type or "module" != "module" then
      value
    else
      let
        known = supported file value;
      in
      known
      // (if known ? imports then { imports = guardedImports file known.imports; } else { })
      // (if known ? require then { require = guardedImports file known.require; } else { })
      // (if known ? options then { options = guardedOptions file known.options; } else { })
      // (if known ? config then { config = attempt file "config" { } known.config; } else { });

  # Beside `options` or `config`, evalModules allows these only.
  attributes = {
    _class = null;
    _file = null;
    _type = null;
    config = null;
    disabledModules = null;
    freeformType = null;
    imports = null;
    key = null;
    meta = null;
    options = null;
    require = null;
  };

  supported =
    file: value:
    let
      extra = attrNames (removeAttrs value (attrNames attributes));
    in
    if (value ? options || value ? config) && extra != [ ] then
      report [ "extra" file (concatStringsSep ", " extra) ] (intersectAttrs attributes value)
    else
      value;

  # What a file is that was named as a module and is none; "" for modules.
  kindOf =
    value:
    if !(isAttrs value) || value == { } || intersectAttrs attributes value != { } then
      ""
    else if isFunction (value.outputs or null) then
      "flake"
    else if builtins.all (name: isModule value.${name}) (attrNames value) then
      "modules"
    else
      "";

  isModule =
    value:
    let
      tried = tryEval value;
    in
    tried.success && (isFunction tried.value || isPath tried.value);

  guardedImports =
    file: imports:
    let
      modules = attempt file "imports" [ ] imports;
    in
    if isList modules then
      map (
        entry:
        let
          value = attempt file "imports" { } entry;
        in
        if isAttrs value || isFunction value then guarded file value else value
      ) modules
    else
      modules;

  # Lazy as the tree itself: a part of it may depend on what another module declares above it.
  guardedOptions =
    file: tree:
    let
      node = attempt file "options" { } tree;
    in
    if isAttrs node && !(node ? _type) then mapAttrs (_: guardedOptions file) node else node;

  isCallable = value: isFunction value || (isAttrs value && value ? __functor);

  argumentsOf =
    value: if isFunction value then functionArgs value else value.__functionArgs or { };

  # ─── the arguments of modules ───

  suppliedArguments =
    file: names: arguments:
    arguments
    // {
      pkgs = pkgsFor file;
      lib = libFor file arguments.lib;
    }
    // (
      if request.names.options == { } && request.missing.options == { } then
        { }
      else
        {
          options = withOptionStubs "" request.missing.options (
            withEmptySets request.names.options arguments.options
          );
        }
    )
    // (
      if request.missing.config == { } then
        { }
      else
        { config = withStubs [ "config" ] request.missing.config arguments.config; }
    )
    // suppliedLater names arguments;

  isModuleArguments =
    arguments: isAttrs arguments && arguments ? config && arguments ? options && arguments ? lib;

  # Arguments that only a definition of `_module.args` may supply.
  suppliedLater =
    names: arguments:
    listToAttrs (
      map (name: {
        inherit name;
        value =
          if !(mayBeDefined name) then
            missing name
          else if (arguments.config._module.args or { }) ? ${name} then
            arguments.config._module.args.${name}
          else
            missing name;
      }) (
        filter (
          name:
          !(arguments ? ${name}) && !(elem name always) && (mayBeDefined name || !names.${name})
        ) (attrNames names)
      )
    );

  always = [
    "config"
    "lib"
    "options"
    "pkgs"
  ];

  # evalModules itself defines some, such as `name` for submodules.
  mayBeDefined = name: hasAttr name ofEvalModules || hasAttr name request.names.arguments;

  ofEvalModules = {
    extendModules = null;
    moduleType = null;
    name = null;
  };

  missing =
    name: report [ "touched" name ] (throw "the argument `${name}' of the module is not given");

  # A missing attribute cannot be caught, but one that throws can.
  withStubs =
    path: names: real:
    real
    // mapAttrs (
      name: below:
      let
        here = path ++ [ name ];
      in
      if !(real ? ${name}) then
        report [ "touched" "config" ] (throw "${concatStringsSep "." here} is not declared by any module")
      else if below != { } && isAttrs real.${name} then
        withStubs here below real.${name}
      else
        real.${name}
    ) names;

  # An option that no given module declares is its name in a text, as any option is.
  withOptionStubs =
    prefix: names: real:
    if real._type or null == "option" then
      real
    else
      real
      // mapAttrs (
        name: below:
        let
          here = "${prefix}${name}";
          unknown = report [ "touched" "config" ] (throw "${here} is not declared by any module");
        in
        if real ? ${name} then
          if below == { } then real.${name} else withOptionStubs "${here}." below real.${name}
        else
          withOptionStubs "${here}." below (mapAttrs (_: _: unknown) ofOptions)
          // {
            __toString = _: here;
          }
      ) names;

  # What an option has that no stub can tell.
  ofOptions = {
    default = null;
    defaultText = null;
    definitions = null;
    definitionsWithLocations = null;
    description = null;
    example = null;
    files = null;
    highestPrio = null;
    isDefined = null;
    type = null;
    value = null;
  };

  # `options.programs ? foo` fails where there is no `options.programs`.
  withEmptySets =
    names: real:
    real
    // mapAttrs (
      name: below: if real ? ${name} then withEmptyBelow below real.${name} else withEmptySets below { }
    ) names;

  withEmptyBelow =
    below: real:
    if below != { } && isAttrs real && !(real ? _type) then withEmptySets below real else real;
in
{
  inherit guarded importModule;
}
