# Nixpkgs' lib, with three changes.
#
# What evalModules imports is a module: `importModule` imports it. A type that
# cannot be evaluated is replaced where an option is declared with it. And names
# of lib that modules use and that are missing throw, so that it can be caught.
{
  request,
  report,
  inContext,
  importScope,
  importModule,
}:

let
  inherit (builtins)
    attrNames
    compareVersions
    concatStringsSep
    filter
    foldl'
    functionArgs
    hasAttr
    intersectAttrs
    isAttrs
    isFunction
    mapAttrs
    pathExists
    removeAttrs
    scopedImport
    seq
    tryEval
    unsafeGetAttrPos
    ;

  oldest = "20.09";

  directory = if pathExists (/. + "${request.lib}/default.nix") then request.lib else dirOf request.lib;

  # Extensions are functions of lib, or of a set of arguments with `lib` in it.
  lib = foldl' extended original request.extensions;

  original = checked (scopedImport scope (/. + request.lib));

  extended =
    base: file:
    let
      loaded = scopedImport scope (/. + file);
      names = functionArgs loaded;
    in
    if !(isFunction loaded) then
      loaded
    else if names == { } then
      loaded base
    else
      loaded (intersectAttrs names { lib = base; });

  checked =
    lib:
    let
      release = lib.trivial.release or lib.nixpkgsVersion or oldest;
    in
    if compareVersions release oldest < 0 then
      inContext [ "old-lib" release ] (throw "lib ${release} is too old")
    else
      lib;

  # Only Nixpkgs' own files are changed, not files with the same names in extensions.
  scope = importScope (
    scope: path:
    let
      loaded = scopedImport scope path;
      file = toString path;
    in
    if file == "${directory}/modules.nix" then
      scopedImport moduleSystem path
    else if file == "${directory}/options.nix" && isFunction loaded then
      arguments: withSafeTypes arguments (loaded arguments)
    else
      loaded
  );

  moduleSystem = importScope (_: importModule);

  # A type that cannot be evaluated would take its option along, because
  # evalModules looks into types; so it is replaced where it is declared.
  withSafeTypes =
    arguments: options:
    if options ? mkOption then
      options
      // {
        mkOption =
          declared:
          options.mkOption (
            if declared ? type then
              declared
              // {
                type = safeType arguments.lib (unsafeGetAttrPos "type" declared) declared.type;
              }
            else
              declared
          );
      }
    else
      options;

  safeType =
    lib: position: type:
    let
      key = if position == null then "" else "${toString position.file}:${toString position.line}";
      tried = tryEval (inContext [ "type" key ] (seq (type.getSubModules or null) type));
      instead = lib.types.unspecified // {
        manualgenFailed = position;
      };
    in
    if hasAttr "type ${key}" request.skip then
      instead
    else if tried.success then
      tried.value
    else
      report [ "untyped" key ] instead;

  # ─── missing names ───

  withStubs =
    path: names: real:
    real
    // mapAttrs (
      name: below:
      let
        here = path ++ [ name ];
      in
      if !(real ? ${name}) then
        replacements.${name} or (report [ "touched" (concatStringsSep "." here) ] (
          throw "${concatStringsSep "." here} is not in the library"
        ))
      else if below != { } && isAttrs real.${name} then
        withStubs here (removeAttrs below [ "?" ]) real.${name}
      else
        real.${name}
    ) (removeAttrs names (filter (name: names.${name} ? "?" && !(real ? ${name})) (attrNames names)));

  # What was removed when descriptions became Markdown.
  replacements = {
    mdDoc = text: text;
    literalDocBook = lib.literalMD or (text: text);
    literalExample = lib.literalExpression or (text: text);
  };
in
{
  inherit lib original;

  # lib as modules get it.
  stubbed = withStubs [ "lib" ] request.names.lib;
}
