"""``manualgen serve``."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from manualgen import extras
from manualgen.cli import arguments, loading, reporting
from manualgen.errors import Severity, visible
from manualgen.evaluation.settings import file_of, is_module
from manualgen.inputs import paths_in

if TYPE_CHECKING:
    from manualgen.book.manual import Manual
    from manualgen.book.memory import Memory
    from manualgen.book.project import ManualOverrides, Project
    from manualgen.errors import Diagnostic
    from manualgen.preview.live_site import LiveSite
    from manualgen.preview.watching import Sources


@click.command("serve")
@click.option(
    "--port",
    type=click.IntRange(1, 65535),
    default=None,
    help="The port; by default 8000, or the next one that is free.",
)
@click.option(
    "--listen",
    metavar="ADDRESS",
    default="127.0.0.1",
    show_default=True,
    help="The address to listen at. With another than the default, whoever reaches this machine "
    "can read the manual.",
)
@click.option("--open", "opens", is_flag=True, help="Open the manual in a browser.")
@arguments.serving(*arguments.site_overrides)
def command(
    inputs: tuple[str, ...],
    port: int | None,
    listen: str,
    opens: bool,
    overrides: ManualOverrides,
    policy: reporting.FailurePolicy,
) -> None:
    """Serve a manual or option sets while they are written.

    INPUT is as for `manualgen html`. When a file is saved, the open page changes in place.
    Problems are shown in the page and on the terminal, and the last good page stays. Ctrl-C
    ends it.
    """
    extras.require("serving", "serve", "starlette", "uvicorn", "watchfiles")
    if "-" in inputs:
        message = "standard input cannot be watched; name a file"
        raise click.UsageError(message)
    from manualgen.preview import serving  # noqa: PLC0415 - of an extra
    from manualgen.preview.live_site import LiveSite  # noqa: PLC0415
    from manualgen.preview.watching import Sources  # noqa: PLC0415

    # What is wrong with the arguments ends the command; what is wrong later does not.
    project = loading.load_project(inputs, overrides)
    listening = serving.bound_socket(listen, port)
    watched = _Watched(inputs, overrides, project)
    site = LiveSite(watched.load)
    sources = Sources()
    terminal = _Terminal(quiet=policy.quiet)
    terminal.report(site.update())
    serving.Serving(site, lambda: watched.fill(sources, site), reporting.rendered, terminal).run(
        listening, listen, opens=opens
    )


class _Watched:
    """Reads the inputs of the command, and knows which files these are."""

    def __init__(
        self, inputs: tuple[str, ...], overrides: ManualOverrides, project: Project | None
    ) -> None:
        self._inputs = inputs
        self._overrides = overrides
        self._project = project
        self._sources: set[Path] = set()

    def load(self, memory: Memory) -> Manual:
        """Read the manual."""
        if self._project is not None:
            self._project = loading.load_project(self._inputs, self._overrides)
        manual = loading.load(self._inputs, self._project, self._overrides, 1, memory=memory)
        self._sources = memory.sources
        return manual

    def fill(self, sources: Sources, site: LiveSite) -> Sources:
        """Say which files are watched, as far as that is known of the manual; return them."""
        files = [file_of(name) for name in self._inputs]
        trees = [_tree_of(file_of(name)) for name in self._inputs if is_module(name)]
        # What modules import may be elsewhere.
        trees += [path for path in self._sources if path.is_dir()]
        files += [path for path in self._sources if not path.is_dir()]
        named = set(paths_in(self._overrides))
        if site.manual is not None:
            named |= {*site.manual.inputs.paths, *paths_in(site.manual.settings)}
            trees += [
                _tree_of(file_of(entry.path))
                for entry in site.manual.settings.sets
                if is_module(entry.path)
            ]
            theme = site.manual.settings.site.theme
            trees += [theme] if theme is not None else []
        roots = set(self._overrides.roots)
        folders = {path for path in named - roots if path.is_dir()}
        sources.set([*files, *(named - folders - roots)], folders=folders, trees=trees)
        return sources


def _tree_of(module: Path) -> Path:
    """Return the folder of modules that a module is in: the repository, if it is in one."""
    folder = module if module.is_dir() else module.parent
    folder = folder.absolute()
    for parent in (folder, *folder.parents):
        if (parent / ".git").exists() or (parent / "flake.nix").is_file():
            return parent
    return folder


class _Terminal:
    """Prints what the server does."""

    def __init__(self, *, quiet: bool) -> None:
        self._quiet = quiet
        self._problems: set[Diagnostic] = set()
        self._of_options: set[Diagnostic] = set()

    def started(self, address: str) -> None:
        """Print the address."""
        self._say(f"serving at {address} (Ctrl-C ends it)")

    def updated(self, changed: set[str], problems: list[Diagnostic], seconds: float) -> None:
        """Print what has changed, and problems that there were not before."""
        # A folder changes when an editor puts a new file in the place of the old one.
        files = [path for path in changed if not Path(path).is_dir()] or changed
        first, *others = sorted(Path(path).name for path in files)
        names = first if not others else f"{first} and {reporting.counted(len(others), 'other')}"
        self._say(f"{names} changed ({seconds:.2f} s)")
        self.report(problems)

    def report(self, problems: list[Diagnostic]) -> None:
        """Print the problems of the manual that there were not before."""
        found = {one for one in problems if one.severity is not Severity.HINT}
        reporting.report([one for one in problems if one in found - self._problems], hints=False)
        if self._problems and not found:
            self._say("no problems any more")
        self._problems = found

    def checked(self, problems: list[Diagnostic]) -> None:
        """Print the problems of options that there were not before."""
        found = {one for one in problems if one.severity is not Severity.HINT}
        new = found - self._of_options
        reporting.report([one for one in problems if one in new], hints=False)
        if self._of_options and not found:
            self._say("no problems in options any more")
        self._of_options = found

    def _say(self, text: str) -> None:
        if not self._quiet:
            sys.stderr.write(f"{visible(text)}\n")
            sys.stderr.flush()
