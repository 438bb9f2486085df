"""Print every hidden list that is recovered in option sets, before and after.

Run as ``python -m benchmarks.hidden_lists [FILE...]``, where each FILE is an
``options.json``; without arguments, the option sets of the shared data are read.
"""

from __future__ import annotations

import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docutils import nodes as docutils_nodes

from manualgen.markup import description, docbook, hidden_lists
from manualgen.markup.parsed import plain_paragraphs
from manualgen.markup.structure import outline

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from manualgen.markup.structure import Block

REAL_SETS = Path(__file__).parents[2] / "shared" / "data" / "options"
# A description that is a bare string does not state its markup.
FORMS = {"nixos-1609": "docbook", "nixos-2014": "docbook", "nixos-2024-names": "plain"}


@dataclass(frozen=True, slots=True)
class Case:
    """A description with hidden lists: its option set and option, its text, and its blocks."""

    set_name: str
    option: str
    before: str
    after: list[Block]
    lists: list[hidden_lists.Recovered]


def recovered_in(path: Path) -> Iterator[Case]:
    """Yield the descriptions of an ``options.json`` that hide lists, in the order of the file."""
    for option, text in descriptions(path):
        blocks = blocks_of(path.stem, text)
        lists = hidden_lists.recover(blocks)
        if lists:
            yield Case(path.stem, option, text, outline(blocks), lists)


def descriptions(path: Path) -> Iterator[tuple[str, str]]:
    """Yield the name and the description of each option that has one."""
    options: dict[str, Any] = json.loads(path.read_text())
    for name, option in options.items():
        description = option.get("description")
        text = description.get("text") if isinstance(description, dict) else description
        if text:
            yield name, text


def blocks_of(set_name: str, text: str) -> list[docutils_nodes.Node]:
    """Return a description as blocks, parsed as its set is written."""
    form = FORMS.get(set_name, "markdown")
    if form == "docbook":
        return docbook.parse(text).blocks
    if form == "plain":
        return plain_paragraphs(text)
    return description.parse(text).blocks


def drawn(blocks: Sequence[Block], indent: str = "") -> Iterator[str]:
    """Yield the lines of an outline as a reader would see it in a terminal."""
    for kind, content in blocks:
        if kind in {"ul", "ol"}:
            for number, item in enumerate(content, 1):
                marker = "•" if kind == "ul" else f"{number}."
                first, *others = list(drawn(item, indent + " " * (len(marker) + 1))) or [""]
                yield f"{indent}{marker} {first.lstrip()}"
                yield from others
        elif kind == "dl":
            for term, text in content:
                yield f"{indent}{term}"
                yield from drawn(text, indent + "    ")
        elif isinstance(content, str):
            yield from (indent + line for line in content.split("\n"))
        else:
            yield f"{indent}[{kind}]"
            yield from (indent + "  " + line for line in drawn_content(content))


def drawn_content(content: Sequence[Any]) -> Iterator[str]:
    """Yield the lines of what is neither text nor list: blocks, or the rows of a table."""
    if all(isinstance(block, list) and block and isinstance(block[0], str) for block in content):
        yield from drawn(content)


def cost_of(path: Path) -> tuple[int, float]:
    """Return how many paragraphs a set has, and the seconds that looking at them takes."""
    parsed = [blocks_of(path.stem, text) for _, text in descriptions(path)]
    count = sum(
        1 for blocks in parsed for block in blocks for _ in block.findall(docutils_nodes.paragraph)
    )
    start = time.perf_counter()
    for blocks in parsed:
        hidden_lists.recover(blocks)
    return count, time.perf_counter() - start


def report(path: Path) -> None:
    """Print what is recovered in one set."""
    cases = list(recovered_in(path))
    for case in cases:
        print(f"━━ {case.set_name}: {case.option}")
        print("\n".join(f"  │ {line}" for line in case.before.strip("\n").split("\n")))
        print("  ├─ becomes")
        print("\n".join(f"  │ {line}" for line in drawn(case.after)))
        print()
    lists = sum(len(case.lists) for case in cases)
    paragraphs, seconds = cost_of(path)
    print(
        f"{path.name}: {lists} lists in {len(cases)} descriptions; "
        f"{paragraphs} paragraphs, {seconds / max(paragraphs, 1) * 1e6:.1f} µs each\n"
    )


def main(arguments: Sequence[str]) -> int:
    """Report on the files named, or on the real sets; return an exit status."""
    paths = [Path(name) for name in arguments] or sorted(REAL_SETS.glob("*.json"))
    if not paths:
        print(f"no sets: {REAL_SETS} has no *.json, and no FILE was named", file=sys.stderr)
        return 2
    missing = [path for path in paths if not path.is_file()]
    for path in missing:
        print(f"missing: {path}", file=sys.stderr)
    for path in paths:
        if path not in missing:
            report(path)
    return 2 if missing else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
