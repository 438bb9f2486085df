"""What only some commands need is asked for by name, with the command that installs it."""

from __future__ import annotations

import pytest

from manualgen import extras
from manualgen.errors import Code, ManualError


def test_a_missing_package_is_named_with_its_extra():
    with pytest.raises(ManualError) as error:
        extras.require("flying", "wings", "json", "no_such_module", "nor_this_one")
    diagnostic = error.value.diagnostic
    assert diagnostic.code is Code.MISSING_PACKAGE
    assert diagnostic.message == "flying needs no_such_module and nor_this_one"
    assert diagnostic.help == "pip install 'manualgen[wings]'"


def test_what_is_installed_is_no_error():
    extras.require("reading", "none", "json", "click")
