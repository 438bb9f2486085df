"""A file that is read again gives what reading it for the first time gives."""

from __future__ import annotations

import json

import pytest

from manualgen.errors import ManualError
from manualgen.options import reading
from manualgen.options.rereading import Rereader

FIRST = {
    "a.b": {"description": "One.", "type": "string", "loc": ["a", "b"]},
    "a.c": {"description": "Two.", "type": "string", "default": {"x": 1}},
}


def data(**changes) -> bytes:
    return json.dumps({**FIRST, **changes}).encode()


@pytest.mark.parametrize(
    "later",
    [
        data(),
        data(**{"a.b": {"description": "Other."}}),
        data(**{"a.d": {"description": "New."}}),
        json.dumps(dict(reversed(FIRST.items()))).encode(),
        b"{}",
        json.dumps(list(FIRST.values())).encode(),
        data(**{"a.b": {"description": ["no", "text"]}}),
        data(**{"a.b": {"unknown": 1}}),
        data(**{"a.b": 7}),
        data()[:-1] + b', "a.b": {"description": "Again."}}',
        b'{"a.b": {"default": ' + b"[" * 5000 + b"]" * 5000 + b"}}",
        b'\xff{"a.b": {}}',
        b"{",
        b"7",
    ],
    ids=lambda later: later[:20].decode("latin-1") + str(len(later)),
)
def test_any_file_is_read_as_for_the_first_time(later):
    def decoded(decode):
        try:
            return decode(later, "options.json")
        except ManualError as error:
            return error.diagnostic

    reader = Rereader()
    reader.decode(data(), "options.json")
    assert decoded(reader.decode) == decoded(reading.decode)
    assert reader.decode(data(), "options.json") == reading.decode(data())
    assert decoded(reader.decode) == decoded(reading.decode)


def test_what_has_not_changed_is_the_same_object():
    reader = Rereader()
    first = reader.decode(data(), "options.json").options
    second = reader.decode(data(**{"a.b": {"description": "Other."}}), "options.json").options
    assert first[0] != second[0]
    assert first[1] is second[1]
    third = reader.decode(data(**{"a.b": {"description": "Other."}}), "options.json").options
    assert all(one is other for one, other in zip(second, third, strict=True))
