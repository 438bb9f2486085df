"""The table of settings: what ``manual.toml`` takes, and what ``manualgen init`` writes of it."""

from __future__ import annotations

import re
import tomllib

import msgspec
import pytest

from manualgen.book import configuration, settings
from manualgen.book.settings import SETTINGS
from manualgen.site.manpage import NIXOS_WORDS

TABLES = {
    "": configuration.Configuration,
    "options": configuration.OptionsTable,
    "declarations": configuration.TreeTable,
    "evaluation": configuration.EvaluationTable,
    "manpage": configuration.ManpageTable,
    "output": configuration.OutputTable,
    "check": configuration.CheckTable,
}
EVERY_SETTING = pytest.mark.parametrize(
    "entry", SETTINGS, ids=lambda entry: f"{entry.table or 'top'}-{entry.key}"
)


def fields_of(table: str) -> dict[str, msgspec.structs.FieldInfo]:
    return {field.encode_name: field for field in msgspec.structs.fields(TABLES[table])}


@pytest.mark.parametrize("table", TABLES)
def test_the_table_has_every_setting_once(table):
    keys = [entry.key for entry in SETTINGS if entry.table == table]
    assert len(set(keys)) == len(keys)
    # Tables are settings of the top level; the folder is where the file lies.
    others = {*settings.TABLES, "folder"} if not table else set()
    assert set(keys) == fields_of(table).keys() - others


def test_every_table_is_described():
    assert {entry.table for entry in SETTINGS} == {"", *settings.TABLES}


@EVERY_SETTING
def test_each_setting_is_explained_in_a_sentence(entry):
    assert entry.help.endswith(".")
    assert settings.setting(entry.key, entry.table) is entry
    if entry.default:
        assert entry.help_with_default.endswith(f"[default: {entry.default}]")


@EVERY_SETTING
def test_a_default_is_what_is_used(entry):
    field = fields_of(entry.table).get(entry.key)
    if entry.table == "manpage":
        # The example is the page of configuration.nix.
        known = {"name": "configuration.nix", "section": "5", **NIXOS_WORDS}
        name = {"system": "source"}.get(entry.key, entry.key)
        if name in known and name != "description":
            assert tomllib.loads(f"x = {entry.value}")["x"] == known[name]
    elif entry.default and field.default not in {"", None, msgspec.NODEFAULT}:
        assert str(field.default) == entry.default
        assert tomllib.loads(f"x = {entry.value}")["x"] == field.default


def with_uncommented(entry: settings.Setting) -> str:
    """Return what ``manualgen init`` writes, one setting uncommented and what it needs."""
    lines = []
    table = ""
    for line in settings.template().split("\n"):
        text = line.removeprefix("# ")
        heading = text.strip("[]") if text.startswith("[") else ""
        table = heading if heading in settings.TABLES else table
        key = text.partition(" = ")[0]
        required = key in fields_of(table) and fields_of(table)[key].default is msgspec.NODEFAULT
        if table == entry.table and (heading or key == entry.key or required):
            lines.append(text)
        else:
            lines.append(line)
    return "\n".join(lines)


def test_what_init_writes_is_a_configuration(tmp_path):
    path = tmp_path / "manual.toml"
    path.write_text(settings.template())
    found = configuration.read(path)
    assert (found.source, found.output.html) == ("manual.md", "site")
    expected = configuration.Configuration(
        source="manual.md", output=configuration.OutputTable(html="site"), folder=tmp_path
    )
    assert found == expected


@EVERY_SETTING
def test_each_line_of_what_init_writes_can_be_uncommented(entry, tmp_path):
    path = tmp_path / "manual.toml"
    text = with_uncommented(entry)
    path.write_text(text)
    configuration.read(path)
    found = tomllib.loads(text)
    if entry.table:
        found = found[entry.table]
        found = found[0] if isinstance(found, list) else found
    assert found[entry.key] == tomllib.loads(f"x = {entry.value}")["x"]


def test_the_reference_has_every_setting():
    text = settings.reference()
    sections = re.split(r"^## ", text, flags=re.MULTILINE)[1:]
    found = [re.findall(r"^`([\w-]+)`\n: ", section, re.MULTILINE) for section in sections]
    expected = [[entry.key for entry in SETTINGS if entry.table == table] for table in TABLES]
    assert found == expected
