"""Which addresses become links."""

from __future__ import annotations

import pytest

from manualgen.options.addresses import is_safe
from manualgen.options.declarations import Declarations
from manualgen.options.model import Declaration


@pytest.mark.parametrize(
    "address", ["https://a", "HTTP://a", "b/c", "#d", "?e:f", "mailto:a@b", "./a:b", ""]
)
def test_safe(address):
    assert is_safe(address)


@pytest.mark.parametrize(
    "address", ["javascript:a", " javascript:a", "java\nscript:a", "\x01javascript:a", "data:a"]
)
def test_unsafe(address):
    assert not is_safe(address)


@pytest.mark.parametrize(
    "address", ["javascript:alert(1)", " data:text/html,x", "JaVa\tscript:x", ""]
)
def test_a_declaration_leads_nowhere_else(address):
    assert Declarations().shown(Declaration("y", address)) == ("y", None)


def test_a_name_without_an_address_is_no_path():
    assert Declarations().shown(Declaration("my module", "")) == ("my module", None)
    assert Declarations().shown(Declaration("m/a.nix"))[1] is not None
