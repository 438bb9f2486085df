"""A manual as an EPUB, by Sphinx's builder."""

from __future__ import annotations

import functools
import hashlib
import html
import io
import re
import time
import uuid
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from manualgen.sphinxext import books

if TYPE_CHECKING:
    from manualgen.book.manual import Manual

_NOT_KNOWN = "not known"
"""What Sphinx is told where it insists on something that a manual does not say."""

_IDENTIFIER_NAME = "book-id"
"""The XML identifier of the element with the book's identifier."""


def book(manual: Manual) -> books.Book:
    """Return how an EPUB of a manual is made."""
    title = _title(manual)
    identifier = f"urn:uuid:{_identifier(manual, title)}"
    settings = _settings(manual, title, identifier)
    made = functools.partial(_made, identifier)
    return books.Book("an EPUB", "epub", ("sphinx",), "sphinx", settings, made)


def _title(manual: Manual) -> str:
    version = manual.settings.version
    return f"{manual.title}, {version}" if version else manual.title


def _settings(manual: Manual, title: str, identifier: str) -> dict[str, Any]:
    has_options = any(included.catalog.options for included in manual.sets)
    return {
        "epub_basename": "book",
        "epub_title": title,
        "epub_author": _NOT_KNOWN,
        "epub_contributor": _NOT_KNOWN,
        "epub_publisher": _NOT_KNOWN,
        "epub_copyright": _NOT_KNOWN,
        "epub_description": _NOT_KNOWN,
        "version": manual.settings.version or _NOT_KNOWN,
        "epub_identifier": identifier,
        "epub_uid": _IDENTIFIER_NAME,
        "epub_show_urls": "no",
        "epub_tocdup": False,
        "epub_tocdepth": 4,
        "epub_css_files": ["manualgen-book.css"],
        "epub_use_index": has_options,
        "epub_post_files": [("genindex.xhtml", "Index of options")] if has_options else [],
        # It would list the options once more.
        "html_domain_indices": False,
        "html_static_path": [str(Path(__file__).parent / "book_files" / "epub")],
        "html_last_updated_fmt": None,
        "html_copy_source": False,
        "html_permalinks": False,
    }


def _identifier(manual: Manual, title: str) -> uuid.UUID:
    """Return the identifier of a book: another for each title and each content."""
    digest = hashlib.sha256(title.encode("utf-8", "replace"))
    for content in sorted(manual.files.values()):
        digest.update(content.encode())
    return uuid.uuid5(uuid.NAMESPACE_URL, digest.hexdigest())


def _made(identifier: str, folder: Path) -> bytes:
    """Return the EPUB that Sphinx has written, with the same bytes for the same content."""
    output = io.BytesIO()
    date = time.gmtime(books.time_of_build())[:6]
    with (
        zipfile.ZipFile(folder / "book.epub") as source,
        zipfile.ZipFile(output, "w") as target,
    ):
        names = sorted(source.namelist(), key=lambda name: (name != "mimetype", name))
        for name in names:
            data = source.read(name)
            if name == "content.opf":
                data = _in_reading_order_once(_without_unknown(data))
            elif name == "toc.ncx":
                # Sphinx writes the name of the identifier here, not the identifier.
                data = data.replace(
                    f'content="{_IDENTIFIER_NAME}"'.encode(), f'content="{identifier}"'.encode()
                )
            if name.endswith((".xhtml", ".ncx")):
                data = _FRAGMENT.sub(_with_valid_fragment, data)
            entry = zipfile.ZipInfo(name, date)
            entry.external_attr = 0o644 << 16
            is_first = name == "mimetype"
            entry.compress_type = zipfile.ZIP_STORED if is_first else zipfile.ZIP_DEFLATED
            target.writestr(entry, data)
    return output.getvalue()


_FRAGMENT = re.compile(rb"""((?:href|src)="[^":#]*#)([^"]*[^\w"./:-][^"]*)\"""")
"""A link within the book whose fragment may have characters that an address cannot have."""


def _with_valid_fragment(match: re.Match[bytes]) -> bytes:
    """Return the link with these characters encoded, as in ``#opt-a._%23b_`` for ``a."#b"``."""
    fragment = html.unescape(match[2].decode())
    return match[1] + html.escape(quote(fragment, safe="!$&'()*+,;=:@/?")).encode() + b'"'


def _without_unknown(package: bytes) -> bytes:
    """Return the description of the package without what is not known."""
    return re.sub(rb"\n *<(?:dc|meta)[^>]*>" + _NOT_KNOWN.encode() + rb"</[^>]*>", b"", package)


def _in_reading_order_once(package: bytes) -> bytes:
    """Return the description of the package with each file once in the order of reading.

    Sphinx lists the index twice if it is in the contents.
    """
    seen: set[bytes] = set()

    def first(match: re.Match[bytes]) -> bytes:
        if match[0] in seen:
            return b""
        seen.add(match[0])
        return match[0]

    return re.sub(rb"\n *<itemref [^>]*>", first, package)
