"""The Nu HTML checker, which validator.w3.org runs, has nothing to say about any page."""

from __future__ import annotations

import os
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
    check("--css", str(path))
