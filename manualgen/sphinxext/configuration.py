"""The configuration values of the extension, and what they say about option sets."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import msgspec
from sphinx.errors import ConfigError

from manualgen.book.catalog import OptionSettings
from manualgen.book.configuration import OptionsTable, TreeTable
from manualgen.book.option_sets import SetSettings
from manualgen.options.declarations import Source
from manualgen.similar_names import nearest

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from sphinx.application import Sphinx
    from sphinx.config import Config


class SetTable(OptionsTable, frozen=True, forbid_unknown_fields=True, rename="kebab"):
    """An option set in ``manualgen_options``: the settings of ``[[options]]``, and these.

    Attributes:
        revision: the tag, branch or commit in links to declarations.
        declarations: the source trees of declarations, as ``[[declarations]]`` has them.
    """

    revision: str = ""
    declarations: tuple[TreeTable, ...] = ()


class ConfiguredSet(msgspec.Struct, frozen=True):
    """An option set that ``conf.py`` names.

    Attributes:
        name: its name in directives and references.
        settings: its file, and what that file is.
        options: how its options are shown.
    """

    name: str
    settings: SetSettings
    options: OptionSettings


def add_values(app: Sphinx) -> None:
    """Add the configuration values to an application of Sphinx."""
    app.add_config_value(
        "manualgen_options",
        {},
        "env",
        types=frozenset({dict}),
        description="The option sets: name → the path of an options.json, or a dictionary with"
        " the settings of a set, as [[options]] of manual.toml has them",
    )
    app.add_config_value(
        "manualgen_navigation_entries",
        30,
        "html",
        types=frozenset({int}),
        description="How many documents with options the navigation shows side by side; of"
        " longer lists it shows those that lead to the current page",
    )


def configured_sets(config: Config, folder: Path) -> list[ConfiguredSet]:
    """Return the option sets that a configuration names, in its order.

    Args:
        config: the configuration.
        folder: the folder of ``conf.py``, which paths are relative to.

    Raises:
        ConfigError: if a setting is unknown, or its value is not allowed.
    """
    given = config.manualgen_options
    if not isinstance(given, dict):
        message = 'manualgen_options is a dictionary: {"nixos": "options.json"}'
        raise ConfigError(message)
    return [_configured(name, value, folder) for name, value in given.items()]


def _configured(name: Any, value: Any, folder: Path) -> ConfiguredSet:
    if not isinstance(name, str) or not name or name.split() != [name] or ":" in name:
        message = f"manualgen_options: {name!r} is not a name of a set: write one word without `:`"
        raise ConfigError(message)
    if isinstance(value, (str, os.PathLike)):
        value = {"source": os.fspath(value)}
    if not isinstance(value, dict):
        message = (
            f'manualgen_options["{name}"] is a {type(value).__name__}:'
            ' write a path, or {"source": "options.json", …}'
        )
        raise ConfigError(message)
    _check_keys(name, value)
    try:
        table = msgspec.convert(value, SetTable)
    except msgspec.ValidationError as error:
        message = f'manualgen_options["{name}"]: {error}'
        raise ConfigError(message) from None
    tree = (
        Source(table.name or "nixpkgs", "", table.address) if table.name or table.address else None
    )
    history = {release: folder / path for release, path in table.history.items()}
    sources = tuple(
        Source(entry.name, entry.path.rstrip("/"), entry.address) for entry in table.declarations
    )
    return ConfiguredSet(
        name,
        SetSettings(
            folder / table.source,
            table.id_prefix,
            table.title,
            tree,
            table.kind or "module",
            history,
        ),
        OptionSettings(sources=sources, revision=table.revision),
    )


def _check_keys(name: str, value: dict[Any, Any]) -> None:
    """Raise an error for the first key that is no setting."""
    known = [field.encode_name for field in msgspec.structs.fields(SetTable)]
    for key in value:
        if key not in known:
            likely = nearest(str(key).lower().replace("_", "-"), known, 0.5)
            message = f'manualgen_options["{name}"]: unknown setting {key!r}: ' + (
                f'write "{likely}"' if likely else f"the settings are {_listed(known)}"
            )
            raise ConfigError(message)
    if "source" not in value:
        message = f'manualgen_options["{name}"] names no file: write {{"source": "options.json"}}'
        raise ConfigError(message)


def _listed(names: Iterable[str]) -> str:
    return ", ".join(sorted(names))
