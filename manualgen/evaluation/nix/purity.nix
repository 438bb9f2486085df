# Imports without the clock and the machine, and with one way to print floats.
#
# The evaluator's own restriction keeps files, environment and network away.
# The current time and system are left; they are taken from the scope of every file here.
let
  inherit (builtins)
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
        builtins = pureBuiltins // {
          inherit (scope) import;
        };
        __currentTime = throw "the time is not available in pure evaluation";
        __currentSystem = throw "the system is not available in pure evaluation";
      };
    in
    scope;

  pureBuiltins =
    removeAttrs builtins [
      "currentSystem"
      "currentTime"
    ]
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
