# Modules → a list of options, by one lib.evalModules.
#
# `request` names a JSON file with what evaluator.py asks for:
#
#   nonce    marks the lines of the log that are ours
#   lib      path of the library
#   pkgs     path of a package set, or null
#   system   what the package set is evaluated for
#   modules  paths of modules
#   list     path of a file that holds a list of modules, or null
#   special  further arguments for modules, as strings
#   prefixes the options to render: names of options or of what is above them
#   broken   modules to leave out, as {path: true}
#   skip     values to leave out, as {"option field": true}, and types, as {"type file:line": true}
#   explain  the module or value ("option field") whose failure is wanted, or null
#   missing  paths in `config` that may be missing, as a tree of sets
#
# Nix has exceptions of two kinds. `throw` and `assert` can be caught here, and
# are: at the place where they cost least. All others (a missing attribute, a
# syntax error) end the evaluation; their trace holds the contexts given here,
# from which evaluator.py learns what to leave out next time.
#
# The library is loaded with an `import` of ours. So evalModules, which imports
# modules itself, gets them guarded, and keeps their paths as their identities.
{ request }:

let
  inherit (builtins)
    addErrorContext
    attrNames
    baseNameOf
    compareVersions
    concatMap
    deepSeq
    filter
    fromJSON
    functionArgs
    hasAttr
    intersectAttrs
    isAttrs
    isFunction
    isList
    isString
    mapAttrs
    readFile
    removeAttrs
    scopedImport
    seq
    stringLength
    substring
    toJSON
    tryEval
    unsafeDiscardStringContext
    unsafeGetAttrPos
    ;

  oldest = "2.8";

  asked = fromJSON (readFile request);

  # ─── the log ───

  # As JSON, because Nix expands tabs and breaks lines in what it prints.
  say = words: builtins.trace "${asked.nonce}${toJSON words}";

  during = words: addErrorContext "${asked.nonce}${toJSON words}";

  # ─── purity ───

  # The evaluator's own restriction keeps files, environment and network away.
  # It leaves the clock and the machine, which are taken from every file here.
  scopeWith =
    load:
    let
      scope = {
        import = load scope;
        builtins = pureBuiltins // {
          inherit (scope) import;
        };
        __currentTime = throw "the time is not there in pure evaluation";
        __currentSystem = throw "the machine is not there in pure evaluation";
      };
    in
    scope;

  pureBuiltins = removeAttrs builtins [
    "currentSystem"
    "currentTime"
  ];

  pure = scopeWith (scope: scopedImport scope);

  # ─── the library ───

  lib = scopedImport library (/. + asked.lib);

  library = scopeWith (
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
  moduleSystem = scopeWith (_: module);

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
      tried = tryEval (during [ "type" key ] (seq (type.getSubModules or null) type));
      instead = lib.types.unspecified // {
        manualgenFailed = position;
      };
    in
    if hasAttr "type ${key}" asked.skip then
      instead
    else if tried.success then
      tried.value
    else
      say [ "untyped" ] instead;

  # ─── modules ───

  module =
    path:
    let
      file = toString path;
    in
    if hasAttr file asked.broken then
      { }
    else
      during [ "module" file ] (
        say [ "module" file ] (guarded file (attempt file "body" { } (scopedImport pure path)))
      );

  # Whether a failure is to be seen is asked for each module: the one to explain fails openly.
  attempt =
    file: what: instead: value:
    let
      placed = during [ "module" file ] value;
      tried = tryEval placed;
    in
    if asked.explain == file then
      placed
    else if tried.success then
      tried.value
    else
      say [ "broken" file what ] instead;

  guarded =
    file: value:
    if isCallable value then
      withArguments (argumentsOf value) (
        arguments:
        guarded file (
          attempt file "body" { } (value (given file (argumentsOf value) arguments))
        )
      )
    else if isAttrs value && value._type or "module" == "module" then
      value
      // (if value ? imports then { imports = guardedImports file value.imports; } else { })
      // (if value ? require then { require = guardedImports file value.require; } else { })
      // (if value ? options then { options = guardedTree file value.options; } else { })
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
  guardedTree =
    file: tree:
    let
      node = attempt file "options" { } tree;
    in
    if isAttrs node && !(node ? _type) then mapAttrs (_: guardedTree file) node else node;

  isCallable = value: isFunction value || (isAttrs value && value ? __functor);

  argumentsOf =
    value: if isFunction value then functionArgs value else value.__functionArgs or { };

  withArguments = arguments: function: {
    __functor = _: function;
    __functionArgs = arguments;
  };

  # ─── the arguments of modules ───

  # Arguments that are there without any configuration; `pkgs` and `config` are looked after below.
  constant = {
    lib = true;
    options = true;
    specialArgs = true;
    config = true;
    pkgs = true;
  } // mapAttrs (_: _: true) asked.special;

  given =
    file: names: arguments:
    if isAttrs arguments && arguments ? config && arguments ? options then
      arguments
      // (if asked.pkgs == null then { pkgs = unavailable file; } else { })
      // (if asked.missing == { } then { } else { config = filledIn [ "config" ] asked.missing arguments.config; })
      // mapAttrs (
        name: _:
        if (arguments.config._module.args or { }) ? ${name} then
          arguments.${name}
        else
          say [ "touched" name ] (throw "the module's argument `${name}' is given by a configuration only")
      ) (removeAttrs (intersectAttrs names arguments) (attrNames constant))
    else
      arguments;

  # To explain a module is to say where it touches `pkgs`: a set without
  # anything in it makes Nix name the attribute and the place.
  unavailable =
    file:
    if asked.explain == file then
      { }
    else
      say [ "touched" "pkgs" ] (throw "pkgs is not there while documentation is made");

  # A missing attribute cannot be caught, but one that throws can.
  filledIn =
    path: missing: real:
    real
    // mapAttrs (
      name: below:
      let
        here = path ++ [ name ];
      in
      if !(real ? ${name}) then
        say [ "touched" "config" ] (throw "${builtins.concatStringsSep "." here} is not declared by any module")
      else if below != { } && isAttrs real.${name} then
        filledIn here below real.${name}
      else
        real.${name}
    ) missing;

  # ─── packages ───

  packages =
    let
      found = import (/. + asked.pkgs);
      wanted = {
        inherit (asked) system;
        config = { };
        overlays = [ ];
      };
      set = if isFunction found then found wanted else found;
    in
    scrubbed "pkgs" set // { inherit lib; };

  scrubbed = path: mapAttrs (name: scrub "${path}.${name}");

  # Packages by their names. Sets with a type of their own (an option's type, a
  # literal) are left as they are, and so are strings and numbers.
  scrub =
    path: value:
    if isFunction value then
      argument: scrub "${path} (…)" (value argument)
    else if !isAttrs value || value ? _type then
      value
    else if value.type or null == "derivation" then
      package path value
    else
      scrubbed path value;

  package =
    path: value:
    scrubbed path value
    // rec {
      type = "derivation";
      name = value.name or path;
      # Private characters: evaluator.py makes ${…} of them where no escape is in the way.
      outPath = "${opening}${path}${closing}";
      drvPath = throw "${path} is not built while documentation is made";
      out = package path value;
      __pretty = _: path;
      val = null;
    };

  opening = fromJSON ''"\ue000"'';
  closing = fromJSON ''"\ue001"'';

  # ─── the one evaluation ───

  evaluated = lib.evalModules {
    modules = map (path: /. + path) asked.modules ++ listed ++ [
      {
        _file = "manualgen";
        # Definitions of options that other modules declare are none of our business.
        config._module.check = false;
      }
    ];
    specialArgs = asked.special // {
      pkgs = if asked.pkgs == null then unavailable "" else packages;
    };
  };

  listed =
    if asked.list == null then
      [ ]
    else
      let
        found = scopedImport pure (/. + asked.list);
        value =
          if isFunction found then
            found (
              intersectAttrs (functionArgs found) {
                inherit lib;
                pkgs = if asked.pkgs == null then unavailable asked.list else packages;
              }
            )
          else
            found;
      in
      during [ "list" asked.list ] (if isList value then value else [ (/. + asked.list) ]);

  # ─── from the tree of options to a list ───

  # The result of an attempt at one value: the value, or that it failed.
  trial =
    name: field: value:
    let
      key = "${name} ${field}";
      placed = during [ "value" name field ] (deepSeq value value);
    in
    if hasAttr key asked.skip then
      failure
    else if asked.explain == key then
      {
        success = true;
        value = placed;
      }
    else
      let
        tried = tryEval placed;
      in
      if tried.success then tried else say [ "failed" name field ] failure;

  failure = {
    success = false;
    value = null;
  };

  # Only a list's or a set's outermost layer: what is below it is tried on its own.
  shallow =
    name: field: instead: value:
    let
      key = "${name} ${field}";
      placed = during [ "value" name field ] value;
      tried = tryEval placed;
    in
    if hasAttr key asked.skip then
      instead
    else if asked.explain == key then
      placed
    else if tried.success then
      tried.value
    else
      say [ "failed" name field ] instead;

  # `declared` is what holds for options that do not know where they are declared.
  optionsIn =
    declared: loc: tree:
    concatMap (
      attribute:
      let
        here = loc ++ [ attribute ];
        name = lib.showOption here;
        node = shallow name "declaration" null tree.${attribute};
      in
      if attribute == "_module" then
        [ ]
      else if !isAttrs node then
        [ ]
      else if node._type or null == "option" then
        documented declared node
      else if leads name then
        optionsIn declared (if attribute == "_freeformOptions" then loc else here) node
      else
        [ ]
    ) (attrNames tree);

  documented =
    declared: option:
    let
      inherit (option) loc;
      declarations = declarationsOf declared option;
      name = lib.showOption loc;
      visible = shallow name "visible" true (option.visible or true);
      internal = shallow name "internal" false (option.internal or false);
      shown = wanted name && !internal && (visible == true || visible == "shallow");
      below = visible == true || visible == "transparent";
    in
    (if shown then [ (record name declarations option) ] else [ ])
    ++ (if below && leads name then optionsOfType declarations name loc option.type else [ ]);

  declarationsOf =
    declared: option:
    let
      own = filter (file: file != "<unknown-file>") (map plain option.declarations);
    in
    if own == [ ] then declared else own;

  wanted =
    name: asked.prefixes == [ ] || builtins.any (prefix: name == prefix || within prefix name) asked.prefixes;

  # Whether an option that is wanted may be below this name.
  leads =
    name: wanted name || builtins.any (prefix: within name prefix) asked.prefixes;

  within =
    prefix: name:
    let
      start = "${prefix}.";
    in
    substring 0 (stringLength start) name == start;

  record =
    name: declarations: option:
    let
      has = field: option ? ${field};
      try = trial name;
      # What a type is when nothing is set costs nothing where it cannot be told.
      empty = shallow name "type" [ ] (emptyOf option.type);
      tried = {
        description = try "description" (text (option.description or null));
        type = try "type" (plain (option.type.description or "unspecified"));
      }
      // (if has "example" then { example = try "example" (shown option.example); } else { })
      // (
        if has "defaultText" || has "default" then
          { default = try "default" (shown (option.defaultText or option.default)); }
        else if empty != [ ] then
          { default = try "default" (shown (builtins.head empty)); }
        else
          { }
      )
      // (
        if (option.relatedPackages or null) != null then
          { relatedPackages = try "relatedPackages" (map related option.relatedPackages); }
        else
          { }
      );
      untyped = option.type ? manualgenFailed;
      failed =
        filter (field: !tried.${field}.success) (attrNames tried)
        ++ (if untyped then [ "type" ] else [ ]);
    in
    {
      inherit name declarations;
      loc = map plain option.loc;
      readOnly = option.readOnly or false == true;
    }
    // mapAttrs (_: value: value.value) tried
    // (
      if failed == [ ] then
        { }
      else
        {
          failed = builtins.listToAttrs (
            map (field: {
              name = field;
              value = place (
                if field == "type" && untyped then
                  option.type.manualgenFailed
                else
                  unsafeGetAttrPos field option
              );
            }) failed
          );
        }
    );

  place =
    position:
    if position == null then
      null
    else
      {
        file = plain (toString position.file);
        inherit (position) line;
      };

  # A type without sub-options that has a value when nothing is set shows that value.
  emptyOf =
    type:
    if (type.emptyValue or { }) ? value && type.getSubModules or null == null then
      [ type.emptyValue.value ]
    else
      [ ];

  plain = value: unsafeDiscardStringContext (toString value);

  text =
    value:
    if value == null then
      null
    else if isAttrs value && value ? text then
      literal value
    else if isString value then
      plain value
    else
      throw "not a text";

  literal = value: {
    _type = plain (value._type or "mdDoc");
    text = plain value.text;
  };

  shown =
    value:
    if isAttrs value && value ? _type && value ? text then
      literal value
    else
      literal (pretty value) // { evaluated = true; };

  pretty =
    lib.options.renderOptionValue or (value: {
      _type = "literalExpression";
      text = lib.generators.toPretty {
        multiline = true;
        allowPrettyValues = true;
      } value;
    });

  related =
    entry:
    if isString entry then
      { name = plain entry; }
    else if isList entry then
      { name = plain (builtins.concatStringsSep "." entry); }
    else
      {
        name = plain (entry.name or (builtins.concatStringsSep "." entry.path));
      }
      // (if entry ? title then { title = plain entry.title; } else { })
      // (if entry ? comment then { comment = plain entry.comment; } else { });

  # ─── submodules ───

  # Most types tell their sub-options themselves. `either` and what is made of
  # it do not, so their parts are asked; and what such a part holds does not
  # know its file. A type may contain itself, as that of JSON values does: below
  # an alternative, two more containers are enough.
  optionsOfType =
    declared: name: loc: type:
    let
      own = shallow name "submodule" { } (type.getSubOptions loc);
    in
    if own != { } then optionsIn [ ] loc own else alternatives declared name 0 loc type;

  alternatives =
    declared: name: depth: loc: type:
    let
      nested = shallow name "submodule" { } (type.nestedTypes or { });
      parts = filter (part: hasAttr part nested) [
        "left"
        "right"
        "finalType"
        "elemType"
      ];
      component = (containers.${type.name or ""} or (_: [ ])) type;
      below = loc ++ component;
      deeper = if component == [ ] then depth else depth + 1;
      ask =
        part:
        let
          own = shallow name "submodule" { } (nested.${part}.getSubOptions below);
        in
        if own != { } then
          optionsIn declared below own
        else
          alternatives declared name deeper below nested.${part};
    in
    if deeper > 2 then [ ] else concatMap ask parts;

  containers = {
    attrsOf = named;
    lazyAttrsOf = named;
    listOf = _: [ "*" ];
    functionTo = _: [ "<function body>" ];
  };

  named = type: [ "<${type.functor.payload.placeholder or "name"}>" ];
in
if compareVersions builtins.nixVersion oldest < 0 then
  during [ "old" builtins.nixVersion ] (throw "Nix ${builtins.nixVersion} is too old")
else
  optionsIn [ ] [ ] evaluated.options
