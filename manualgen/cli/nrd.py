"""``manualgen nrd``, and the program ``nixos-render-docs``: the command lines of nixos-render-docs.

Those from before July 2026 and the newer ones, with a sidebar, are accepted. Options that
have no effect here are accepted too, with a note on standard error; ``docs/drop-in.md``
lists all of them.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import click
import msgspec

from manualgen import api, inputs
from manualgen.book.project import ManualOverrides, Project
from manualgen.cli import loading, reporting
from manualgen.cli.groups import SuggestingGroup
from manualgen.errors import failing

if TYPE_CHECKING:
    from collections.abc import Callable

    from manualgen.book.manual import Manual
    from manualgen.site.building import BuildResult

    Command = Callable[..., None]

_PATH = click.Path(path_type=Path)
_POLICY = reporting.FailurePolicy(quiet=True)


class _Command(click.Command):
    """A command that accepts abbreviated long options, as argparse does: ``--rev``."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        known = [name for param in self.params for name in param.opts if name.startswith("--")]
        ends = args.index("--") if "--" in args else len(args)
        completed = [_completed(word, known) for word in args[:ends]]
        return super().parse_args(ctx, [*completed, *args[ends:]])


def _completed(word: str, known: list[str]) -> str:
    """Return an argument, with its option in full if it is an abbreviation of just one."""
    name, equals, value = word.partition("=")
    if not name.startswith("--") or name in known:
        return word
    matches = [option for option in known if option.startswith(name)]
    return f"{matches[0]}{equals}{value}" if len(matches) == 1 else word


@click.group("nrd", cls=SuggestingGroup, context_settings={"help_option_names": ["-h", "--help"]})
@click.option(
    "-j",
    "--jobs",
    type=click.IntRange(0, 256, clamp=True),
    default=None,
    help="The number of processes that render; 0, the default, for one that suits the manual.",
)
@click.pass_context
def command(context: click.Context, jobs: int | None) -> None:
    """Accept the command lines of nixos-render-docs."""
    context.obj = jobs or None


@command.group("options", cls=SuggestingGroup)
def _options() -> None:
    """Render an options.json."""


@command.group("manual", cls=SuggestingGroup)
def _manual() -> None:
    """Render a whole manual."""


def _shared(*, manpage_urls: bool) -> Callable[[Command], Command]:
    """Return a decorator with the arguments and options that commands of an option set share.

    Args:
        manpage_urls: whether ``--manpage-urls`` is one of them.
    """
    decorators = [
        click.argument("infile", metavar="IN", type=str),
        click.argument("outfile", metavar="OUT", type=_PATH),
        click.option(
            "--revision", default="", help="The tag, branch or commit in links; or 'local'."
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
    return loading.load((infile,), None, overrides, 1)


def _conclude(result: BuildResult) -> NoReturn:
    """Print diagnostics, and end the command with its exit status."""
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
    for path in filter(None, (header, footer)):
        manual.inputs.note(path)
    look = manpage.ManpageLook(header=_text(header), footer=_text(footer))
    _conclude(manpage.build(manual, outfile, look, loading.build_options(jobs, manual)))


def _text(path: Path | None) -> str | None:
    return None if path is None else inputs.contents(str(path)).decode("utf-8", "replace")


@_options.command("commonmark", cls=_Command)
@_shared(manpage_urls=True)
@click.option(
    "--anchor-style",
    type=click.Choice(["none", "legacy"]),
    default="none",
    show_default=True,
    help="Whether identifiers are written after headings, as {#id}.",
)
@click.option("--anchor-prefix", default="", help="The prefix of those identifiers.")
@click.option(
    "--admonition-style",
    type=click.Choice(["plain", "pandoc", "gfm"]),
    default="gfm",
    show_default=True,
    help="The syntax of notes and warnings.",
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
    has_anchors = anchor_style == "legacy"
    style = Style(admonitions=Admonitions(admonition_style), anchors=has_anchors)
    result = text.build(
        manual,
        outfile,
        MarkdownWriter(style),
        prefix=anchor_prefix if has_anchors else "opt-",
        options=loading.build_options(jobs, manual),
    )
    _conclude(result)


@_options.command("asciidoc", cls=_Command)
@_shared(manpage_urls=True)
def _asciidoc(
    jobs: int | None, infile: str, outfile: Path, revision: str, manpage_urls: Path | None
) -> None:
    """Render an option set as AsciiDoc."""
    manual = _read(infile, revision, manpage_urls)
    _conclude(api.build_asciidoc(manual, outfile, options=loading.build_options(jobs, manual)))


# ─── whole manuals ───

_WITHOUT_EFFECT = {
    "stylesheets": "pages have a style sheet; change it with 'manualgen theme'",
    "scripts": "code is highlighted when the manual is built",
    "media_dir": "pictures are in media/, named by their content",
    "header": "change templates/page.html with 'manualgen theme'",
    "no_navheader": "links to the previous and next page are at the end of a page",
    "experimental_config": "include the pages in the manual's files",
}
"""Options of nixos-render-docs without effect, and why, or what to do instead."""


@_manual.command("html", cls=_Command)
@click.argument("infile", metavar="IN", type=_PATH)
@click.argument("outfile", metavar="OUT", type=_PATH)
@click.option("--manpage-urls", type=_PATH, help="A JSON file that {manpage} roles link by.")
@click.option("--revision", default="", help="The tag, branch or commit in links.")
@click.option("--generator", default="", help="The program that pages name as their generator.")
@click.option(
    "--redirects", type=_PATH, help="A JSON file with the addresses that identifiers have had."
)
@click.option("--toc-depth", type=int, help="How deep the contents on the front page are.")
@click.option("--chunk-toc-depth", type=int, help="How deep those of other pages are.")
@click.option("--section-toc-depth", type=int, help="How deep those of sections are.")
@click.option("--sidebar-depth", type=int, help="The same as --toc-depth.")
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
    """Render a manual as HTML.

    OUT is its first page, the others are in the same folder.
    """
    for name, value in without_effect.items():
        if value and (name, value) != ("media_dir", "media"):
            option = name.removesuffix("s").replace("_", "-")
            click.echo(
                f"note: --{option} is accepted and has no effect: {_WITHOUT_EFFECT[name]}", err=True
            )
    from manualgen.site import site, staging  # noqa: PLC0415
    from manualgen.site.plan import SitePlan  # noqa: PLC0415

    staging.complete_interrupted(outfile.parent)
    project = Project.load(infile).override(
        # As in nixos-render-docs, files may be in any folder: a build by Nix needs that.
        roots=(Path("/"),),
        chunk="file",
        toc_depth=toc_depth if toc_depth is not None else sidebar_depth,
        chapter_toc_depth=chunk_toc_depth,
        section_toc_depth=section_toc_depth,
        redirects=redirects,
        manpage_urls=manpage_urls,
        revision=revision,
        front=outfile.name,
        generator=generator,
    )
    manual = loading.load((str(infile),), project, project.overrides, jobs)
    # As in nixos-render-docs, redirects.json is not used unless it is named.
    settings = msgspec.structs.replace(manual.settings.site, redirects=redirects)
    # Style sheets and scripts that a build has copied there have no effect. If one of them has
    # the name of ours, it is replaced.
    replaceable = [*without_effect["stylesheets"], *without_effect["scripts"]]
    _conclude(
        site.build(
            SitePlan(manual, settings),
            outfile.parent,
            failing,
            loading.build_options(jobs, manual),
            replaceable=map(os.path.normpath, replaceable),
        )
    )


def main() -> None:
    """Run the program ``nixos-render-docs`` and end the process with its status."""
    from manualgen.cli.main import run  # noqa: PLC0415 - main imports this module

    run(command)
