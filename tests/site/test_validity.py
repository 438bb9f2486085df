"""The Nu HTML checker, which validator.w3.org runs, has nothing to say about any page."""

from __future__ import annotations

import os
import re
import subprocess

import pytest

from manualgen import api, resources
from tests.conftest import program, shared
from tests.fetch_validator import VALIDATOR
from tests.rendering import manual, manual_of, named, option

pytestmark = pytest.mark.slow

EVERYTHING = """\
Text with `code`, {option}`c.d`, {file}`/etc`, [F12]{.keycap}, *a* **b**, "q" -- [l](https://x.org/a b),
[{option}`c.d` ![in a link](https://x.org/a.png)](<https://x.org/a b?c=d&e#f>), ![pic](<a b.png>),
[]{#anchor}, [](#anchor), [](#opt-c.d), [text](#nowhere), {unknown}`x`, <b>x</b>\\
broken[^1], again[^1] and[^b-b].

# Heading {#head}

- a
- b

  1. c
     1. d

        1. e
           1. f
              1. g
                 1. h
3) i

Term
: one
: two

  - three

| a | b | c |
|---|:-:|--:|
| 1 | 2 |

> quote

> [!NOTE]
> alert

::: {.warning #w}
:::: {.unknown}
x
::::
:::

***

```nix
{ a = "b"; }
```

```console
$ ls
```

[^1]: One.
[^b-b]: Two, see [^1].

    More.
"""


# What browsers know and the checker's parser of CSS does not: gradients as masks (CSS Masking 1), and
# attr() with a type (CSS Values 5), which it takes for an error in the property that has it.
# Each message is left out as a whole, so that any other error in a style sheet is reported.
UNKNOWN_CSS = {
    "CSS: “mask”: “linear-gradient(#000 calc(100% - 2.5rem), #0000)” is not a “mask” value.",
    "CSS: “mask”: “linear-gradient(to left, transparent, #000 2rem)” is not a “mask” value.",
    "CSS: “--height”: Parse Error.",
    "CSS: “--group-height”: Parse Error.",
}

# Icons of fonts are what some authors' examples are about; they are theirs to choose.
ICONS = ".*Unicode Private Use Area.*"


def checked(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the checker on files and folders; errors and warnings are what it writes."""
    if not VALIDATOR.exists():
        reason = "the validator is missing: run tests/fetch_validator.py"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    command = [program("java"), "-Dstdout.encoding=UTF-8", "-Xss4m", "-jar", str(VALIDATOR)]
    return subprocess.run(
        [*command, "--Werror", "--stdout", *arguments],
        capture_output=True,
        encoding="utf-8",
        check=False,
    )


def check(*arguments: str) -> None:
    """Run the checker on files and folders; errors and warnings fail, but for the known ones."""
    # The pattern is ASCII: Java reads arguments in the encoding of the locale.
    known = [re.escape(message) for message in sorted(UNKNOWN_CSS)]
    pattern = "|".join([ICONS, *known]).replace("“", r"\u201c").replace("”", r"\u201d")
    done = checked("--filterpattern", pattern, *arguments)
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def everything(**settings):
    return manual(
        option("c.d", EVERYTHING, default="{ a = 1;\n  b = 2; }", example="null", read_only=True),
        option("c.e", EVERYTHING, type='one of "aaaaaaaa", ' + ", ".join(f'"v{n}"' for n in range(20))),
        option("alone", "x"),
        named("c", "a b", "<name>", description="# {#opt-c.d}", related_packages="- `a`\n- b[^1]\n\n[^1]: x"),
        named("c", "\t\x01", "ünï\ud800", description="\x02 \ufffe \r"),
        named("c", "%41", "#x?y", description="[](#opt-c.%2541.#x?y)"),
        **settings,
    )  # fmt: skip


def test_every_construct(tmp_path):
    api.build_html(everything(title='A & <B> "C"', version="1 & 2"), tmp_path / "split")
    api.build_single_page(everything(), tmp_path / "single.html")
    check("--skip-non-html", str(tmp_path))


def test_sample(sample, tmp_path):
    api.build_html(manual_of(*sample, title="Sample", version="1"), tmp_path / "split")
    api.build_single_page(manual_of(*sample), tmp_path / "single.html")
    check("--skip-non-html", str(tmp_path))


def test_home_manager(tmp_path):
    made = manual_of(shared("data/options/home-manager.json"), title="home-manager")
    api.build_html(made, tmp_path / "split")
    api.build_single_page(made, tmp_path / "single.html")
    check("--skip-non-html", str(tmp_path))


def test_style(tmp_path):
    path = tmp_path / "style.css"
    path.write_text(resources.text("style.css", None))
    lines = checked("--css", str(path)).stdout.splitlines()
    # Those that are left out elsewhere, and each of them: one that is gone leaves the list.
    assert {line.partition(" error: ")[2] or line for line in lines} == UNKNOWN_CSS


def test_other_errors_in_a_style_sheet_fail(tmp_path):
    path = tmp_path / "style.css"
    path.write_text(
        "a { mask: linear-gradient(to left, transparent, #000 2rem) }\n"
        "a { --height: attr(data-height type(<number>), 120) }\n"
    )
    check("--css", str(path))
    path.write_text(path.read_text() + "a { mask: 2rem; colour: red }\n")
    with pytest.raises(AssertionError, match="“colour”"):
        check("--css", str(path))
