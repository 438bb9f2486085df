# Documentation of module options. Takes the arguments of Nixpkgs' `nixosOptionsDoc`
# and returns what that returns, and further formats:
#
#   optionsNix         the options, as an attribute set
#   optionsJSON        share/doc/nixos/options.json
#   optionsCommonMark  a file
#   optionsAsciiDoc    a file
#   html               share/doc/NAME/, a site of the options
#   manpage            share/man/man5/NAME.5, a man page of the options
#   manual             both of a manual: share/doc/NAME/ and share/man/man5/NAME.5
#
# docs/flakes.md shows how it is used.
{ pkgs, manualgen }:

{
  # The options, as `evalModules` returns them.
  options,
  # A function that is applied to the record of each option.
  transformOptions ? (option: option),
  # The revision in addresses of declarations.
  revision ? "",
  # An options.json, which `options` are merged into.
  baseOptionsJSON ? null,
  # Whether warnings fail a build, such as options without a description.
  warningsAreErrors ? true,

  # Beyond `nixosOptionsDoc`:

  # What the man page and the folder of the site are called.
  name ? "options",
  # The title of the site.
  title ? "",
  # Source trees of declarations, by name: { path, url }, where the address of a file
  # has {path} and {revision} in it.
  sources ? { },
  # A folder with a manual.toml, which finds the options in options.json beside it.
  manual ? null,

  # For DocBook, which `nixosOptionsDoc` no longer writes: they have no effect.
  documentType ? null,
  variablelistId ? null,
  optionIdPrefix ? null,
  allowDocBook ? null,
  markdownByDefault ? null,
}:

let
  inherit (pkgs) lib;
  inherit (builtins)
    attrNames
    concatStringsSep
    filter
    isList
    isString
    listToAttrs
    pathExists
    removeAttrs
    toFile
    toJSON
    unsafeDiscardStringContext
    ;

  # ─── options ───

  shown = filter (option: option.visible && !option.internal) (
    map transformOptions (lib.optionAttrSetToDocList options)
  );

  withPackages =
    option:
    option
    // (
      if option.relatedPackages or [ ] == [ ] then
        { }
      else
        { relatedPackages = concatStringsSep "" (map relatedPackage option.relatedPackages); }
    );

  # A name, a path of names, or a set with one of these, `title` and `comment`.
  relatedPackage =
    given:
    let
      set =
        if isString given then
          { name = given; }
        else if isList given then
          { path = given; }
        else
          given;
      package = set.name or (concatStringsSep "." set.path);
      title = if set.title or null == null then "" else "${set.title} aka ";
      comment = if set ? comment then "\n\n  ${set.comment}" else "";
      address = "https://search.nixos.org/packages?show=${package}&sort=relevance&query=${package}";
    in
    "- [${title}`pkgs.${package}`](${address})${comment}\n";

  optionsNix = listToAttrs (
    map (option: {
      inherit (option) name;
      value = removeAttrs (withPackages option) [
        "name"
        "visible"
        "internal"
      ];
    }) shown
  );

  # ─── builders ───

  json = "${optionsJSON}/share/doc/nixos/options.json";

  flags = lib.escapeShellArgs (
    (if revision == "" then [ ] else [ "--revision=${revision}" ])
    ++ (if warningsAreErrors then [ "--strict" ] else [ ])
    ++ (if pathExists manpageUrls then [ "--manpage-urls=${manpageUrls}" ] else [ ])
    ++ map (
      source: "--source=${source}=${placeOf sources.${source}.path}=${sources.${source}.url or ""}"
    ) (attrNames sources)
  );

  titleFlag = if title == "" then "" else lib.escapeShellArg "--title=${title}";

  manpageUrls = pkgs.path + "/doc/manpage-urls.json";

  # The path of a tree as declarations have it; the tree is not needed to build.
  placeOf = path: unsafeDiscardStringContext (toString path);

  run =
    what: text:
    pkgs.runCommand what {
      nativeBuildInputs = [ manualgen ];
      meta.description = "Documentation of module options";
    } text;

  optionsJSON =
    pkgs.runCommand "options.json"
      {
        nativeBuildInputs = [
          pkgs.brotli
          pkgs.jq
        ];
        options = toFile "options.json" (unsafeDiscardStringContext (toJSON optionsNix));
        base = if baseOptionsJSON == null then toFile "base.json" "{}" else baseOptionsJSON;
        meta.description = "Module options as JSON";
      }
      ''
        folder=$out/share/doc/nixos
        mkdir -p "$folder" "$out/nix-support"
        jq --slurp --compact-output --from-file ${./merge.jq} "$base" "$options" \
          > "$folder/options.json"
        jq --raw-output --from-file ${./warnings.jq} "$folder/options.json" > warnings
        cat warnings >&2
        ${
          if warningsAreErrors then
            ''
              if [ -s warnings ]; then
                echo "warnings are errors: build with warningsAreErrors = false to go on" >&2
                exit 1
              fi
            ''
          else
            ""
        }
        brotli --best < "$folder/options.json" > "$folder/options.json.br"
        echo "file json $folder/options.json" >> "$out/nix-support/hydra-build-products"
        echo "file json-br $folder/options.json.br" >> "$out/nix-support/hydra-build-products"
      '';
in
{
  inherit optionsNix optionsJSON;

  optionsCommonMark = run "options.md" ''
    manualgen markdown ${json} -o "$out" ${flags}
  '';

  optionsAsciiDoc = run "options.adoc" ''
    manualgen asciidoc ${json} -o "$out" ${flags}
  '';

  html = run "${name}-html" ''
    manualgen html ${json} -o "$out/share/doc/${name}" ${titleFlag} ${flags}
  '';

  manpage = run "${name}-manpage" ''
    mkdir -p "$out/share/man/man5"
    manualgen man ${json} -o "$out/share/man/man5/${name}.5" --name ${name} ${flags}
  '';

  manual =
    if manual == null then
      throw "optionsDoc: `manual` has to name the folder of a manual.toml"
    else
      run "${name}-manual" ''
        cp -r --no-preserve=mode ${manual} manual
        cp ${json} manual/options.json
        mkdir -p "$out/share/man/man5"
        manualgen html manual/manual.toml -o "$out/share/doc/${name}" ${flags}
        manualgen man manual/manual.toml -o "$out/share/man/man5/${name}.5" ${flags}
      '';
}
