# Nixpkgs' lib, with two changes.
#
# What evalModules imports is a module: `importModule` imports it. A type that
# cannot be evaluated is replaced where an option is declared with it.
{
  request,
  report,
  inContext,
  importScope,
  importModule,
}:

let
  inherit (builtins)
    baseNameOf
    hasAttr
    isFunction
    scopedImport
    seq
    tryEval
    unsafeGetAttrPos
    ;

  lib = scopedImport library (/. + request.lib);

  library = importScope (
    scope: path:
    let
      name = baseNameOf (toString path);
      loaded = scopedImport scope path;
    in
    if name == "modules.nix" then
      scopedImport moduleSystem path
    else if name == "options.nix" && isFunction loaded then
      arguments: withSafeTypes arguments (loaded arguments)
    else
      loaded
  );

  # What evalModules imports is a module.
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
              declared // { type = safeType arguments.lib (unsafeGetAttrPos "type" declared) declared.type; }
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
      report [ "untyped" ] instead;
in
lib
