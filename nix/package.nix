{
  lib,
  python3Packages,
}:

let
  inherit (builtins)
    elem
    fromTOML
    head
    match
    readFile
    split
    ;

  inherit (fromTOML (readFile ../pyproject.toml)) project build-system;

  # What the package is built of, so that a change of anything else does not rebuild it.
  files = [
    "LICENSE"
    "README.md"
    "manualgen"
    "pyproject.toml"
    "sample-options"
    "templates"
  ];

  # The packages of requirements such as "click>=8.2,<9" are called the same in Nixpkgs.
  packages = map (requirement: python3Packages.${head (match "([A-Za-z0-9-]+).*" requirement)});
in
python3Packages.buildPythonApplication {
  pname = project.name;
  version = head (match ''.*__version__ = "([^"]+)".*'' (readFile ../manualgen/version.py));
  pyproject = true;

  src = builtins.path {
    name = "${project.name}-source";
    path = ../.;
    filter =
      path: _:
      elem (head (split "/" (lib.removePrefix "${toString ../.}/" path))) files
      && !lib.hasSuffix ".pyc" path;
  };

  build-system = packages build-system.requires;
  dependencies = packages project.dependencies;
  # Nixpkgs has one version of each, which may be newer than those that are tested.
  pythonRelaxDeps = true;
  pythonImportsCheck = [ project.name ];

  # The tests run browsers and validators of HTML; CI does that.
  doCheck = false;

  meta = {
    inherit (project) description;
    license = lib.licenses.mit;
    mainProgram = project.name;
  };
}
