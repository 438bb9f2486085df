# From the tree of evaluated options to records, which are written to the log one by one.
#
# A value that fails costs itself alone: it is null in the record, and its field
# is named in `failed` with the position where it is given.
{
  request,
  report,
  inContext,
  lib,
  hostFiles,
}:

let
  inherit (builtins)
    attrNames
    deepSeq
    elem
    filter
    foldl'
    functionArgs
    hasAttr
    isAttrs
    isList
    isString
    length
    mapAttrs
    removeAttrs
    seq
    stringLength
    substring
    toJSON
    tryEval
    unsafeDiscardStringContext
    unsafeGetAttrPos
    ;

  # The result of `tryEval` for one field of an option, evaluated deeply.
  evaluateField =
    name: field: value:
    let
      key = "${name} ${field}";
      traced = inContext [ "value" name field ] (deepSeq value value);
    in
    if hasAttr key request.skip || hasAttr field request.skipFields then
      failure
    else if request.explain == key then
      {
        success = true;
        value = traced;
      }
    else
      let
        tried = tryEval traced;
      in
      if tried.success then tried else report [ "failed" name field ] failure;

  # A type fails wherever evalModules looks at it, so nothing on the way to it is caught.
  explainsType = request.explain != null && substring 0 5 request.explain == "type ";

  failure = {
    success = false;
    value = null;
  };

  # The value to weak head normal form, or `instead`: what is inside is tried on its own.
  evaluateOr =
    name: field: instead: value:
    let
      key = "${name} ${field}";
      traced = inContext [ "value" name field ] value;
      tried = tryEval traced;
    in
    if hasAttr key request.skip then
      instead
    else if request.explain == key || explainsType then
      traced
    else if tried.success then
      tried.value
    else
      report [ "failed" name field ] instead;

  # `declared` holds the declarations of options that have none of their own.
  # `ancestors` holds what identifies the submodules around these options.
  visitOptions =
    ancestors: declared: loc: tree:
    foldl' (
      _: attribute:
      let
        here = loc ++ [ attribute ];
        name = lib.showOption here;
        node = evaluateOr name "declaration" null tree.${attribute};
      in
      if attribute == "_module" then
        null
      else if !isAttrs node then
        null
      else if node._type or null == "option" then
        visitOption ancestors declared node
      else if leadsToRequested name then
        visitOptions ancestors declared (if attribute == "_freeformOptions" then loc else here) node
      else
        null
    ) null (attrNames tree);

  visitOption =
    ancestors: declared: option:
    let
      inherit (option) loc;
      declarations = declarationsOf declared option;
      name = lib.showOption loc;
      visible = evaluateOr name "visible" true (option.visible or true);
      internal = evaluateOr name "internal" false (option.internal or false);
      isDocumented =
        isRequested name
        && !(hasAttr name request.known)
        && internal != true
        && (visible == true || visible == "shallow");
      below = (visible == true || visible == "transparent") && leadsToRequested name;
      emitted = if isDocumented then report [ "record" (record name declarations option) ] null else null;
    in
    report [ "option" name ] (
      if isOfHost declarations then
        null
      else if hasAttr "${name} *" request.skip then
        report [
          "record"
          {
            inherit name declarations;
            loc = map withoutContext loc;
            readOnly = false;
            type = null;
            failed = { };
          }
        ] null
      else
        seq emitted (if below then visitType ancestors declarations name loc option.type else null)
    );

  isOfHost =
    declarations: declarations != [ ] && builtins.all (file: hasAttr file hostFiles) declarations;

  declarationsOf =
    declared: option:
    let
      own = filter (file: file != "<unknown-file>") (map withoutContext option.declarations);
    in
    if own == [ ] then declared else own;

  isRequested =
    name: request.prefixes == [ ] || builtins.any (prefix: name == prefix || within prefix name) request.prefixes;

  # Whether a requested option may be below this name.
  leadsToRequested =
    name: isRequested name || builtins.any (prefix: within name prefix) request.prefixes;

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
      try = evaluateField name;
      # An empty value that cannot be evaluated is no failure of the option.
      empty = evaluateOr name "type" [ ] (emptyOf option.type);
      tried = {
        description = try "description" (text (option.description or null));
        type = try "type" (withoutContext (descriptionOf option.type));
      }
      // (if has "example" then { example = try "example" (renderValue option.example); } else { })
      // (
        if has "defaultText" || has "default" then
          { default = try "default" (renderValue (option.defaultText or option.default)); }
        else if empty != [ ] then
          { default = try "default" (renderValue (builtins.head empty)); }
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
      loc = map withoutContext option.loc;
      readOnly = evaluateOr name "readOnly" false (option.readOnly or false) == true;
    }
    // mapAttrs (_: value: value.value) tried
    // (
      if has "default" && !(has "defaultText") && tried.default.success then
        { defaultAt = positionOf (unsafeGetAttrPos "default" option); }
      else
        { }
    )
    // (
      if failed == [ ] then
        { }
      else
        {
          failed = builtins.listToAttrs (
            map (field: {
              name = field;
              value = positionOf (
                if field == "type" && untyped then
                  option.type.manualgenFailed
                else if field == "default" && has "defaultText" then
                  unsafeGetAttrPos "defaultText" option
                else
                  unsafeGetAttrPos field option
              );
            }) failed
          );
        }
    );

  positionOf =
    position:
    if position == null then
      null
    else
      {
        file = withoutContext (toString position.file);
        inherit (position) line;
      };

  # A type without sub-options that has a value when nothing is set shows that value.
  emptyOf =
    type:
    if (type.emptyValue or { }) ? value && type.getSubModules or null == null then
      [ type.emptyValue.value ]
    else
      [ ];

  withoutContext = value: unsafeDiscardStringContext (toString value);

  text =
    value:
    if value == null then
      null
    else if isAttrs value && value ? text then
      literal value
    else if isString value then
      withoutContext value
    else
      throw "not a text";

  literal = value: {
    _type = withoutContext (value._type or "mdDoc");
    text = withoutContext value.text;
  };

  renderValue =
    value:
    if isAttrs value && value ? _type && value ? text then
      literal value
    else
      literal (pretty value) // { evaluated = true; };

  # Types have descriptions since 16.09; before, their names are written for readers.
  descriptionOf = type: type.description or type.name or "unspecified";

  # A library of a release before 20.09 has no `toPretty`, or one for single lines.
  breaksLines =
    lib ? generators.toPretty
    && (functionArgs lib.generators.toPretty == { } || functionArgs lib.generators.toPretty ? multiline);

  pretty =
    if lib ? options.renderOptionValue then
      lib.options.renderOptionValue
    else
      value: {
        _type = "literalExpression";
        text =
          if breaksLines then
            lib.generators.toPretty {
              multiline = true;
              allowPrettyValues = true;
            } value
          else
            import ./pretty.nix value;
      };

  related =
    entry:
    if isString entry then
      { name = withoutContext entry; }
    else if isList entry then
      { name = withoutContext (builtins.concatStringsSep "." entry); }
    else
      {
        name = withoutContext (entry.name or (builtins.concatStringsSep "." entry.path));
      }
      // (if entry ? title then { title = withoutContext entry.title; } else { })
      // (if entry ? comment then { comment = withoutContext entry.comment; } else { });

  # ─── submodules ───

  # Most types return their sub-options from `getSubOptions`. `either` and types made of
  # it do not, so their parts are evaluated; options of such a part do not
  # know their file. A type may contain itself, as that of JSON values does: below
  # an alternative, two more containers are enough.
  visitType =
    ancestors: declared: name: loc: type:
    let
      own = subOptions name loc type;
    in
    if own != { } then
      visitSubmodule ancestors [ ] name loc own
    else
      visitParts ancestors declared name 0 loc type;

  subOptions =
    name: loc: type:
    let
      options = evaluateOr name "submodule" { } (type.getSubOptions or (_: { }) loc);
    in
    if isAttrs options then options else { };

  visitParts =
    ancestors: declared: name: depth: loc: type:
    let
      nested = evaluateOr name "submodule" { } (type.nestedTypes or { });
      parts = filter (part: hasAttr part nested) [
        "left"
        "right"
        "finalType"
        "elemType"
      ];
      kind = evaluateOr name "submodule" "" (type.name or "");
      component = (containers.${kind} or (_: [ ])) type;
      below = loc ++ component;
      deeper = if component == [ ] then depth else depth + 1;
      visitPart =
        _: part:
        let
          own = subOptions name below nested.${part};
        in
        if own != { } then
          visitSubmodule ancestors declared name below own
        else
          visitParts ancestors declared name deeper below nested.${part};
    in
    if deeper > 2 then null else foldl' visitPart null parts;

  # A submodule may contain itself: it is not entered again.
  visitSubmodule =
    ancestors: declared: name: loc: tree:
    let
      identity = identityOf tree;
    in
    if identity != "" && elem identity ancestors then
      report [ "repeated" name ] null
    else if length ancestors > deepest then
      report [ "deep" name ] null
    else
      visitOptions (ancestors ++ [ identity ]) declared loc tree;

  deepest = 20;

  # What tells submodules apart: their options, and where these are declared. As a
  # list, because an option may be called `__toString` or `outPath`.
  identityOf =
    tree:
    let
      options = removeAttrs tree [ "_module" ];
      tried = tryEval (
        toJSON (
          map (name: [
            name
            (identityOfNode options.${name})
          ]) (attrNames options)
        )
      );
    in
    if tried.success then tried.value else "";

  identityOfNode =
    node:
    if !isAttrs node then
      null
    else if node._type or null == "option" then
      map (field: positionText (unsafeGetAttrPos field node)) [
        "description"
        "default"
      ]
    else
      attrNames node;

  positionText =
    position:
    if position == null then
      ""
    else
      "${withoutContext position.file}:${toString position.line}:${toString position.column}";

  containers = {
    attrsOf = placeholder;
    lazyAttrsOf = placeholder;
    listOf = _: [ "*" ];
    functionTo = _: [ "<function body>" ];
  };

  placeholder = type: [ "<${type.functor.payload.placeholder or "name"}>" ];
in
visitOptions [ ] [ ] [ ]
