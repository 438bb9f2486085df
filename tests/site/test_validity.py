"""The Nu HTML checker, which validator.w3.org runs, has nothing to say about any page."""

from __future__ import annotations

import os
import subprocess

import pytest

from manualgen import resources
from manualgen.site import html
from manualgen.site.html import Look
from tests.conftest import program, shared
from tests.fetch_validator import VALIDATOR
from tests.rendering import named, option, reference, reference_of

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


def check(*arguments: str) -> None:
    """Run the checker on files and folders; errors and warnings fail."""
    if not VALIDATOR.exists():
        reason = "the validator is missing: run tests/fetch_validator.py"
        if os.environ.get("CI"):
            pytest.fail(reason)
        pytest.skip(reason)
    # Icons of fonts are what some authors' examples are about; they are theirs to choose.
    command = [program("java"), "-Xss4m", "-jar", str(VALIDATOR), "--Werror", "--stdout"]
    done = subprocess.run(
        [*command, "--filterpattern", ".*Unicode Private Use Area.*", *arguments],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stdout + done.stderr == ""
    assert done.returncode == 0


def everything():
    return reference(
        option("c.d", EVERYTHING, default="{ a = 1;\n  b = 2; }", example="null", read_only=True),
        option("c.e", EVERYTHING, type='one of "aaaaaaaa", ' + ", ".join(f'"v{n}"' for n in range(20))),
        option("alone", "x"),
        named("c", "a b", "<name>", description="# {#opt-c.d}", related_packages="- `a`\n- b[^1]\n\n[^1]: x"),
        named("c", "\t\x01", "ünï\ud800", description="\x02 \ufffe \r"),
        named("c", "%41", "#x?y", description="[](#opt-c.%2541.#x?y)"),
    )  # fmt: skip


def test_every_construct(tmp_path):
    html.build_split(everything(), tmp_path / "split", Look(title='A & <B> "C"', version="1 & 2"))
    html.build_single(everything(), tmp_path / "single.html", Look())
    check("--skip-non-html", str(tmp_path))


def test_sample(sample, tmp_path):
    html.build_split(reference_of(*sample), tmp_path / "split", Look(title="Sample", version="1"))
    html.build_single(reference_of(*sample), tmp_path / "single.html", Look())
    check("--skip-non-html", str(tmp_path))


def test_home_manager(tmp_path):
    made = reference_of(shared("data/options/home-manager.json"))
    html.build_split(made, tmp_path / "split", Look(title="home-manager"))
    html.build_single(made, tmp_path / "single.html", Look(title="home-manager"))
    check("--skip-non-html", str(tmp_path))


def test_style(tmp_path):
    path = tmp_path / "style.css"
    path.write_text(resources.text("style.css", None))
    check("--css", str(path))
