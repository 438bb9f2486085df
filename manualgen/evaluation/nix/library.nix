# Nixpkgs' lib, with three changes; of any release since 13.10.
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
    readDir
    removeAttrs
    scopedImport
    seq
    tryEval
    unsafeGetAttrPos
    ;

  directory = if pathExists (/. + "${request.lib}/default.nix") then request.lib else dirOf request.lib;

  # Extensions are functions of lib, or of a set of arguments with `lib` in it.
  lib = foldl' extended original request.extensions;

  original = checked (load scope (/. + request.lib));

  checked =
    lib:
    if isAttrs lib && lib ? evalModules && lib ? mkOption then
      lib
    else
      inContext [ "no-lib" request.lib ] (throw "${request.lib} is not Nixpkgs' lib");

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

  # Only Nixpkgs' own files are changed, not files with the same names in extensions.
  load =
    scope: path:
    let
      file = toString path;
      name = if file == directory then "default.nix" else baseNameOf file;
    in
    if (file == directory || dirOf file == directory) && hasAttr name files then
      files.${name}
    else
      scopedImport scope path;

  scope = importScope load;

  # The files of the library itself, which import each other in releases before 17.03.
  files = mapAttrs (
    name: _:
    let
      path = /. + "${directory}/${name}";
      loaded = scopedImport scope path;
    in
    if name == "modules.nix" then
      scopedImport moduleSystem path
    else if name == "options.nix" && isFunction loaded then
      arguments: withSafeTypes arguments.lib (loaded arguments)
    else if name == "options.nix" then
      withSafeTypes original loaded
    else
      loaded
  ) (readDir (/. + directory));

  moduleSystem = importScope (
    _: path:
    if toString path == directory || dirOf (toString path) == directory then
      load scope path
    else
      importModule path
  );

  # A type that cannot be evaluated would take its option along, because
  # evalModules looks into types; so it is replaced where it is declared.
  withSafeTypes =
    lib: options:
    if options ? mkOption then
      options
      // {
        mkOption =
          declared:
          options.mkOption (
            if declared ? type then
              declared
              // {
                type = safeType lib (unsafeGetAttrPos "type" declared) declared.type;
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
    else if request.explain == "type ${key}" then
      inContext [ "type" key ] (seq (type.getSubModules or null) type)
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
