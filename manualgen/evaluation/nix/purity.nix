# Imports without the clock and the machine, and with one way to print floats.
#
# The evaluator's own restriction keeps files, environment and network away.
# The current time and system are left; they are taken from the scope of every file here,
# and the search path, which has Nixpkgs and the inputs that are given. No file gets the
# builtins as they are: with the path of the request or the log, a module could read what marks
# messages as ours.
{ request, report }:

let
  inherit (builtins)
    elemAt
    isFloat
    match
    removeAttrs
    scopedImport
    toJSON
    ;

  importScope =
    load:
    let
      scope = {
        import = load scope;
        scopedImport = names: scopedImport (scope // names);
        builtins = pureBuiltins // {
          inherit (scope) builtins import scopedImport;
        };
        __nixPath = [ ];
        __findFile = _: found;
        __currentTime = throw "the time is not available in pure evaluation";
        __currentSystem = throw "the system is not available in pure evaluation";
      };
    in
    scope;

  # `<nixpkgs/lib>` and the like.
  found =
    path:
    let
      parts = match "([^/]*)(/.*)?" path;
      name = elemAt parts 0;
      rest = if elemAt parts 1 == null then "" else elemAt parts 1;
    in
    if request.inputs ? ${name} then
      /. + "${request.inputs.${name}}${rest}"
    else if name == "nixpkgs" then
      /. + "${request.nixpkgs}${rest}"
    else
      report [ "touched" "<${name}>" ] (throw "<${name}> is not on the search path");

  pureBuiltins =
    removeAttrs builtins [
      "currentSystem"
      "currentTime"
    ]
    // {
      nixPath = [ ];
    }
    // (if toJSON 1.0 == "1.0" then { } else { toJSON = toJSONWithFloats; });

  # Nix before 2.10 prints 1.0 as 1.
  toJSONWithFloats =
    value:
    let
      text = toJSON value;
    in
    if isFloat value && match "-?[0-9]+" text != null then "${text}.0" else text;

  pureScope = importScope (scope: scopedImport scope);
in
{
  inherit importScope pureScope;
}
