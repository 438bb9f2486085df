"""The text of a file of a manual, decoded."""

from __future__ import annotations

import msgspec

from manualgen.errors import Code, Diagnostic, ManualError


class DecodedText(msgspec.Struct, frozen=True):
    """A file's text.

    Attributes:
        text: the text, lines ended by LF.
        begins_with_mark: whether a byte order mark was left out.
        has_returns: whether lines were ended by CR or CR LF.
    """

    text: str
    begins_with_mark: bool
    has_returns: bool


def decoded(data: bytes, name: str) -> DecodedText:
    """Return a file's bytes as text.

    Raises:
        ManualError: if they are not UTF-8 text.
    """
    if b"\0" in data:
        raise ManualError(_not_text(name, "the file is binary", data.find(b"\0"), data))
    begins_with_mark = data.startswith(b"\xef\xbb\xbf")
    if begins_with_mark:
        data = data[3:]
    try:
        text = data.decode("utf-8")
    except UnicodeDecodeError as error:
        raise ManualError(_not_text(name, "the file is not UTF-8", error.start, data)) from error
    has_returns = "\r" in text
    if has_returns:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return DecodedText(text, begins_with_mark, has_returns)


def _not_text(name: str, problem: str, position: int, data: bytes) -> Diagnostic:
    line = data.count(b"\n", 0, position) + 1
    start = data.rfind(b"\n", 0, position) + 1
    before = data[start:position].decode("utf-8", "replace")
    return Diagnostic(
        code=Code.NOT_TEXT,
        message=f"{problem}: byte 0x{data[position]:02x}",
        file=name,
        line=line,
        column=len(before) + 1,
        excerpt=(before + data[position : position + 40].decode("utf-8", "replace")).partition(
            "\n"
        )[0],
        help="a chapter is UTF-8 text; save it as such, or name another file",
    )
