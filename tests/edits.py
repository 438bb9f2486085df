"""Random edits of a manual and of its options."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path


def option(text: str, **fields) -> dict:
    return {"description": text, "type": "boolean", "declarations": ["modules/a.nix"], **fields}


def written(folder: Path, options: dict) -> Path:
    path = folder / "options.json"
    path.write_text(json.dumps(options))
    return path


TEXTS = st.sampled_from(
    [
        "A plain text.",
        "See {option}`a.b.name1` and {option}`services.x.enable`.",
        "See [](#ch-one), [](#sec-two) and [](#opt-a.b.name2).",
        "An anchor []{#anchor}, which [](#anchor) leads to.",
        "A footnote[^1].\n\n[^1]: With a text.",
        "A list:\n- one\n- two",
        "<para>DocBook, with <option>a.b.name3</option></para>",
        "`code`\n\n```nix\n{ a = 1; }\n```",
        "Of a {manpage}`nix.conf(5)`.",
        "[broken](`x`)",
        "",
    ]
)
NAMES = st.tuples(
    st.sampled_from(["a", "b", "services", "programs", "<name>"]),
    st.sampled_from(["b", "x", "y", "*", '"quoted.name"']),
    st.sampled_from([f"name{number}" for number in range(5)] + ["enable", "a b", "a:b", "a_b"]),
).map(".".join)
CHAPTERS = {
    "manual.md": "# Manual {#book}\n\nAn introduction.\n\n"
    "```{=include=} chapters\none.md\ntwo.md\n```\n\n"
    "```{=include=} appendix html:into-file=//options.html\nappendix.md\n```\n",
    "one.md": "# One {#ch-one}\n\nText of one, see [](#sec-two).\n\n"
    "## Part {#sec-part}\n\nMore.[^1]\n\n[^1]: A note.\n",
    "two.md": "# Two {#ch-two}\n\n## Second {#sec-two}\n\n"
    "::: {.example #ex-one}\n# A title\n\n```nix\n1\n```\n:::\n\nSee [](#opt-a.b.name1).\n",
    "appendix.md": "# Options {#app-options}\n\n"
    "```{=include=} options\nid-prefix: opt-\nlist-id: list\nsource: options.json\n```\n",
}
TOML = 'source = "manual.md"\ntitle = "{title}"\nchunk = "{chunk}"\ndangling = "warn"\n'


class Edits:
    """The files of a manual, and edits of them."""

    def __init__(self, folder: Path, filler: int) -> None:
        self.folder = folder
        folder.mkdir()
        self.options = {f"z.fill{index}.o{index}": option("Filler.") for index in range(filler)}
        self.options |= {f"a.b.name{number}": option(f"Text {number}.") for number in range(4)}
        self.chapters = dict(CHAPTERS)
        self.values = {"title": "Manual", "chunk": "file", "history": ""}
        self.theme = ""

    def write(self) -> None:
        written(self.folder, self.options)
        for name, text in self.chapters.items():
            (self.folder / name).write_text(text)
        toml = TOML.format(**self.values)
        (self.folder / "theme").mkdir(exist_ok=True)
        (self.folder / "theme" / "style.css").write_text(f"body {{ color: {self.theme} }}")
        if self.theme:
            toml += 'theme = "theme"\n'
        if self.values["history"]:
            toml += (
                f"[[options]]\nsource = 'options.json'\nhistory = {{ {self.values['history']} }}\n"
            )
        (self.folder / "manual.toml").write_text(toml)

    def apply(self, edit) -> None:
        kind, *values = edit
        getattr(self, f"_{kind}")(*values)

    def _text(self, name: str, text: str) -> None:
        names = sorted(self.options)
        found = name if name in self.options else names[len(name) % len(names)]
        self.options[found]["description"] = text

    def _add(self, name: str, text: str) -> None:
        self.options[name] = option(text)

    def _remove(self, name: str) -> None:
        self.options.pop(name, None)

    def _rename(self, old: str, new: str) -> None:
        if old in self.options:
            self.options[new] = self.options.pop(old)

    def _grow(self, prefix: str, count: int) -> None:
        for index in range(count):
            self.options[f"{prefix}.grown{index}.o"] = option(f"Grown {index}.")

    def _value(self, name: str, value: str) -> None:
        self.options[min(self.options)][name] = value

    def _setting(self, name: str, value: str) -> None:
        self.values[name] = value

    def _history(self, name: str) -> None:
        """Let the options of before be those of an earlier release, one of them with a new name."""
        self.values["history"] = '"1.0" = "old.json"'
        old = dict(self.options)
        old["a.old"] = old.pop(min(old))
        (self.folder / "old.json").write_text(json.dumps(old))

    def _colour(self, value: str) -> None:
        self.theme = value

    def _chapter(self, name: str, text: str) -> None:
        self.chapters[name] += f"\n{text}\n" if name in {"one.md", "two.md"} else ""

    def _title(self, name: str, title: str) -> None:
        text = self.chapters[name]
        self.chapters[name] = f"# {title} {text[text.index('{#') :]}"

    def _move(self) -> None:
        text = self.chapters["manual.md"]
        swapped = "two.md\none.md" if "one.md\ntwo.md" in text else "one.md\ntwo.md"
        self.chapters["manual.md"] = (
            text.replace("one.md\ntwo.md", "\0")
            .replace("two.md\none.md", "\0")
            .replace("\0", swapped)
        )

    def _own_page(self, stem: str) -> None:
        text = CHAPTERS["manual.md"].replace(
            "chapters\n", f"chapters html:into-file=//{stem}.html\n" if stem else "chapters\n"
        )
        self.chapters["manual.md"] = text


EDIT = st.one_of(
    st.tuples(st.just("text"), NAMES, TEXTS),
    st.tuples(st.just("add"), NAMES, TEXTS),
    st.tuples(st.just("remove"), NAMES),
    st.tuples(st.just("rename"), NAMES, NAMES),
    st.tuples(st.just("rename"), st.sampled_from(["a.b.name1", "a.b.name2"]), NAMES),
    st.tuples(st.just("grow"), st.sampled_from(["a", "services"]), st.sampled_from([3, 160])),
    st.tuples(st.just("value"), st.sampled_from(["type", "default", "example"]), NAMES),
    st.tuples(st.just("setting"), st.just("title"), st.sampled_from(["Manual", "Other"])),
    st.tuples(st.just("setting"), st.just("chunk"), st.sampled_from(["file", "chapter"])),
    st.tuples(st.just("colour"), st.sampled_from(["", "red", "blue"])),
    st.tuples(st.just("chapter"), st.sampled_from(["one.md", "two.md"]), TEXTS),
    st.tuples(
        st.just("title"),
        st.sampled_from(["one.md", "two.md", "appendix.md", "manual.md"]),
        st.sampled_from(["A title", "Of {option}`a.b.name1`", "`code`"]),
    ),
    st.tuples(st.just("move")),
    st.tuples(st.just("history"), NAMES),
    st.tuples(
        st.just("add"),
        st.sampled_from(["a.b", "a.b.name1.<name>.x", "a.b.name1.<name>.y", "services"]),
        TEXTS,
    ),
    st.tuples(st.just("own_page"), st.sampled_from(["", "page"])),
)


def chains_of_edits(examples: int) -> Callable:
    """Return a decorator that runs a test with chains of edits, and with other arguments.

    The test takes ``chains`` (each a list of edits that are made at once), ``filler`` (the number
    of further options) and ``alone`` (whether the options have no chapters around them).

    Args:
        examples: how many examples are tried; with ``make fuzz``, 300.
    """

    def decorate(test: Callable) -> Callable:
        most = 300 if os.environ.get("MANUALGEN_FUZZ_MINUTES") else examples
        given_chains = given(
            chains=st.lists(st.lists(EDIT, min_size=1, max_size=3), min_size=1, max_size=4),
            filler=st.sampled_from([0, 155]),
            alone=st.booleans(),
        )
        unhurried = settings(
            max_examples=most, deadline=None, suppress_health_check=list(HealthCheck)
        )
        return unhurried(given_chains(test))

    return decorate
