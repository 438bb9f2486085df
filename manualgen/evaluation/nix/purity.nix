# Imports without the clock and the machine.
#
# The evaluator's own restriction keeps files, environment and network away.
# The current time and system are left; they are taken from the scope of every file here.
let
  inherit (builtins)
    removeAttrs
    scopedImport
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

  pureBuiltins = removeAttrs builtins [
    "currentSystem"
    "currentTime"
  ];

  pureScope = importScope (scope: scopedImport scope);
in
{
  inherit importScope pureScope;
}
