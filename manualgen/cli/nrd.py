"""``manualgen nrd``, and the program ``nixos-render-docs``: the command lines of nixos-render-docs.

Both its forms are taken: that of before July 2026, and the newer one with a
sidebar. An option of either that has no place here is accepted, and a line on
standard error says so; ``docs/drop-in.md`` has the whole table.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import msgspec

from manualgen import api
from manualgen.book.project import ManualOverrides, Project
from manualgen.cli import arguments, reporting
from manualgen.options import reading

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.book.manual import Manual
    from manualgen.site.building import BuildResult

    Command = Callable[..., None]

_PATH = click.Path(path_type=Path)
_POLICY = reporting.FailurePolicy(quiet=True)


class _Command(click.Command):
    """Takes long options shortened, as argparse does: ``--rev`` for ``--revision``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = [name for param in self.params for name in param.opts if name.startswith("--")]
        ends = args.index("--") if "--" in args else len(args)
        whole = [_whole(word, known) for word in args[:ends]]
        return super().parse_args(ctx, [*whole, *args[ends:]])


def _whole(word: str, known: list[str]) -> str:
    name, equals, value = word.partition("=")
    if not name.startswith("--") or name in known:
        return word
    meant = [option for option in known if option.startswith(name)]
    return f"{meant[0]}{equals}{value}" if len(meant) == 1 else word


@click.group("nrd", context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(0, 256, clamp=True),
    default=None,
    help="How many processes render; 0, or none given: as many as it is worth.",
)
@click.pass_context
def command(context: click.Context, jobs: int | None) -> None:
    """Take the command lines of nixos-render-docs, older and newer form."""
    context.obj = jobs or None


@command.group("options")
def _options() -> None:
    """Render an options.json."""


@command.group("manual")
def _manual() -> None:
    """Render a whole manual."""


def _shared(*, manpage_urls: bool) -> Callable[[Command], Command]:
    """Decorate a command of an option set with what all of them have."""
    decorators = [
        click.argument("infile", metavar="IN", type=str),
        click.argument("outfile", metavar="OUT", type=_PATH),
        click.option(
            "--revision", default="", help="The tag, branch or commit that links name; or 'local'."
        ),
    ]
    if manpage_urls:
        decorators.append(
            click.option(
                "--manpage-urls",
                type=_PATH,
                help='A JSON file {"nix.conf(5)": "https://…"} that {manpage} roles link by.',
            )
        )

    def decorate(function: Command) -> Command:
        for decorator in reversed(decorators):
            function = decorator(function)
        return click.pass_obj(function)

    return decorate


def _read(infile: str, revision: str, manpage_urls: Path | None = None) -> Manual:
    overrides = ManualOverrides(revision=revision, manpage_urls=manpage_urls)
    return arguments.load((infile,), None, overrides, arguments.EvaluationOptions(), 1)


def _conclude(result: BuildResult) -> NoReturn:
    """Print what was found, and end with the status; silent where all is well."""
    raise SystemExit(reporting.conclude(result.diagnostics, _POLICY))


@_options.command("manpage", cls=_Command)
@_shared(manpage_urls=False)
@click.option("--header", type=_PATH, help="A file of roff to begin the page with.")
@click.option("--footer", type=_PATH, help="A file of roff to end the page with.")
def _manpage(
    jobs: int | None,
    infile: str,
    outfile: Path,
    revision: str,
    header: Path | None,
    footer: Path | None,
) -> None:
    """Render an option set as a man page."""
    from manualgen.site import manpage  # noqa: PLC0415 - each command imports what it needs

    manual = _read(infile, revision)
    look = manpage.ManpageLook(header=_text(header), footer=_text(footer))
    _conclude(manpage.build(manual, outfile, look, arguments.build_options(jobs, manual)))


def _text(path: Path | None) -> str | None:
    return None if path is None else reading.contents(str(path)).decode("utf-8", "replace")


@_options.command("commonmark", cls=_Command)
@_shared(manpage_urls=True)
@click.option(
    "--anchor-style",
    type=click.Choice(["none", "legacy"]),
    default="none",
    show_default=True,
    help="Whether headings carry an identifier, as {#id}.",
)
@click.option("--anchor-prefix", default="", help="What those identifiers start with.")
@click.option(
    "--admonition-style",
    type=click.Choice(["plain", "pandoc", "gfm"]),
    default="gfm",
    show_default=True,
    help="How notes and warnings are written.",
)
def _commonmark(
    jobs: int | None,
    infile: str,
    outfile: Path,
    revision: str,
    manpage_urls: Path | None,
    anchor_style: str,
    anchor_prefix: str,
    admonition_style: str,
) -> None:
    """Render an option set as CommonMark."""
    from manualgen.site import text  # noqa: PLC0415
    from manualgen.writers.markdown import Admonitions, MarkdownWriter, Style  # noqa: PLC0415

    manual = _read(infile, revision, manpage_urls)
    anchored = anchor_style == "legacy"
    style = Style(admonitions=Admonitions(admonition_style), anchors=anchored)
    result = text.build(
        manual,
        outfile,
        MarkdownWriter(style),
        prefix=anchor_prefix if anchored else "opt-",
        options=arguments.build_options(jobs, manual),
    )
    _conclude(result)


@_options.command("asciidoc", cls=_Command)
@_shared(manpage_urls=True)
def _asciidoc(
    jobs: int | None, infile: str, outfile: Path, revision: str, manpage_urls: Path | None
) -> None:
    """Render an option set as AsciiDoc."""
    manual = _read(infile, revision, manpage_urls)
    _conclude(api.build_asciidoc(manual, outfile, options=arguments.build_options(jobs, manual)))


# ─── whole manuals ───

_WITHOUT_EFFECT = {
    "stylesheets": "pages bring their own style; change it with 'manualgen theme'",
    "scripts": "code is highlighted when the manual is built",
    "media_dir": "pictures are in media/, named by their content",
    "header": "change templates/page.html with 'manualgen theme'",
    "no_navheader": "links to neighbours stand at a page's end",
    "experimental_config": "include the pages in the manual's files",
}
"""Options of nixos-render-docs that mean nothing here, and what to do instead."""


@_manual.command("html", cls=_Command)
@click.argument("infile", metavar="IN", type=_PATH)
@click.argument("outfile", metavar="OUT", type=_PATH)
@click.option("--manpage-urls", type=_PATH, help="A JSON file that {manpage} roles link by.")
@click.option("--revision", default="", help="The tag, branch or commit that links name.")
@click.option("--generator", default="", help="What pages name as their generator.")
@click.option("--redirects", type=_PATH, help="A JSON file of where identifiers have stood.")
@click.option("--toc-depth", type=int, help="How deep the contents on the front page are.")
@click.option("--chunk-toc-depth", type=int, help="How deep those of other pages are.")
@click.option("--section-toc-depth", type=int, help="How deep those of sections are.")
@click.option("--sidebar-depth", type=int, help="The same as --toc-depth, in the newer form.")
@click.option("--stylesheet", "stylesheets", multiple=True, help="Accepted, without effect.")
@click.option("--script", "scripts", multiple=True, help="Accepted, without effect.")
@click.option("--media-dir", help="Accepted, without effect: it is media.")
@click.option("--header", type=_PATH, help="Accepted, without effect.")
@click.option("--no-navheader", is_flag=True, help="Accepted, without effect.")
@click.option("--experimental-config", type=_PATH, help="Accepted, without effect.")
@click.pass_obj
def _html(
    jobs: int | None,
    /,
    infile: Path,
    outfile: Path,
    manpage_urls: Path | None,
    revision: str,
    generator: str,
    redirects: Path | None,
    toc_depth: int | None,
    chunk_toc_depth: int | None,
    section_toc_depth: int | None,
    sidebar_depth: int | None,
    **without_effect: Any,
) -> None:
    """Render a manual as HTML: OUT is its first page, all others stand beside it."""
    for name, given in without_effect.items():
        if given and (name, given) != ("media_dir", "media"):
            option = name.removesuffix("s").replace("_", "-")
            click.echo(
                f"note: --{option} is accepted and has no effect: {_WITHOUT_EFFECT[name]}", err=True
            )
    project = Project.load(infile).override(
        # As nixos-render-docs does: sources may lie anywhere, as they do in a build by Nix.
        roots=(Path("/"),),
        toc_depth=toc_depth if toc_depth is not None else sidebar_depth,
        chapter_toc_depth=chunk_toc_depth,
        section_toc_depth=section_toc_depth,
        redirects=redirects,
        manpage_urls=manpage_urls,
        revision=revision,
        front=outfile.name,
        generator=generator,
    )
    manual = arguments.load(
        (str(infile),), project, project.overrides, arguments.EvaluationOptions(), jobs
    )
    # As nixos-render-docs does: a file of redirects that is not named is not looked for.
    site = msgspec.structs.replace(manual.settings.site, redirects=redirects)
    _conclude(
        api.build_html(
            manual, outfile.parent, site=site, options=arguments.build_options(jobs, manual)
        )
    )


def main() -> None:
    """Run the program ``nixos-render-docs`` and end the process with its status."""
    from manualgen.cli.main import run  # noqa: PLC0415 - it is not below this file

    run(command)
