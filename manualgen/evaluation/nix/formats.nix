# The types of `pkgs.formats`, whose own file is no part of lib.
#
# The descriptions are those that Nixpkgs gives these types, because they are
# what documentation shows; nothing is generated.
{ lib, generated }:

let
  inherit (lib) types mkOption;

  primitives = with types; [
    bool
    int
    float
    str
  ];

  # A value of a format that nests: scalars, paths, sets and lists.
  nested =
    description: wrap:
    let
      value =
        wrap (
          types.oneOf (
            primitives
            ++ [
              types.path
              (types.attrsOf value)
              (types.listOf value)
            ]
          )
        )
        // {
          inherit description;
        };
    in
    value;

  nullable = description: nested description types.nullOr;

  format = name: type: {
    inherit type;
    generate = generated name;
  };

  nestedFormat = name: description: _: format name (nullable description);

  atomOf = description: types.nullOr (types.oneOf primitives) // { inherit description; };

  # An atom, or also a list of atoms where the format's arguments allow it.
  atomFor =
    combine: single: arguments:
    if arguments.listsAsDuplicateKeys or false then
      combine single (types.listOf single)
      // {
        description = "${single.description} or a list of them for duplicate keys";
      }
    else if arguments.listToValue or null != null then
      combine single (types.nonEmptyListOf single)
      // {
        description = "${single.description} or a non-empty list of them";
      }
    else
      single;

  coerced = single: types.coercedTo single (value: [ value ]);

  iniAtom =
    arguments:
    atomFor (if arguments.atomsCoercedToLists or null == true then coerced else types.either) (
      atomOf "INI atom (null, bool, int, float or string)"
    ) arguments;

  iniSection =
    atom:
    types.attrsOf atom
    // {
      description = "section of an INI file (attrs of ${atom.description})";
    };

  withAtom =
    name: atom: type:
    format name type // { lib.types.atom = atom; };
in
rec {
  json = nestedFormat "json" "JSON value";
  yaml = yaml_1_1;
  yaml_1_1 = nestedFormat "yaml_1_1" "YAML 1.1 value";
  yaml_1_2 = nestedFormat "yaml_1_2" "YAML 1.2 value";
  cdn = nestedFormat "cdn" "CDN value";
  toml = _: format "toml" (nested "TOML value" (type: type));

  ini =
    arguments:
    let
      atom = iniAtom arguments;
    in
    withAtom "ini" atom (types.attrsOf (iniSection atom));

  systemd = ini { listsAsDuplicateKeys = true; };

  iniWithGlobalSection =
    arguments:
    let
      atom = iniAtom arguments;
      section = iniSection atom;
      sections = types.attrsOf section;
    in
    withAtom "iniWithGlobalSection" atom (
      types.submodule {
        options = {
          sections = mkOption {
            type = sections;
            default = { };
            inherit (sections) description;
          };
          globalSection = mkOption {
            type = section;
            default = { };
            description = "global ${section.description}";
          };
        };
      }
    );

  gitIni =
    arguments:
    let
      atom = iniAtom (builtins.intersectAttrs { listsAsDuplicateKeys = null; } arguments);
    in
    withAtom "gitIni" atom (types.attrsOf (types.attrsOf (types.either atom (types.attrsOf atom))));

  keyValue =
    arguments:
    format "keyValue" (
      types.attrsOf (atomFor coerced (atomOf "atom (null, bool, int, float or string)") arguments)
    );

  javaProperties =
    _:
    format "javaProperties" (
      types.attrsOf (
        types.oneOf (primitives ++ [ types.package ])
        // {
          description = "string, package, bool, int or float";
        }
      )
    );

  xml = nestedFormat "xml" "XML value";

  lua =
    {
      asBindings ? false,
      ...
    }:
    let
      value = nullable "lua value" // {
        descriptionClass = "noun";
      };
    in
    format "lua" (if asBindings then types.attrsOf value else value);

  hocon = nestedFormat "hocon" "HOCON value";
  php = nestedFormat "php" "PHP value";
  libconfig = _: format "libconfig" (types.attrsOf (nested "libconfig value" (type: type)));
  pythonVars = _: format "pythonVars" (types.attrsOf (nullable "Python value"));
  elixirConf = _: format "elixirConf" (types.attrsOf (types.attrsOf (nullable "Elixir value")));

  nixConf =
    _:
    format "nixConf" (
      types.attrsOf (
        types.nullOr (
          types.oneOf (
            primitives
            ++ [
              types.path
              types.package
            ]
          )
        )
      )
    );

  kdl =
    _:
    format "kdl" (
      types.unspecified
      // {
        description = "KDL document";
        descriptionClass = "noun";
      }
    );

  plist = _: format "plist" (nullable "Property list (plist) value");
}
