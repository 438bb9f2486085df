"""Golden files: one folder a construct, its source beside its HTML, roff, and man as text.

``python tests/test_golden.py`` writes them anew; read what changed before you keep it. The text is
mandoc's (1.14.6), 80 columns wide, as ``man`` shows it there.
"""

from __future__ import annotations

import sys
from pathlib import Path

import pytest

if __name__ == "__main__":
    sys.path.insert(0, str(Path(__file__).parent.parent))

from manualgen import api
from manualgen.options.reading import decode
from manualgen.writers.html import HtmlWriter, fragment
from manualgen.writers.manpage import ManpageWriter
from tests.rendering import man_page, manual, option, sections_in, shown

GOLDEN = Path(__file__).parent / "golden"
CONSTRUCTS = sorted(
    path.parent for pattern in ("*/input.md", "*/input.json") for path in GOLDEN.glob(pattern)
)


def rendered(folder: Path) -> dict[str, str]:
    """Return the name and content of each file that a construct's source becomes."""
    source = folder / "input.json"
    if source.exists():
        made = api.from_options([decode(source.read_bytes())], revision="26.05")
    else:
        text = (folder / "input.md").read_text("utf-8")
        made = manual(option("services.example.enable", text), option("x.<name>.y", "See above."))
    (included,) = made.sets
    html = HtmlWriter(made.links(lambda name: f"#{fragment(name)}", included))
    man = ManpageWriter(made.links(lambda _: None, included))
    html.start_page(included.catalog.ids)
    sections = sections_in(made)
    pages = [html.section(section) for section in sections]
    bodies = [man.section(section) for section in sections]
    if not source.exists():
        pages.pop()
        bodies.pop()
    body = "".join(bodies)
    text = shown(man_page(body, tables=man.has_tables), 80)
    # What stands around the options is the same for all.
    lines = text[text.index("OPTIONS\n") + 8 :].rstrip().split("\n")[:-1]
    return {
        "page.html": "".join(pages),
        "page.man": body,
        "page.txt": "\n".join(line.rstrip() for line in lines).strip("\n") + "\n",
    }


@pytest.mark.parametrize("folder", CONSTRUCTS, ids=lambda folder: folder.name)
def test_construct(folder):
    for name, content in rendered(folder).items():
        assert content == (folder / name).read_text("utf-8"), name


def test_there_are_constructs():
    assert len(CONSTRUCTS) > 10


def main() -> None:
    for folder in CONSTRUCTS:
        for name, content in rendered(folder).items():
            (folder / name).write_text(content, "utf-8")


if __name__ == "__main__":
    main()
