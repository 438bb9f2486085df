"""What Nix prints, in the order of either of its forms."""

from __future__ import annotations

from manualgen.evaluation.config_stubs import used_paths
from manualgen.evaluation.failures import (
    TracePosition,
    parse_events,
    parse_failure,
    plain_text,
)

OLD = """trace: N0["module","/m/a.nix"]
trace: something of the module's own
error: the first line
       and a second

       at /m/a.nix:3:5:

            2|
            3|   x
             |   ^

       … N0["module","/m/a.nix"]

       … while evaluating 'f'

       at /lib/modules.nix:1:2:

       … N0["value","a.b","default"]
"""

NEW = """trace: N0["module","/m/a.nix"]
error:
       … N0["value","a.b","default"]

       … while calling 'f'

         at /lib/modules.nix:1:2:

            1| f
             | ^

       … N0["module","/m/a.nix"]

       error: the first line
       and a second

       at /m/a.nix:3:5:

            2|
            3|   x
"""


def test_both_forms_give_the_same():
    old, new = parse_failure(OLD, "N0"), parse_failure(NEW, "N0")
    assert old == new
    assert old.message == "the first line and a second"
    assert old.positions == (
        TracePosition("/m/a.nix", 3, 5),
        TracePosition("/lib/modules.nix", 1, 2),
    )
    assert old.contexts == (("module", "/m/a.nix"), ("value", "a.b", "default"))


def test_events():
    assert parse_events(OLD, "N0") == (("module", "/m/a.nix"),)
    assert parse_events(OLD, "other") == ()


def test_malformed_events_are_ignored():
    assert parse_events('trace: N0["x"\ntrace: N0[1]\ntrace: N0{}\n', "N0") == ()


def test_log_without_escapes():
    assert (
        plain_text(b"\x1b[31;1merror:\x1b[0m \x07bad \x1b]0;title\x07\xff\r\n")
        == "error: bad \ufffd\n"
    )


def test_no_error_at_all():
    assert parse_failure("Segmentation fault\n", "N0").message == "Segmentation fault"
    assert parse_failure("", "N0").message == ""


def test_long_message_is_cut():
    found = parse_failure("error: " + "\n       ".join("word" * 10 for _ in range(100)), "N0")
    assert len(found.message) < 700
    assert found.message.endswith("…")


def test_used_paths(tmp_path):
    module = tmp_path / "m.nix"
    module.write_text(
        "let cfg = config.services.foo; in config.a.b + cfg.port + config.c.d or 1"
        " + (if config ? e then config.e.f else 0) + myconfig.x + osConfig.y",
        encoding="utf-8",
    )
    assert used_paths([str(module), str(tmp_path / "none.nix")], "config") == {
        "a": {"b": {}},
        "services": {"foo": {"port": {}}},
    }
