"""What has changed between two option sets."""

import random

import msgspec
import pytest

from manualgen.options import reading
from manualgen.options.comparing import Impact, compare
from manualgen.options.model import Declaration, Markup, Option, Text, split
from tests.conftest import shared


def option(name, description="", **fields):
    for field in ("default", "example"):
        if isinstance(fields.get(field), str):
            fields[field] = Text(fields[field], Markup.NIX)
    if "file" in fields:
        fields["declarations"] = (Declaration(fields.pop("file")),)
    text = Text(description) if description else None
    return Option(name=name, loc=split(name), description=text, **fields)


def only(old, new):
    (change,) = compare([old], [new]).changes
    return change


def differences(old, new):
    return [(one.part, one.impact.label, one.reason) for one in only(old, new).differences]


def renamed(comparison):
    return {one.old.name: one.new.name for one in comparison.changes if one.kind == "renamed"}


def test_nothing_has_changed():
    options = [option("a.b", "Text."), option("a.c", "Other text.")]
    comparison = compare(options, reversed(options))
    assert (comparison.changes, comparison.unchanged) == ((), 2)


def test_what_is_gone_breaks_and_what_is_new_does_not():
    comparison = compare([option("a.b", "Text.")], [option("a.c", "Other words.")])
    assert [(one.kind, one.option.name, one.impact) for one in comparison.changes] == [
        ("removed", "a.b", Impact.BREAKING),
        ("added", "a.c", Impact.COMPATIBLE),
    ]


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ({"type": "null or string"}, {"type": "string"}, ("type", "breaking", "narrowed")),
        ({"type": "string"}, {"type": "null or string"}, ("type", "compatible", "widened")),
        ({"type": "string"}, {"type": "boolean"}, ("type", "breaking", "changed")),
        ({"type": "string"}, {"type": "JSON value"}, ("type", "notable", "changed")),
        ({"type": "integer"}, {"type": "signed integer"}, ("type", "documentation", "reworded")),
        ({"default": "1"}, {"default": "2"}, ("default", "notable", "changed")),
        (
            {"default": "[1 2]"},
            {"default": "[\n  1\n  2\n]"},
            ("default", "documentation", "laid out otherwise"),
        ),
        ({"default": '"a b"'}, {"default": '"a  b"'}, ("default", "notable", "changed")),
        ({}, {"default": "1"}, ("default", "compatible", "added")),
        (
            {"type": "string", "default": '""'},
            {"type": "string"},
            ("default", "breaking", "removed; it has to be set now"),
        ),
        # The module system has a value for these itself.
        (
            {"type": "list of string", "default": "[ ]"},
            {"type": "list of string"},
            ("default", "notable", "removed"),
        ),
        ({}, {"read_only": True}, ("read-only", "breaking", "became read-only")),
        ({"read_only": True}, {}, ("read-only", "compatible", "can be set now")),
        ({}, {"visible": False}, ("visibility", "notable", "became hidden")),
        ({"visible": False}, {}, ("visibility", "compatible", "became visible")),
        ({}, {"internal": True}, ("visibility", "notable", "became internal")),
        ({"example": "1"}, {"example": "2"}, ("example", "documentation", "changed")),
        ({"file": "a.nix"}, {"file": "b.nix"}, ("declared-in", "documentation", "changed")),
    ],
)
def test_parts_that_change(old, new, expected):
    assert differences(option("a", "Text.", **old), option("a", "Text.", **new)) == [expected]


def test_the_worst_difference_comes_first_and_is_the_change():
    old = option("a", "Text.", type="string", default='"x"', example="1")
    new = option("a", "Other.", type="boolean", default="true", example="2")
    change = only(old, new)
    assert [one.part for one in change.differences] == ["type", "default", "example", "description"]
    assert change.impact is Impact.BREAKING


def test_what_is_not_a_change():
    def store(name):
        return f"/nix/store/{name * 32}-source/modules/a.nix"

    old = option("a", "Text.\n", default="1 ", file=store("a"))
    new = option("a", "Text.", default="1", file=store("b"))
    assert compare([old], [new]).changes == ()


def test_nothing_about_internal_options_breaks():
    assert only(option("a", internal=True, type="string"), option("a", type="boolean")).impact is (
        Impact.NOTABLE
    )
    (change,) = compare([option("a", internal=True)], []).changes
    assert change.impact is Impact.NOTABLE


# ─── renamed options ───


def test_a_sibling_that_says_the_same():
    old = [option("services.x.port", "Port to listen on.", type="signed integer", default="80")]
    new = [option("services.x.listenPort", "Port to listen on.", type="signed integer")]
    (change,) = compare(old, new).changes
    assert (change.kind, change.impact) == ("renamed", Impact.BREAKING)
    assert [one.part for one in change.differences] == ["default"]


def test_two_siblings_that_say_the_same_might_be_either():
    old = [option("services.x.port", "Port to listen on.")]
    new = [option(f"services.x.{name}", "Port to listen on.") for name in ("a", "b")]
    assert renamed(compare(old, new)) == {}


@pytest.mark.parametrize(
    ("description", "type_"),
    [
        ("Whether to enable the service.", "boolean"),
        ("Port to listen on.", "signed integer"),
        ("User account under which the service runs.", "string"),
        ("Enable.", "boolean"),
        ("", "boolean"),
    ],
)
def test_what_many_options_say_proves_nothing(description, type_):
    old = [option("services.a.it", description, type=type_, default="x")]
    new = [option("services.b.it", description, type=type_, default="x")]
    assert renamed(compare(old, new)) == {}


def test_enable_and_package_of_two_modules_are_no_rename():
    def module(prefix):
        return [
            option(f"{prefix}.enable", "Whether to enable foo.", type="boolean"),
            option(f"{prefix}.package", "The foo package to use.", type="package"),
        ]

    assert renamed(compare(module("programs.foo"), module("plugins.bar"))) == {}


LONG = "The number of seconds after which an idle connection to the upstream server is closed."


def test_a_long_text_is_recognised_wherever_it_goes():
    old = [option("services.a.timeout", LONG, type="signed integer")]
    new = [option("programs.b.idle", LONG, type="unsigned integer, meaning >=0")]
    assert renamed(compare(old, new)) == {"services.a.timeout": "programs.b.idle"}
    # Unless it is not alone in saying it, or cannot be the same.
    again = option("services.c.timeout", LONG, type="signed integer")
    assert renamed(compare([*old, again], [*new, again])) == {}
    assert renamed(compare(old, [option("programs.b.idle", LONG, type="boolean")])) == {}


def test_a_description_may_change_its_markup():
    old = [option("x.a", "The <literal>upstream</literal> host to use.")]
    new = [option("x.b", "The `upstream` host to use.")]
    assert renamed(compare(old, new)) == {"x.a": "x.b"}


def module(prefix, name):
    return [
        option(f"{prefix}.enable", f"Whether to enable {name}.", type="boolean"),
        option(f"{prefix}.host", "Address to listen on.", type="string"),
        option(f"{prefix}.port", "Port to listen on.", type="signed integer"),
        option(f"{prefix}.users.<name>.groups", "Groups of the user.", type="list of string"),
    ]


def test_what_is_below_a_prefix_goes_with_it():
    comparison = compare(module("services.a", "a"), module("services.b", "b"))
    assert renamed(comparison) == {
        f"services.a.{rest}": f"services.b.{rest}"
        for rest in ("enable", "host", "port", "users.<name>.groups")
    }
    (prefix,) = comparison.prefixes
    assert (prefix.old, prefix.new, prefix.options) == (("services", "a"), ("services", "b"), 4)


def test_a_prefix_that_two_others_might_have_replaced():
    new = [*module("services.b", "b"), *module("services.c", "c")]
    assert renamed(compare(module("services.a", "a"), new)) == {}


def test_a_module_that_moves_below_a_part_of_its_own():
    old = module("services.a", "a")
    new = [old[0], *module("services.a.settings", "a")[1:]]
    comparison = compare(old, new)
    assert set(renamed(comparison)) == {
        "services.a.host",
        "services.a.port",
        "services.a.users.<name>.groups",
    }


@pytest.mark.parametrize(
    "text",
    [
        "Alias of {option}`b.new`.",
        "Alias of {option}`b.new`",
        "Alias of <option>b.new</option>.",
        "\nAlias of `b.new`.\n",
    ],
)
def test_an_alias_says_what_it_has_become(text):
    old = [option("a.old", "One text.", type="string", default="1")]
    new = [option("a.old", text), option("b.new", "Another.", type="string", default="2")]
    (change,) = compare(old, new).changes
    assert (change.kind, change.old.name, change.new.name) == ("renamed", "a.old", "b.new")
    assert change.has_alias
    assert change.impact is Impact.NOTABLE
    assert [one.part for one in change.differences] == ["default", "description"]


def test_an_alias_of_an_option_that_was_there_before():
    target = option("b.new", "Another.")
    (change,) = compare(
        [option("a.old", "One."), target], [option("a.old", "Alias of {option}`b.new`."), target]
    ).changes
    assert (change.kind, change.has_alias, change.differences) == ("renamed", True, ())


def test_what_was_below_an_option_that_is_an_alias_now():
    old = [option("users.extra", "Users."), option("users.extra.<name?>.uid", "Its number.")]
    new = [
        option("users.extra", "Alias of {option}`users.users`."),
        option("users.users", "Users."),
        option("users.users.<name>.uid", "The number."),
    ]
    assert renamed(compare(old, new)) == {
        "users.extra": "users.users",
        "users.extra.<name?>.uid": "users.users.<name>.uid",
    }


def test_an_alias_that_is_gone_names_its_target():
    (change,) = compare([option("a.old", "Alias of {option}`b.new`.")], []).changes
    assert (change.kind, change.alias_of) == ("removed", "b.new")


def test_an_alias_of_itself_or_of_nothing_is_a_text():
    for target in ("a.old", "b.gone"):
        comparison = compare(
            [option("a.old", "Text.")], [option("a.old", f"Alias of {{option}}`{target}`.")]
        )
        assert [one.kind for one in comparison.changes] == ["changed"]


def test_another_name_of_a_placeholder_breaks_nothing():
    (change,) = compare([option("a.<name?>.b", "Text.")], [option("a.<user>.b", "Text.")]).changes
    assert (change.kind, change.impact) == ("renamed", Impact.DOCUMENTATION)


@pytest.mark.parametrize(
    ("old", "new", "impact"),
    [
        # A list, and what may be a list or an attribute set.
        ("a.*.b", "a.<name?>.b", Impact.DOCUMENTATION),
        ("a.*.b", "a.<name>.b", Impact.BREAKING),
        ("a.<name>.b", "a.*.b", Impact.BREAKING),
    ],
)
def test_what_was_a_list(old, new, impact):
    (change,) = compare([option(old, LONG)], [option(new, LONG)]).changes
    assert (change.kind, change.impact) == ("renamed", impact)


# ─── real sets ───


def real(name):
    return list(reading.read(str(shared(f"data/options/{name}.json"))).options)


@pytest.fixture(scope="module")
def home_manager():
    return real("home-manager")


def test_a_real_set_against_itself_in_any_order(home_manager):
    shuffled = random.Random(1).sample(home_manager, len(home_manager))
    comparison = compare(home_manager, shuffled)
    assert (comparison.changes, comparison.unchanged) == ((), len(home_manager))


def test_every_renamed_option_of_a_real_set_is_found(home_manager):
    """One module moved, one option renamed: those pairs and no other."""

    def moved(one):
        name = one.name.replace("programs.git.", "programs.mygit.")
        name = name.replace("programs.fzf.tmux.shellIntegrationOptions", "programs.fzf.tmux.flags")
        return msgspec.structs.replace(one, name=name, loc=split(name))

    new = [moved(one) for one in home_manager]
    expected = {
        old.name: one.name for old, one in zip(home_manager, new, strict=True) if old != one
    }
    assert len(expected) > 10
    comparison = compare(home_manager, new)
    assert renamed(comparison) == expected
    assert all(one.kind == "renamed" for one in comparison.changes)


def test_two_projects_have_no_renamed_options(home_manager):
    assert renamed(compare(home_manager, real("nixvim"))) == {}


def test_two_releases_of_nixos():
    """Pairs that the release notes of the years between them name, and the aliases of the set."""
    old, new = real("nixos-2014"), real("nixos-1609")
    comparison = compare(old, new)
    names = renamed(comparison)
    known = {
        "services.tor.torify.server": "services.tor.tsocks.server",
        "services.transmission.rpc_port": "services.transmission.port",
        "systemd.containers": "containers",
        "users.extraUsers": "users.users",
        "users.extraUsers.<name?>.uid": "users.users.<name?>.uid",
        "boot.loader.gummiboot.enable": "boot.loader.systemd-boot.enable",
        "networking.interfaces.<name?>.ipv6prefixLength": (
            "networking.interfaces.<name?>.ipv6PrefixLength"
        ),
    }
    assert known.items() <= names.items()
    kinds = [one.impact for one in comparison.changes]
    assert kinds == sorted(kinds)
    counted = len(comparison.changes) + comparison.unchanged
    added = sum(one.kind == "added" for one in comparison.changes)
    # Every old option is accounted for once.
    assert counted - added == len(old)
