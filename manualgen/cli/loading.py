"""From the arguments of a command to the manual that it renders."""

from __future__ import annotations

import functools
from pathlib import Path
from typing import TYPE_CHECKING

import click
import msgspec

from manualgen import api
from manualgen.book.memory import Memory
from manualgen.book.project import MANUAL_SUFFIXES, ManualOverrides, Project, read_manpage_urls
from manualgen.cli import reporting
from manualgen.errors import Code, Diagnostic
from manualgen.evaluation.settings import EvaluationSettings, file_of, is_module
from manualgen.inputs import contents, paths_in
from manualgen.options import reading
from manualgen.site import workers
from manualgen.site.building import BuildOptions
from manualgen.site.unchanged import Snapshot

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from manualgen.book.configuration import OptionsTable
    from manualgen.book.manual import Manual
    from manualgen.options.reading import OptionSet


def load_project(inputs: tuple[str, ...], overrides: ManualOverrides) -> Project | None:
    """Return the project that a command's inputs name; None if they are option sets or modules.

    Args:
        inputs: the arguments of the command.
        overrides: the overrides of the command line.

    Raises:
        ManualError: if an input does not exist, or ``manual.toml`` is not valid.
        UsageError: if there are other inputs too.
    """
    given = overrides.evaluation or EvaluationSettings()
    if not inputs and given.modules_list is None and not overrides.sets:
        raise click.UsageError("Missing argument 'INPUT...'.")  # noqa: EM101, TRY003
    for name in inputs:
        # Before anything else is reported, or takes time.
        if name != "-" and not file_of(name).exists():
            contents(name)
    if not any(is_manual(name) for name in inputs):
        return None
    if len(inputs) > 1:
        raise click.UsageError("a manual is one file, which includes the others")  # noqa: EM101, TRY003
    if given.modules_list is not None:
        message = "a manual names its modules in [[options]], or with --options PREFIX=FILE"
        raise click.UsageError(message)
    return msgspec.structs.replace(Project.load(Path(inputs[0])), overrides=overrides)


def is_manual(name: str) -> bool:
    """Return whether an input is a manual, and neither an option set nor a module."""
    return name.endswith(MANUAL_SUFFIXES) and not is_module(name)


def outputs(
    project: Project | None, output: Path | None, kinds: Sequence[str]
) -> list[tuple[str, Path]]:
    """Return the outputs of a command: pairs of a kind and a file or folder.

    Args:
        project: the project; None for option sets or modules.
        output: the file or folder that the command line names; it is of the first kind.
        kinds: the settings in ``[output]`` of ``manual.toml`` that the command writes.

    Raises:
        UsageError: if neither names an output.
    """
    if output is not None:
        return [(kinds[0], output)]
    named = [
        (kind, path)
        for kind in kinds
        if project is not None and (path := project.output(kind)) is not None
    ]
    if not named:
        message = "Missing option '-o' / '--output'"
        if project is not None:
            message += f", or {kinds[0].replace('_', '-')} in [output] of manual.toml"
        message += "."
        raise click.UsageError(message)
    return named


def snapshot(
    inputs: tuple[str, ...],
    project: Project | None,
    overrides: ManualOverrides,
    further: object = None,
    files: Sequence[Path] = (),
) -> Snapshot | None:
    """Return what a command is given, as it is before it is read.

    Args:
        inputs: the arguments of the command.
        project: the project; None for option sets or modules.
        overrides: the overrides of the command line.
        further: further settings that the output depends on.
        files: further files.

    Returns:
        None if it cannot be known what is read, as of modules, which may read any files.

    Raises:
        ManualError: if a file of the settings cannot be read.
    """
    if project is None:
        evaluation = overrides.evaluation
        if overrides.sets or any(name == "-" or is_module(name) for name in inputs):
            return None
        if evaluation is not None and evaluation.modules_list is not None:
            return None
        named = [path for path in paths_in(overrides) if path.is_file()]
        return Snapshot(
            (overrides, further),
            [*(Path(name) for name in inputs), *named, *files],
            theme=overrides.theme,
        )
    settings = project.settings()
    folders = [settings.folder] if settings.folder is not None else []
    if settings.source is not None:
        folders.append(settings.source.parent)
    return Snapshot(
        (settings, further),
        [*(path for path in paths_in(settings) if path.is_file()), *files],
        theme=settings.site.theme,
        folders=[*folders, *settings.roots],
    )


def load(
    inputs: tuple[str, ...],
    project: Project | None,
    overrides: ManualOverrides,
    jobs: int | None,
    meanwhile: Callable[[], object] | None = None,
    memory: Memory | None = None,
) -> Manual:
    """Read the manual that a command renders.

    Args:
        inputs: a manual; or files of options, where ``-`` is standard input, and modules,
            which are evaluated together.
        project: the project; None for option sets or modules.
        overrides: the overrides of the command line.
        jobs: the number of processes that read; None for that of the processors.
        meanwhile: called while another process parses.
        memory: what has been read earlier.

    Raises:
        ManualError: if one of the files cannot be read, or is not valid.
    """
    if project is not None:
        count = workers.available() if jobs is None else jobs
        return api.load_project(project, jobs=count, meanwhile=meanwhile, memory=memory)
    return of_sets([read() for read in readers(inputs, overrides, memory)], overrides, memory)


def readers(
    inputs: tuple[str, ...],
    overrides: ManualOverrides,
    memory: Memory | None = None,
    *,
    with_sets: bool = True,
) -> list[Callable[[], OptionSet]]:
    """Return functions that read the option sets of a command, each of which may fail alone.

    Args:
        inputs: files of options, and modules.
        overrides: the overrides of the command line.
        memory: what has been read earlier.
        with_sets: whether the option sets that the overrides name are read too.
    """
    modules = [Path(path) for path in inputs if is_module(path)]
    read = reading.read if memory is None else memory.read
    result: list[Callable[[], OptionSet]] = [
        functools.partial(read, path) for path in inputs if not is_module(path)
    ]
    if modules or (overrides.evaluation and overrides.evaluation.modules_list is not None):
        evaluate = functools.partial(extracted, modules, overrides)
        result.append(lambda: (memory or Memory()).evaluated(inputs, evaluate))
    if with_sets:
        result += [
            functools.partial(_evaluated_options, entry, overrides) for entry in overrides.sets
        ]
    return result


def of_sets(
    sets: Sequence[OptionSet], overrides: ManualOverrides, memory: Memory | None = None
) -> Manual:
    """Return option sets as a manual without chapters.

    Args:
        sets: the option sets.
        overrides: the overrides of the command line.
        memory: what has been read earlier.

    Raises:
        ManualError: if the file of URLs of man pages cannot be read, or there is no such theme.
    """
    urls = overrides.manpage_urls
    manual = api.from_options(
        sets,
        title=overrides.title,
        version=overrides.version,
        theme=overrides.theme,
        sources=overrides.sources,
        revision=overrides.revision,
        manpage_urls=read_manpage_urls(urls) if urls is not None else {},
        description_format=overrides.description_format,
        hidden_lists=overrides.hidden_lists,
        history=overrides.history,
        memory=memory or Memory(),
    )
    if urls is not None:
        manual.inputs.note(urls)
    return manual


def untitled(overrides: ManualOverrides) -> list[Diagnostic]:
    """Return the diagnostic of option sets without a title.

    Args:
        overrides: the overrides of the command line, which alone can name one.
    """
    if overrides.title:
        return []
    message = "the pages have no title of their own: they are called Options"
    help_text = 'say what they are of: --title "My options"'
    return [Diagnostic(code=Code.NO_TITLE, message=message, help=help_text)]


def extracted(
    modules: Sequence[Path],
    overrides: ManualOverrides,
    *,
    options_file: Path | None = None,
    prefixes: tuple[str, ...] = (),
) -> OptionSet:
    """Return the options that modules declare.

    Args:
        modules: the files of the modules.
        overrides: the overrides of the command line; their source trees are used, and how
            they say that modules are evaluated.
        options_file: a file that evaluates to a tree of options, instead of modules.
        prefixes: if there are any, only options whose names have one of them are kept.

    Raises:
        ManualError: if the evaluation fails as a whole.
    """
    given = overrides.evaluation or EvaluationSettings()
    settings = msgspec.structs.asdict(given) | {
        "prefixes": prefixes,
        "sources": overrides.sources,
        "revision": overrides.revision,
    }
    if options_file is not None:
        settings |= {"options_file": options_file, "modules_list": None}
    return api.extract(modules, **settings)


def compared(name: str, overrides: ManualOverrides, jobs: int | None) -> OptionSet | Manual:
    """Return what a command compares: an option set, or a manual.

    Args:
        name: an option set, a module, or a manual.
        overrides: what the command line says.
        jobs: the number of processes; None for the default.

    Raises:
        ManualError: if it cannot be read.
    """
    project = load_project((name,), overrides)
    if project is not None:
        return load((name,), project, overrides, jobs)
    if is_module(name):
        return extracted([Path(name)], overrides)
    return reading.read(name)


def _evaluated_options(entry: OptionsTable, overrides: ManualOverrides) -> OptionSet:
    """Return the options of a file that holds evaluated options.

    Raises:
        ManualError: if the evaluation fails as a whole.
        UsageError: if it is an option set of a manual, and there is none.
    """
    if entry.kind != "options":
        message = f"--options {entry.id_prefix}={entry.source} adds a set to a manual, and there"
        message += f" is none; name {entry.source} as an INPUT"
        raise click.UsageError(message)
    if not is_module(entry.source):
        return reading.read(entry.source)
    return extracted([], overrides, options_file=Path(entry.source))


def build_options(
    jobs: int | None, manual: Manual, progress: reporting.Progress | None = None
) -> BuildOptions:
    """Return the options of a build.

    Args:
        jobs: the number of processes that render; None for a number that suits the manual.
        manual: the manual.
        progress: shows the progress of the build.
    """
    count = sum(len(included.catalog.options) for included in manual.sets)
    suitable = min(workers.available(), 1 + count // _OPTIONS_PER_PROCESS)
    return BuildOptions(
        jobs=suitable if jobs is None else jobs,
        progress=progress,
        waiting=reporting.report_waiting,
    )


_OPTIONS_PER_PROCESS = 800
"""Rendering this number of options takes about as long as starting a pool of processes."""
