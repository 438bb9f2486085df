"""What to write instead of what failed: texts for the help of diagnostics."""

from __future__ import annotations

import re

# What a module decides by each of its parts, in the order in which they are evaluated.
DECISIONS = {
    "body": "decide what it is",
    "imports": "decide what to import",
    "options": "decide which options there are",
    "config": "decide what it sets",
}

FETCHING = "or fetch what the flake's `flake.lock` names: `nix flake archive` in its folder"
"""How to get inputs of a flake into the store, where they are found."""

# What files are that were given as modules, and what to do with them.
KINDS = {
    "flake": (
        "a flake",
        "name its folder, which lists its modules; then one of them: `FOLDER#NAME`",
    ),
    "modules": (
        "a set of modules",
        "name one of them, or write a file with a list of them: `--modules FILE`",
    ),
    "overlay": ("an overlay or another function of several arguments", "name a module"),
    "list": ("a list", "if it is a list of modules, give it with `--modules FILE`"),
}

PART_OF_NIXPKGS = "it is part of Nixpkgs: name a whole Nixpkgs tree with `--lib PATH`"

_HELP = (
    (
        re.compile(r"access to (?:absolute )?path .* forbidden"),
        "a module may read its own source tree: name that with `--source NAME=PATH=URL`",
    ),
    (re.compile(r"access to URI .* forbidden"), "documentation is built without network"),
    (re.compile(r"stack overflow"), "look for a function or a type that calls itself without end"),
    (
        re.compile(r"infinite recursion"),
        "do not let `imports` or `options` depend on `config`: decide by `lib.mkIf` in `config`",
    ),
    (
        re.compile(r"called with unexpected argument"),
        "a module takes further arguments, too: `{ lib, ... }:`; other functions are no modules",
    ),
    (
        re.compile(r"flake input .* is not given"),
        f"give the folder of the input: `--input NAME=PATH`; {FETCHING}",
    ),
    (
        re.compile(r"\.drv.* is not valid|import-from-derivation"),
        "nothing is built for documentation: do not import what has to be built first",
    ),
    (re.compile(r"No such file"), "correct the path"),
    (re.compile(r"syntax error"), "correct it: Nix expected something else here"),
    (re.compile(r"undefined variable"), "define it, or take it as an argument of the module"),
)


def unavailable_name(name: str) -> tuple[str, str]:
    """Return the message and help for a name that is not available.

    Args:
        name: an argument of modules, a name below ``lib`` or ``inputs``, or one in angle brackets.
    """
    if name.startswith("lib."):
        return (
            f"`{name}` is not in the library",
            "extend the library with `--lib FILE`, or correct the name",
        )
    if name.startswith("inputs."):
        flake_input = name.removeprefix("inputs.")
        return (
            f"the flake input `{flake_input}` is not given",
            f"give its folder: `--input {flake_input}=PATH`; {FETCHING}",
        )
    if name == "flake-parts-lib":
        return (
            f"the argument `{name}` is not given",
            "give flake-parts: `--input flake-parts=PATH`",
        )
    if name.startswith("<"):
        return (
            f"`{name}` is not on the search path, which has Nixpkgs and the inputs that are given",
            f"give its folder: `--input {name.strip('<>')}=PATH`",
        )
    if name == "config":
        return (
            "an option that no given module declares is needed",
            "import and declare always, and decide with `lib.mkIf` in `config`",
        )
    return (f"the argument `{name}` is not given", f"give it: `--arg {name}=FILE`")


def for_message(message: str) -> str:
    """Return the help for a message of Nix; "" where there is none.

    Args:
        message: the message.
    """
    return next((text for pattern, text in _HELP if pattern.search(message)), "")


def for_library(line: str, name: str) -> str:
    """Return the help for a module that takes ``lib`` out of ``pkgs``.

    Args:
        line: the source line.
        name: what is taken, such as ``pkgs.lib.mkIf``.
    """
    if re.search(r"\bwith\s+pkgs\.lib\s*;", line):
        better = "with lib;"
    elif re.search(r"inherit\s*\(pkgs\)", line):
        better = "{ lib, ... }:"
    elif re.search(r"inherit\s*\(pkgs\.lib", line):
        better = line.strip().replace("pkgs.lib", "lib")
    else:
        better = name.removeprefix("pkgs.")
    return f"write `{better}`, and take `lib` as an argument of the module: `{{ lib, ... }}:`"


def for_decision(part: str, name: str) -> str:
    """Return the help for a module that looks at packages too early.

    Args:
        part: the part of the module: ``imports``, ``options`` or ``config``.
        name: what it looks at, such as ``pkgs.stdenv``.
    """
    if part == "imports":
        return f"import always, and decide in `config`: `config = lib.mkIf ({name} …) {{ … }};`"
    if part == "config":
        return (
            f"write `config = lib.mkIf ({name} …) {{ … }};`:"
            " unlike `if` and `lib.optionalAttrs`, it decides later"
        )
    return f"declare the option always, and decide in `config`: `lib.mkIf ({name} …) {{ … }}`"


def for_value(field: str, source: str, needs: str) -> str:
    """Return the help for a value that cannot be evaluated.

    Args:
        field: the option's field.
        source: the value's source; "" if unknown.
        needs: the argument that it needs; "" for other failures.
    """
    if not source or "\n" in source or len(source) > 60 or '"' in source or "${" in source:
        source = f"{needs}.…" if needs else "…"
    literal = f'lib.literalExpression "{source}";'
    given = "" if needs in {"", "pkgs", "config"} else unavailable_name(needs)[1]
    text = {
        "default": f"write beside it what readers are to see: `defaultText = {literal}`",
        "defaultText": f'write it without `{needs}`: `defaultText = lib.literalExpression "…";`'
        if needs
        else "correct its `defaultText`",
        "example": f"give it as text, as `defaultText` is for a default: `example = {literal}`",
        "description": f"name `{needs}` in words, or in the option's `defaultText`"
        if needs
        else "write a string",
        "type": for_type(needs) if needs else "correct what Nix names",
    }.get(field, "write it as text")
    return f"{text}, or {given}" if given and field != "type" else text


def for_type(needs: str) -> str:
    """Return the help for a type that cannot be evaluated.

    Args:
        needs: the argument that it needs.
    """
    if needs == "pkgs":
        return "make it of `lib.types` and `pkgs.formats`, or evaluate with `--pkgs PATH`"
    if needs == "config":
        return "make it of `lib.types`, without `config`"
    return unavailable_name(needs)[1]
