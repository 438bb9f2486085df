"""The data of the search over all projects: which words which projects have.

The words are sorted, and divided into shards. ``projects.js`` has the first word of each shard, so the
script loads those that a query needs; it then loads the data of the likeliest projects, which their own
sites have. All words are sorted on disk, so that the memory does not grow with their number.
"""

from __future__ import annotations

import hashlib
import sqlite3
from typing import TYPE_CHECKING

from manualgen.publication.host_words import KINDS, PROJECT, parts_of, read
from manualgen.site.search_index import FOLDER, NAMES, WORD, WORDS, script
from manualgen.site.search_words import NUMBERS, SEPARATOR, front_coded

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from manualgen.publication.model import PublishedProject, Site

_SHARD = 16_000
"""The characters after which a shard ends."""

_VERSION = 8
"""The characters of the version that the address of each file ends in."""


class HostSearch:
    """Collects the words of projects, and makes the files."""

    def __init__(self) -> None:
        # A database without a name is a file that is removed when it is closed.
        self._words = sqlite3.connect("")
        self._words.execute("CREATE TABLE sites (project INT, words BLOB)")
        self._words.execute("CREATE TABLE words (key BLOB, word TEXT, project INT, kind INT)")
        self._projects: list[dict[str, object]] = []
        self._digest = hashlib.sha256()

    def close(self) -> None:
        """Remove the words from the disk."""
        self._words.close()

    def add(self, project: PublishedProject, sites: Sequence[Site]) -> None:
        """Add a project; it is searched in its newest version.

        Args:
            project: the project.
            sites: the sites of its versions, the newest first.
        """
        number = len(self._projects)
        newest = project.versions[0]
        versions = [
            (version.version, *_version_and_size(site))
            for version, site in zip(project.versions, sites, strict=True)
        ]
        self._projects.append(
            {
                "name": project.name,
                "title": project.title,
                "options": newest.options,
                "versions": versions,
            }
        )
        words = sites[0].words
        self._words.execute("INSERT INTO sites VALUES (?, ?)", (number, words))
        self._digest.update(repr((self._projects[-1], words)).encode(errors="replace"))

    @property
    def digest(self) -> bytes:
        """The digest of all that the files are made from."""
        return self._digest.digest()

    def files(self) -> Iterator[tuple[str, bytes]]:
        """Yield path and content of the files."""
        self._words.executemany("INSERT INTO words VALUES (?, ?, ?, ?)", self._rows())
        starts, digest = list[str](), hashlib.sha256()
        for number, (first, data) in enumerate(self._shards()):
            starts.append(first)
            content = script(number, data)
            digest.update(content)
            yield f"{FOLDER}/{number}.js", content
        version = digest.hexdigest()[:_VERSION]
        known = {"projects": self._projects, "starts": starts, "version": version}
        yield f"{FOLDER}/projects.js", script("projects", known)

    def _rows(self) -> Iterator[tuple[bytes, str, int, int]]:
        """Yield the words of all projects, with what they are sorted by."""
        sites = self._words.execute("SELECT project, words FROM sites ORDER BY project")
        for number, words in sites:
            project = self._projects[number]
            own = {*parts_of(str(project["name"])), *WORD.findall(str(project["title"]).lower())}
            for word in sorted(own):
                yield _key(word), word, number, PROJECT
            for word, kind in read(words):
                yield _key(word), word, number, kind

    def _shards(self) -> Iterator[tuple[str, dict[str, str]]]:
        """Yield the first word of each shard, and the shard."""
        words, lists, size = list[str](), list[str](), 0
        before = -1
        for word, project, kind in self._sorted():
            is_new = not words or word != words[-1]
            if is_new and size >= _SHARD:
                yield words[0].lower(), _shard(words, lists)
                words, lists, size = [], [], 0
            if is_new:
                words.append(word)
                lists.append("")
                size += len(word)
                before = -1
            number = NUMBERS[(project - before - 1) * KINDS + kind]
            lists[-1] += number
            size += len(number)
            before = project
        if words:
            yield words[0].lower(), _shard(words, lists)

    def _sorted(self) -> Iterator[tuple[str, int, int]]:
        """Yield each word, project, and what says most of the things that it is of."""
        return self._words.execute(
            "SELECT word, project, max(kind) FROM words GROUP BY key, word, project"
            " ORDER BY key, word, project"
        )


def _key(word: str) -> bytes:
    """Return what words are sorted by: as JavaScript compares them in lower case."""
    return word.lower().encode("utf-16-be", "surrogatepass")


def _shard(words: Sequence[str], lists: Sequence[str]) -> dict[str, str]:
    return {
        "words": SEPARATOR.join(front_coded(words)),
        "projects": SEPARATOR.join(lists),
    }


def _version_and_size(site: Site) -> tuple[str, int]:
    """Return the version and the size of a site's own data; "" and 0 if it has none."""
    if NAMES not in site.files:
        return "", 0
    digest, size = site.files[NAMES]
    return digest.hex()[:_VERSION], size + site.files.get(WORDS, (b"", 0))[1]
