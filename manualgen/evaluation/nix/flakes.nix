# Modules of flakes: `outputs` is called with the inputs that are given, and with
# stubs for the others. Nothing is fetched.
{
  request,
  report,
  inContext,
  lib,
  pureScope,
  packages,
}:

let
  inherit (builtins)
    all
    attrNames
    filter
    foldl'
    functionArgs
    hasAttr
    isAttrs
    isFunction
    isPath
    map
    mapAttrs
    match
    removeAttrs
    scopedImport
    ;

  # ─── inputs ───

  load =
    folder:
    let
      flake = scopedImport pureScope (/. + "${folder}/flake.nix");
      names = flake.inputs or { } // removeAttrs (functionArgs flake.outputs) [ "self" ];
      inputs = mapAttrs (name: _: input name) names // {
        inherit self;
      };
      self = outputs // {
        inherit inputs outputs;
        outPath = folder;
        sourceInfo.outPath = folder;
        lastModified = 0;
        lastModifiedDate = "19700101000000";
        shortRev = "unknown";
        rev = "unknown";
        _type = "flake";
      };
      outputs = flake.outputs inputs;
    in
    inContext [ "flake" folder ] outputs;

  input =
    name:
    if hasAttr name request.inputs then
      given name request.inputs.${name}
    else if match "nixpkgs(-lib|-stable|-unstable)?" name != null then
      nixpkgs
    else if match "systems|default-systems" name != null then
      { outPath = ./systems; }
    else if name == "flake-utils" then
      flakeUtils
    else
      stub name (request.names.inputs.${name} or { });

  # A source tree without a flake.nix is an input as well.
  given =
    name: folder:
    if builtins.pathExists (/. + "${folder}/flake.nix") then
      load folder // { outPath = folder; }
    else
      { outPath = folder; };

  nixpkgs = {
    lib = lib // {
      nixosSystem = _: throw "a system is not evaluated for documentation";
    };
    outPath = request.nixpkgs;
    legacyPackages.${request.system} = packages;
  };

  flakeUtils.lib = rec {
    eachDefaultSystem = eachSystem null;
    eachSystem = _: outputs: mapAttrs (_: value: { ${request.system} = value; }) (outputs request.system);
    eachDefaultSystemMap = eachSystemMap null;
    eachSystemMap = _: value: { ${request.system} = value request.system; };
    defaultSystems = [ request.system ];
    allSystems = [ request.system ];
    flattenTree = tree: tree;
  };

  # Modules of an input that is not given are empty; everything else of it throws.
  stub =
    name: names:
    let
      unavailable = report [ "touched" "inputs.${name}" ] (
        throw "the flake input `${name}' is not given: --input ${name}=PATH"
      );
      below =
        names:
        mapAttrs (
          name: names:
          if match ".*[mM]odules" name != null then
            mapAttrs (_: _: { }) names // { default = { }; }
          else if match ".*[mM]odule" name != null then
            { }
          else if names == { } then
            unavailable
          else
            below names
        ) names;
    in
    below names // { outPath = unavailable; };

  # ─── modules ───

  # The outputs that hold modules, as the names of their parts.
  choices =
    outputs:
    foldl' (
      found: name:
      found
      ++ (
        if match ".*[mM]odules" name != null && isAttrs outputs.${name} then
          map (module: "${name}.${module}") (attrNames outputs.${name})
        else if match ".*[mM]odule" name != null then
          [ name ]
        else
          [ ]
      )
    ) [ ] (attrNames outputs);

  # Whether an output is a set of modules, not a module.
  isSet =
    value:
    isAttrs value
    && value != { }
    && all (name: isFunction value.${name} || isPath value.${name}) (attrNames value);

  moduleOf =
    { folder, attribute }:
    let
      outputs = load folder;
      path = filter (part: builtins.isString part && part != "") (builtins.split "\\." attribute);
      found = foldl' (
        value: name: if isAttrs value && value ? ${name} then value.${name} else null
      ) outputs path;
      known =
        if isSet found then map (name: "${attribute}.${name}") (attrNames found) else choices outputs;
    in
    if path == [ ] || found == null || isSet found then
      inContext ([ "choose" folder attribute ] ++ known) (throw "the flake has no such module")
    else
      {
        file = "${folder}/flake.nix";
        module = found;
      };
in
map moduleOf request.flakes
