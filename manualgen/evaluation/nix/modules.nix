# Modules as evalModules imports them: a part that fails costs that part alone.
{
  request,
  report,
  inContext,
  pureScope,
}:

let
  inherit (builtins)
    attrNames
    functionArgs
    hasAttr
    intersectAttrs
    isAttrs
    isFunction
    isList
    mapAttrs
    removeAttrs
    scopedImport
    tryEval
    ;

  # ─── parts of modules ───

  importModule =
    path:
    let
      file = toString path;
    in
    if hasAttr file request.broken then
      { }
    else
      inContext [ "module" file ] (
        report [ "module" file ] (guarded file (attempt file "body" { } (scopedImport pureScope path)))
      );

  # A failure of the module to explain is not caught, so that Nix prints its trace.
  attempt =
    file: what: instead: value:
    let
      traced = inContext [ "module" file ] value;
      tried = tryEval traced;
    in
    if request.explain == file then
      traced
    else if tried.success then
      tried.value
    else
      report [ "broken" file what ] instead;

  guarded =
    file: value:
    if isCallable value then
      withArguments (argumentsOf value) (
        arguments:
        guarded file (
          attempt file "body" { } (value (suppliedArguments file (argumentsOf value) arguments))
        )
      )
    else if isAttrs value && value._type or "module" == "module" then
      value
      // (if value ? imports then { imports = guardedImports file value.imports; } else { })
      // (if value ? require then { require = guardedImports file value.require; } else { })
      // (if value ? options then { options = guardedOptions file value.options; } else { })
      // (if value ? config then { config = attempt file "config" { } value.config; } else { })
    else
      value;

  guardedImports =
    file: imports:
    let
      found = attempt file "imports" [ ] imports;
    in
    if isList found then
      map (
        entry:
        let
          value = attempt file "imports" { } entry;
        in
        if isAttrs value || isFunction value then guarded file value else value
      ) found
    else
      found;

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

  withArguments = arguments: function: {
    __functor = _: function;
    __functionArgs = arguments;
  };

  # ─── the arguments of modules ───

  # Arguments that exist without any configuration; `pkgs` and `config` are replaced below.
  constant = {
    lib = true;
    options = true;
    specialArgs = true;
    config = true;
    pkgs = true;
  } // mapAttrs (_: _: true) request.special;

  suppliedArguments =
    file: names: arguments:
    if isAttrs arguments && arguments ? config && arguments ? options then
      arguments
      // (if request.pkgs == null then { pkgs = unavailablePkgs file; } else { })
      // (if request.missing == { } then { } else { config = withStubs [ "config" ] request.missing arguments.config; })
      // mapAttrs (
        name: _:
        if (arguments.config._module.args or { }) ? ${name} then
          arguments.${name}
        else
          report [ "touched" name ] (throw "the module's argument `${name}' is set by a configuration only")
      ) (removeAttrs (intersectAttrs names arguments) (attrNames constant))
    else
      arguments;

  # To explain a module, its use of `pkgs` is located: a set without
  # attributes makes Nix name the attribute and the position.
  unavailablePkgs =
    file:
    if request.explain == file then
      { }
    else
      report [ "touched" "pkgs" ] (throw "pkgs is not available while documentation is built");

  # A missing attribute cannot be caught, but one that throws can.
  withStubs =
    path: missing: real:
    real
    // mapAttrs (
      name: below:
      let
        here = path ++ [ name ];
      in
      if !(real ? ${name}) then
        report [ "touched" "config" ] (throw "${builtins.concatStringsSep "." here} is not declared by any module")
      else if below != { } && isAttrs real.${name} then
        withStubs here below real.${name}
      else
        real.${name}
    ) missing;
in
{
  inherit importModule unavailablePkgs;
}
