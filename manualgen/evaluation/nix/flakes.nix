# Modules of flakes: `outputs` is called with the inputs that are given or that
# flake.lock names and the store has, and with stubs for the others. Nothing is fetched.
{
  request,
  report,
  inContext,
  lib,
  importScope,
  packages,
}:

let
  inherit (builtins)
    any
    attrNames
    concatMap
    concatStringsSep
    elemAt
    foldl'
    functionArgs
    genList
    hasAttr
    head
    isAttrs
    length
    listToAttrs
    map
    mapAttrs
    match
    pathExists
    removeAttrs
    scopedImport
    substring
    ;

  # ─── inputs ───

  load =
    folder:
    let
      lock = request.locks.${folder} or { inputs = { }; };
    in
    outputsOf folder { } (
      name: if hasAttr name lock.inputs then locked lock name lock.inputs.${name} else input name
    );

  # `inputFor` returns the input of a name.
  outputsOf =
    folder: info: inputFor:
    let
      flake = scopedImport scope (/. + "${folder}/flake.nix");
      names = flake.inputs or { } // removeAttrs (functionArgs flake.outputs) [ "self" ];
      inputs = mapAttrs (name: _: inputFor name) names // {
        inherit self;
      };
      sourceInfo = sourceInfoOf folder info;
      self = outputs // sourceInfo // {
        inherit inputs outputs sourceInfo;
        _type = "flake";
      };
      outputs = flake.outputs inputs;
    in
    inContext [ "flake" folder ] self;

  sourceInfoOf =
    folder: info:
    {
      outPath = folder;
      lastModified = 0;
      lastModifiedDate = "19700101000000";
      rev = "unknown";
    }
    // info
    // {
      shortRev = substring 0 7 (info.rev or "unknown");
    };

  # An input as flake.lock names it: from the store, or like one that is not locked.
  locked =
    lock: name: key:
    let
      node = lock.nodes.${key};
    in
    if node.is_nixpkgs then
      nixpkgsAt (if node.path == null then request.nixpkgs else node.path)
    else if node.path == null then
      input name
    else if !node.is_flake then
      { outPath = node.path; }
    else if node.inputs == null || !(pathExists (/. + "${node.path}/flake.nix")) then
      given name node.path
    else
      outputsOf node.path node.info (
        name: if hasAttr name node.inputs then locked lock name node.inputs.${name} else input name
      );

  input =
    name:
    if hasAttr name request.inputs then
      given name request.inputs.${name}
    else if isNixpkgs name then
      nixpkgsAt request.nixpkgs
    else if match "systems|default-systems" name != null then
      { outPath = ./systems; }
    else if name == "flake-utils" then
      flakeUtils
    else
      stub name (request.names.inputs.${name} or { });

  isNixpkgs = name: match "nixpkgs(-lib|-stable|-unstable)?" name != null;

  # A source tree without a flake.nix is an input as well.
  given =
    name: folder:
    if isNixpkgs name || pathExists (/. + "${folder}/pkgs/top-level") then
      nixpkgsAt folder
    else if pathExists (/. + "${folder}/flake.nix") then
      load folder
    else
      { outPath = folder; };

  # Packages exist by their names, also where a flake imports the tree.
  nixpkgsAt =
    folder:
    sourceInfoOf folder { }
    // {
      lib = lib // {
        nixosSystem = _: throw "a system is not evaluated for documentation";
      };
      legacyPackages = listToAttrs (
        map (name: {
          inherit name;
          value = packages;
        }) ([ request.system ] ++ import ./systems)
      );
    };

  # `import nixpkgs { … }` is the package set.
  scope = importScope (
    scope: path:
    if isAttrs path && path ? legacyPackages || toString path == request.nixpkgs then
      _: packages
    else
      scopedImport scope path
  );

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

  # The outputs that hold modules, as paths of names. `modules` holds them by class.
  choices = outputs: concatMap (name: choicesIn name outputs.${name}) (attrNames outputs);

  choicesIn =
    name: value:
    if match ".*[mM]odules" name != null then
      if !isAttrs value then
        [ ]
      else if name == "modules" then
        concatMap (
          class:
          if isAttrs value.${class} then
            map (module: [
              name
              class
              module
            ]) (attrNames value.${class})
          else
            [ ]
        ) (attrNames value)
      else
        map (module: [
          name
          module
        ]) (attrNames value)
    else if match ".*[mM]odule" name != null then
      [ [ name ] ]
    else
      [ ];

  moduleOf =
    { folder, attribute }:
    let
      flake = load folder;
      found = foldl' (
        value: name: if isAttrs value && value ? ${name} then value.${name} else null
      ) flake.outputs attribute;
      known = choices flake.outputs;
      # A set of modules is not a module, which could be such a set.
      below = path: length path > length attribute && attribute == sublist path (length attribute);
      sublist = path: count: genList (elemAt path) count;
    in
    if attribute == [ ] || found == null || any below known then
      inContext (
        [
          "choose"
          folder
          (spelled attribute)
        ]
        ++ map spelled known
      ) (throw "the flake has no such module")
    else
      {
        file = "${folder}/flake.nix";
        module = found;
        host = if match "flakeModules?" (head attribute) == null then noHost else flakePartsOf flake;
      };

  # What modules are declared beside, and the arguments that they get.
  noHost = {
    modules = [ ];
    specialArgs = { };
  };

  # Modules of flakes themselves are for flake-parts, if that is to be had.
  flakePartsOf =
    flake:
    let
      flakeParts =
        if flake.outputs ? lib.evalFlakeModule then
          flake
        else
          flake.inputs.flake-parts or (input "flake-parts");
      folder = /. + "${flakeParts.outPath}/modules";
    in
    if flakeParts._type or null == "flake" then
      {
        modules = map (name: folder + "/${name}") (attrNames (builtins.readDir folder));
        specialArgs = {
          inherit (flake) inputs;
          flake-parts-lib = flakeParts.lib;
          moduleLocation = "${flake.outPath}/flake.nix";
          self = flake;
        };
      }
    else
      noHost;

  # As it is written behind `#`.
  spelled =
    path:
    concatStringsSep "." (
      map (name: if match "[A-Za-z_][A-Za-z0-9_'-]*" name != null then name else ''"${name}"'') path
    );
in
map moduleOf request.flakes
