"""Unknown options: which is meant, and which names are no options."""

from __future__ import annotations

import pytest

from manualgen import api
from tests.rendering import manual, option

OTHERS = [
    option("services.foo.port", "What it is for.", type="int"),
    option("services.foo.settings", "What it is for.", type="attribute set"),
    option("services.foo.hosts", "What it is for.", type="attribute set of (submodule)"),
    option("services.foo.hosts.<name>.address", "What it is for.", type="string"),
    option("services.foo.log.level", "What it is for.", type="string"),
    option("services.foo.log.file", "What it is for.", type="string"),
]


def helps(name: str) -> list[str]:
    referring = option("services.foo.enable", f"See {{option}}`{name}`.", type="bool")
    return [found.help for found in api.check(manual(referring, *OTHERS))]


@pytest.mark.parametrize(
    ("name", "meant"),
    [
        ("services.foo.prot", ["services.foo.port"]),
        ("port", ["services.foo.port"]),
        ("config.services.foo.port", ["services.foo.port"]),
        ("log.level", ["services.foo.log.level"]),
        ("foo.log.level", ["services.foo.log.level"]),
        ("services.foo.log", ["services.foo.log.file", "services.foo.log.level"]),
        ("services.foo.hosts.<name>.adress", ["services.foo.hosts.<name>.address"]),
    ],
)
def test_the_names_that_may_be_meant(name, meant):
    (text,) = helps(name)
    assert text.startswith(f"write {' or '.join(f'{{option}}`{one}`' for one in meant)}, if")


def test_a_name_like_no_other():
    assert helps("networking.hostName") == [
        "correct the name, or write it as code if it is an option of another set"
    ]


@pytest.mark.parametrize(
    "name", ["services.foo.settings.port", "services.foo.port", "--verbose", "-v"]
)
def test_names_that_are_not_reported(name):
    assert helps(name) == []


def test_in_a_chapter(tmp_path):
    (tmp_path / "manual.md").write_text(
        "# T {#t}\n\n## S\n\n```{=include=} chapters\none.md\n```\n\n"
        "```{=include=} options\nid-prefix: opt-\nlist-id: list\nsource: o.json\n```\n"
    )
    (tmp_path / "one.md").write_text("# One {#one}\n\nSee {option}`services.foo.prot`.\n")
    (tmp_path / "o.json").write_text(
        '{"services.foo.port": {"description": "What it is for.", "type": "int"}}'
    )
    (diagnostic,) = api.check(api.load(tmp_path / "manual.md"))
    assert (diagnostic.file, diagnostic.line) == (str(tmp_path / "one.md"), 3)
    assert "{option}`services.foo.port`" in diagnostic.help
