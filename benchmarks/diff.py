"""What a comparison of two option sets costs, beside reading both.

``python -m benchmarks`` prints it. The target: at most 1.5 times as long as reading.
"""

from __future__ import annotations

import statistics
import time
from typing import TYPE_CHECKING

import msgspec

import manualgen
from benchmarks.measuring import note, table

if TYPE_CHECKING:
    from pathlib import Path

    from manualgen import Option, OptionSet

LARGEST = 1.5


def edited(options: OptionSet, step: int) -> OptionSet:
    """Return a set in which each of so many options has another description and default."""

    def changed(option: Option) -> Option:
        text = "" if option.description is None else option.description.text
        return msgspec.structs.replace(
            option,
            description=manualgen.Text(f"{text} And more."),
            default=manualgen.Text("true", manualgen.Markup.NIX),
        )

    return manualgen.OptionSet(
        tuple(
            changed(option) if index % step == 0 else option
            for index, option in enumerate(options.options)
        )
    )


def report(file: Path, runs: int) -> None:
    """Print the CPU seconds of reading a set twice, and of comparing it with others.

    Args:
        file: the set.
        runs: the number of runs, of which the medians are printed.
    """
    note("diff")
    options = manualgen.read_options(file)
    others = {"itself": options, "1 of 100 changed": edited(options, 100)}
    others["1 of 10 changed"] = edited(options, 10)
    reading: list[float] = []
    comparing: dict[str, list[float]] = {name: [] for name in others}
    for _ in range(runs):
        start = time.process_time()
        for _ in range(2):
            manualgen.read_options(file)
        reading.append(time.process_time() - start)
        for name, other in others.items():
            start = time.process_time()
            manualgen.diff(options, other)
            comparing[name].append(time.process_time() - start)
    both = statistics.median(reading)
    rows = [
        (name, f"{both:.2f}", f"{(taken := statistics.median(times)):.2f}", f"{taken / both:.2f}")
        for name, times in comparing.items()
    ]
    note("")
    print(f"\nDiff of {len(options.options):,} options, CPU seconds; target {LARGEST} x\n")
    print(table(("with", "reading both", "comparing", "ratio"), rows))
