# A package set whose packages print as their names.
{
  request,
  lib,
}:

let
  inherit (builtins)
    fromJSON
    functionArgs
    isAttrs
    isFunction
    mapAttrs
    ;

  packages =
    let
      loaded = import (/. + request.pkgs);
      expected = {
        inherit (request) system;
        config = { };
      }
      # Nixpkgs has overlays since 17.03.
      // (if isFunction loaded && functionArgs loaded ? overlays then { overlays = [ ]; } else { });
      set = if isFunction loaded then loaded expected else loaded;
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
      # Private-use characters: records.py replaces them by ${…}, which toPretty would escape.
      outPath = "${opening}${path}${closing}";
      drvPath = throw "${path} is not built while documentation is built";
      out = package path value;
      __pretty = _: path;
      val = null;
    };

  opening = fromJSON ''"\ue000"'';
  closing = fromJSON ''"\ue001"'';
in
packages
