"""The data that the search of a site reads in the browser.

Each file is a classic script that hands a JSON text to ``manualgenSearch.register``: browsers
refuse modules, ``fetch`` and workers to pages that are opened from disk. The names and types of
all options, and the titles of divisions, are one file; the words of the options' sentences,
by which options are found too, are another; the sentences themselves are in files of a few
hundred, of which a page loads those that it shows. ``docs/search.md`` describes the format.
"""

from __future__ import annotations

import functools
import hashlib
import json
import re
from collections import defaultdict
from typing import TYPE_CHECKING, Any, NamedTuple

from docutils import nodes as docutils_nodes

from manualgen.markup import nodes
from manualgen.options.model import FORBIDDEN_IN_HTML
from manualgen.site import search_words
from manualgen.site.search_words import NUMBERS, SEPARATOR

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from manualgen.book.catalog import OptionCatalog
    from manualgen.options.model import Option
    from manualgen.site.plan import SitePlan

FOLDER = "search"
"""The folder, below the site's, of the data."""

NAMES = f"{FOLDER}/names.js"
"""The file of the names and types of all options, and the titles of divisions."""

WORDS = f"{FOLDER}/words.js"
"""The file of the words by which options are found beside their names."""

_VERSION = 8
"""The characters of the version that the address of each file ends in."""

_END = b"\"}')\n"
"""What stands after the version, in the file of names."""

_MOST_SHARDS = 32
_FEWEST_SENTENCES = 100
"""The fewest sentences of a file, except the last one."""

_LONGEST_TEXT = 600
"""The characters of a description whose words are searched."""

_LONGEST_SENTENCE = 160
"""The characters after which a sentence is cut."""


class Description(NamedTuple):
    """What the search knows of a description.

    Attributes:
        sentence: its first sentence as plain text.
        words: the words of the start of its first paragraph.
    """

    sentence: str
    words: frozenset[str]


NO_DESCRIPTION = Description("", frozenset())


def description_of(node: docutils_nodes.Node) -> Description:
    """Return what the search knows of a description.

    Args:
        node: the first node of an option's section.
    """
    if isinstance(node, nodes.option_description):
        return description_of_blocks(node.children)
    return NO_DESCRIPTION


def description_of_blocks(blocks: Iterable[docutils_nodes.Node]) -> Description:
    """Return what the search knows of the blocks of a description."""
    for block in blocks:
        if isinstance(block, docutils_nodes.paragraph):
            text = _text_of(block)[:_LONGEST_TEXT]
            words = frozenset(WORD.findall(text.lower())) - _IGNORED
            return Description(first_sentence(text), words)
    return NO_DESCRIPTION


def _text_of(paragraph: docutils_nodes.paragraph) -> str:
    """Return the text of a paragraph; most are one text without escapes."""
    children = paragraph.children
    if len(children) == 1 and isinstance(children[0], docutils_nodes.Text):
        text = str(children[0])
        if "\0" not in text:
            return text
    return paragraph.astext()


def entry_of(name: str, description: Description, old_names: Iterable[str] = ()) -> tuple[str, str]:
    """Return the sentence of an option, and the words by which it is found beside its name.

    A word of the option's own name is left out: names are searched anyway.

    Args:
        name: the name of the option.
        description: what is known of its description.
        old_names: the names that it had before.
    """
    words = description.words
    for old_name in old_names:
        words = words.union(map(str.lower, WORDS_OF_NAME.findall(old_name)))
    words = words.difference(map(str.lower, WORDS_OF_NAME.findall(name)))
    return description.sentence, " ".join(sorted(words))


def entry_of_option(option: Option, description: Description) -> tuple[str, str]:
    """Return what :func:`entry_of` returns for an option with a description."""
    old_names = () if option.history is None else option.history.old_names
    return entry_of(option.name, description, old_names)


_SENTENCE = re.compile(r".{8,}?[.!?](?=\s+[^a-z\s])", re.DOTALL)


def first_sentence(text: str) -> str:
    """Return the first sentence of a text on one line, cut where it is long."""
    match = _SENTENCE.match(text)
    line = " ".join((match[0] if match else text).split())
    if len(line) <= _LONGEST_SENTENCE:
        return line
    cut = line[:_LONGEST_SENTENCE]
    whole_words = cut.rpartition(" ")[0].rstrip(",;:")
    return f"{whole_words} …" if whole_words else f"{cut}…"


class SearchIndex:
    """The data of a site's search.

    The columns of names do not depend on descriptions: they can be made while other processes
    render pages.
    """

    def __init__(self, plan: SitePlan) -> None:
        """Prepare the data.

        Args:
            plan: the plan of the site.
        """
        self._plan = plan
        self._catalogs = [placement.included.catalog for placement in plan.placements]
        self._ids = [name for catalog in self._catalogs for name in catalog.ids]

    @functools.cached_property
    def columns(self) -> dict[str, object]:
        """The columns of names, types and addresses, and the titles of divisions."""
        old_names = _old_names(self._catalogs)
        return {
            **_columns(self._plan, self._catalogs),
            "divisions": divisions(self._plan),
            **({"old": old_names} if old_names else {}),
        }

    def files(
        self,
        entries: Mapping[str, tuple[str, str]],
        names: bytes | None = None,
        words: bytes | None = None,
        affected: set[str] | None = None,
    ) -> Iterator[tuple[str, bytes]]:
        """Yield path and content of the files.

        Args:
            entries: identifier of an option → what :func:`entry_of` returns.
            names: the content of the file of names of an earlier build, if names, types,
                addresses and titles are the same.
            words: the content of the file of words, likewise.
            affected: the words that an option has got or lost since; None if they are not known.
        """
        words = self.words(entries, words, affected)
        shards = [self.sentences(number, entries) for number in range(self.shards)]
        # A browser must not combine files of two builds from its cache.
        digest = hashlib.sha256(b"".join([words, *shards])).hexdigest()
        yield NAMES, self.names(digest[:_VERSION], names)
        yield WORDS, words
        for number, shard in enumerate(shards):
            yield f"{FOLDER}/{number}.js", shard

    @property
    def shards(self) -> int:
        """The number of files of sentences."""
        return -(-len(self._ids) // self._size)

    @property
    def _size(self) -> int:
        return max(_FEWEST_SENTENCES, -(-len(self._ids) // _MOST_SHARDS))

    def names(self, version: str, earlier: bytes | None = None) -> bytes:
        """Return the file of names.

        Args:
            version: what the addresses of the other files end in.
            earlier: the file of another version, if all else in it is the same.
        """
        if earlier is None:
            return script("names", {**self.columns, "shard": self._size, "version": version})
        # The version is the last of the data.
        end = len(earlier) - len(_END)
        return b"".join([earlier[: end - _VERSION], version.encode(), earlier[end:]])

    def words(
        self,
        entries: Mapping[str, tuple[str, str]],
        earlier: bytes | None = None,
        affected: set[str] | None = None,
    ) -> bytes:
        """Return the file of words.

        Args:
            entries: as for :meth:`files`.
            earlier: the file of an earlier build with the same options.
            affected: the words that an option has got or lost since; None if they are not known.
        """
        words_of = [entries.get(name, _NOTHING)[1] for name in self._ids]
        known = None if earlier is None or affected is None else _value_in(earlier)
        if known is None:
            return script("words", search_words.columns(words_of))
        return script("words", search_words.updated(known, words_of, affected or ()))

    def sentences(self, number: int, entries: Mapping[str, tuple[str, str]]) -> bytes:
        """Return a file of sentences.

        Args:
            number: its number, from 0.
            entries: as for :meth:`files`; those of :meth:`ids_of` are needed.
        """
        return script(number, [entries.get(name, _NOTHING)[0] for name in self.ids_of(number)])

    def ids_of(self, number: int) -> Sequence[str]:
        """Return the identifiers of the options whose sentences are in a file."""
        return self._ids[number * self._size : (number + 1) * self._size]


_NOTHING = ("", "")


def script(key: str | int, value: object) -> bytes:
    """Return a file of data, which hands a JSON text to the script of the search.

    Args:
        key: what the script knows the file by.
        value: the data.
    """
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    # Browsers parse JSON in a string faster than the same as a script. Few texts have
    # apostrophes, all have quotation marks.
    literal = text.replace("\\", "\\\\").replace("'", "\\'")
    literal = literal.replace("\u2028", "\\u2028").replace("\u2029", "\\u2029")
    return f"manualgenSearch.register({json.dumps(key)},'{literal}')\n".encode(errors="replace")


def _value_in(script: bytes) -> Any:
    """Return the value that :func:`_script` has written; None if that is not easily said."""
    try:
        text = script.decode()
    except UnicodeDecodeError:
        return None
    literal = text[text.index("'") + 1 : -len("')\n")]
    if "\\u202" in literal:
        return None
    return json.loads(re.sub(r"\\(.)", r"\1", literal))


def _printable(text: str) -> str:
    return text if text.isprintable() else FORBIDDEN_IN_HTML.sub("\ufffd", text)


def _columns(plan: SitePlan, catalogs: Sequence[OptionCatalog]) -> dict[str, object]:
    """Return the columns of all options: names, types, pages and unusual identifiers."""
    count_of: dict[str, int] = defaultdict(int)
    for catalog in catalogs:
        for option in catalog.options:
            count_of[option.type] += 1
    types = sorted(count_of, key=lambda text: (-count_of[text], text))
    code = {text: NUMBERS[rank] for rank, text in enumerate(types)}
    lines, unusual = list[str](), dict[str, str]()
    pages: dict[str, int] = {}
    paths, runs = list[str | int](), list[list[int]]()
    before: list[str] = []
    for catalog in catalogs:
        for option, name in zip(catalog.options, catalog.ids, strict=True):
            shown = _printable(option.name)
            parts = shown.split(".")
            common = 0
            for old, new in zip(before, parts, strict=False):
                if old != new:
                    break
                common += 1
            # The last component is always written: equal names are two options too.
            common = min(common, len(parts) - 1)
            rest = ".".join(parts[common:])
            lines.append(f"{NUMBERS[len(before) - common]}{code[option.type]}{rest}")
            before = parts
            if name != catalog.prefix + shown.translate(_IN_IDENTIFIERS):
                unusual[str(len(lines) - 1)] = name
            path = plan.page_paths[name]
            page = pages.get(path)
            if page is None:
                page = pages[path] = len(pages)
                paths.append(_path(path, parts))
            if runs and runs[-1][1] == page:
                runs[-1][0] += 1
            else:
                runs.append([1, page])
    return {
        "sets": [[_title(plan, i), len(c.options), c.prefix] for i, c in enumerate(catalogs)],
        "names": SEPARATOR.join(lines),
        "types": [_printable(text) for text in types],
        "pages": paths,
        "runs": "".join([NUMBERS[number] for run in runs for number in run]),
        "ids": unusual,
    }


def _old_names(catalogs: Sequence[OptionCatalog]) -> list[tuple[str, int]]:
    """Return the names that options had before, each with the number of its option."""
    options = [option for catalog in catalogs for option in catalog.options]
    return [
        (_printable(name), number)
        for number, option in enumerate(options)
        if option.history is not None
        for name in option.history.old_names
    ]


_IN_IDENTIFIERS = str.maketrans(dict.fromkeys('*<>[]:" ', "_"))
"""What the script replaces in a name to get its identifier; it is told all other identifiers."""


def _path(path: str, parts: Sequence[str]) -> str | int:
    """Return the path of a page, or, if it is ``options/a.b.html``, the number of components.

    Args:
        path: the path.
        parts: the components of the name of its first option.
    """
    stem = path.removeprefix("options/").removesuffix(".html")
    count = stem.count(".") + 1
    if path == f"options/{stem}.html" and stem == ".".join(parts[:count]):
        return count
    return path


def _title(plan: SitePlan, index: int) -> str:
    division = plan.manual.sets[index].division
    if division is None or plan.contents is None:
        return plan.manual.title
    return plan.contents.title(division)


def divisions(plan: SitePlan) -> list[tuple[str, str, int]]:
    """Return title, address and the index of the parent (or -1) of each division.

    Args:
        plan: the plan of the site.
    """
    outline, contents = plan.manual.outline, plan.contents
    if outline is None or contents is None:
        return []
    index = {division: number for number, division in enumerate(outline.divisions)}
    return [
        (
            contents.numbered(division),
            contents.address(division),
            index[division.parent] if division.parent is not None else -1,
        )
        for division in outline.divisions
    ]


WORD = re.compile(r"[^\W_]{2,}")
"""A word of a text."""

WORDS_OF_NAME = re.compile(r"[A-Z]+(?![a-z])[0-9]*|[A-Z]?[a-z0-9]+")
"""A word of a component of a name."""

_IGNORED = frozenset(
    [
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "can",
        "for",
        "from",
        "has",
        "if",
        "in",
        "is",
        "it",
        "its",
        "not",
        "of",
        "on",
        "or",
        "that",
        "the",
        "this",
        "to",
        "use",
        "used",
        "was",
        "when",
        "whether",
        "which",
        "will",
        "with",
    ]
)
