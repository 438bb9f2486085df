"""What manuals that were never built may refer to, and declare, without building them.

So that most of them are built once: what their references to other projects mean is known before. It
is an estimate, from the text of their files; the build says what is asked for, and if the answers
were others, it is done again.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from manualgen.options.model import identifier

if TYPE_CHECKING:
    from manualgen.publication.sources import Inputs

_REFERENCES = re.compile(
    rb"\{option\}`([^`\s\\]{1,200})`"  # the role
    rb"|\]\(#(opt-[^)\s\\]{1,200})\)"  # a link
    rb"|<option>([^<\s\\]{1,200})</option>|linkend=\\?[\"'](opt-[^\"'\\]{1,200})"  # DocBook
)

_MOST = 100_000
"""The references of one manual that are looked at."""


def names_in(files: Inputs) -> list[tuple[str, str]]:
    """Return name and identifier of the options that a manual declares, if its source is a file of JSON.

    Args:
        files: the files of the manual.
    """
    data = files.files.get(files.main, b"")
    if not data.startswith(b"{"):
        return []
    try:
        names = msgspec.json.decode(data, type=dict[str, msgspec.Raw])
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return []
    return [(name, identifier(name)) for name in names]


def asked_in(files: Inputs, known: set[str]) -> set[str]:
    """Return what the references in the files of a manual are written with.

    Args:
        files: the files.
        known: names and identifiers of its own options, which are left out.
    """
    asked: set[str] = set()
    for name, data in files.files.items():
        if name.endswith((".json", ".md")):
            for found in _REFERENCES.finditer(data):
                written = next(filter(None, found.groups())).decode("utf-8", "replace")
                if written not in known and len(asked) < _MOST:
                    asked.add(written)
    return asked
