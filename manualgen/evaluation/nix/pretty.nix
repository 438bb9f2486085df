# Values as `lib.generators.toPretty` prints them on several lines, for libraries
# in which it does not do so yet (before 20.09).
let
  inherit (builtins)
    attrNames
    concatStringsSep
    isAttrs
    isBool
    isFloat
    isFunction
    isList
    isString
    map
    match
    replaceStrings
    toJSON
    ;

  quoted =
    text:
    ''"''
    + replaceStrings [ "\\" ''"'' "\${" "\n" ] [ "\\\\" ''\"'' "\\\${" "\\n" ] text
    + ''"'';

  attribute = name: if match "[A-Za-z_][A-Za-z0-9_'-]*" name != null then name else quoted name;

  pretty =
    indent: value:
    let
      below = "${indent}  ";
      enclosed =
        opening: parts: closing:
        if parts == [ ] then
          "${opening} ${closing}"
        else
          "${opening}\n${below}${concatStringsSep "\n${below}" parts}\n${indent}${closing}";
    in
    if isString value then
      quoted value
    else if value == null then
      "null"
    else if isBool value then
      (if value then "true" else "false")
    else if isFloat value then
      toJSON value
    else if isList value then
      enclosed "[" (map (pretty below) value) "]"
    else if isFunction value then
      "<function>"
    else if !(isAttrs value) then
      toString value
    else if value ? __pretty && value ? val then
      value.__pretty value.val
    else if value.type or null == "derivation" then
      "<derivation ${value.name or "???"}>"
    else
      enclosed "{" (map (name: "${attribute name} = ${pretty below value.${name}};") (attrNames value)) "}";
in
pretty ""
