"""What the benchmarks on development data share: halves, the log of their openings, reading with a limit, scores of text.

The sets are found through the environment variable INKDIGITS_DEV_DATA. Tuning and looking at failures happen on the tuning
half alone, which is the default everywhere. The reporting half (`--half report`, or `--half all`) is opened when an issue is
finished (`--purpose`), three times at most for each set and purpose; every opening is a line of results/dev_openings.jsonl.
"""

from __future__ import annotations

import argparse
import csv
import datetime
import hashlib
import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import inkdigits
from inkdigits.evaluation.metrics import wilson
from inkdigits.evaluation.paired import mcnemar
from machine import RESULTS, write_results

HALVES = ("tune", "report", "all")
PURPOSES = ("locator", "digits", "forms", "inputs", "code", "scale")
OPENINGS = 3  # of one set for one purpose, at most
OPENINGS_LOG = RESULTS / "dev_openings.jsonl"
SEPARATORS = ".,/:-"


def options(about: str | None, *more: str) -> argparse.ArgumentParser:
    """Return a parser with the options that all of these benchmarks have; `more` are among "rivals", "limit" and "show"."""
    text = (about or "").partition("\n")[0]
    parser = argparse.ArgumentParser(description=text)
    parser.add_argument("--half", choices=HALVES, default="tune")
    parser.add_argument(
        "--purpose", choices=PURPOSES, help="the issue that is finished; anything but the tuning half needs it"
    )
    if "rivals" in more:
        parser.add_argument("--rivals", action="store_true", help="RapidOCR reads the same pictures")
    if "limit" in more:
        parser.add_argument("--limit", type=int, help="only so many pictures of each set; nothing is written")
    if "show" in more:
        parser.add_argument("--show", action="store_true", help="print what is read wrong (tuning half only)")
    return parser


def parsed(parser: argparse.ArgumentParser, *sets: str) -> argparse.Namespace:
    """Return the command line's arguments; where the reporting halves of `sets` are asked for, write their opening down."""
    arguments = parser.parse_args()
    if arguments.half != "tune":
        if getattr(arguments, "show", False) or getattr(arguments, "limit", None):
            parser.error("--show and --limit are for the tuning half")
        if not arguments.purpose:
            parser.error(f"--half {arguments.half} needs --purpose, the issue that is finished")
        open_report(sets, arguments.purpose)
    return arguments


def open_report(sets: Sequence[str], purpose: str, log: Path = OPENINGS_LOG) -> None:
    """Write into the log that reporting halves are opened; end the script where one was opened three times already."""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()] if log.exists() else []
    for name in sets:
        if sum(line["set"] == name and line["purpose"] == purpose for line in lines) >= OPENINGS:
            sys.exit(f"{name} was opened {OPENINGS} times for {purpose}.")
    git = ["git", "rev-parse", "--short", "HEAD"]
    commit = subprocess.run(git, capture_output=True, text=True, check=False, cwd=RESULTS.parent).stdout.strip()
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    with log.open("a", encoding="utf-8") as file:
        for name in sets:
            file.write(json.dumps({"set": name, "purpose": purpose, "date": today, "commit": commit}) + "\n")


def in_half(key: str, half: str) -> bool:
    """Tell whether a file name or row number of an older set belongs to a half (by a hash)."""
    return half == "all" or (hashlib.sha256(key.encode()).digest()[0] % 2 == 0) == (half == "tune")


def files_of_half(where: Path, name: str, half: str) -> set[str]:
    """Return the files of a set that belong to a half, as split.csv says."""
    with (where / "split.csv").open(newline="", encoding="utf-8") as file:
        return {row["file"] for row in csv.DictReader(file) if row["set"] == name and half in (row["half"], "all")}


def keep(name: str, figures: dict[str, Any], arguments: argparse.Namespace) -> None:
    """Write the results file of a whole run: NAME.json for the reporting half, NAME_tune.json, NAME_all.json."""
    if not getattr(arguments, "limit", None):
        write_results(name if arguments.half == "report" else f"{name}_{arguments.half}", figures)


def digits_of(text: str) -> str:
    """Return the digits of a text alone."""
    return "".join(c for c in text if c in "0123456789")


def signs_of(text: str) -> str:
    """Return digits, separators and abstentions of a text, without spaces: everything else counts as a space."""
    return re.sub(r"[^0-9.,/:?-]", "", text)


def distance(a: str, b: str) -> int:
    """Return the number of insertions, deletions and substitutions from one text to the other (Levenshtein)."""
    row = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        previous, row[0] = row[0], i
        for j, y in enumerate(b, 1):
            previous, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, previous + (x != y))
    return row[-1]


def in_order(truth: Sequence[str], said: Sequence[str]) -> list[bool]:
    """Tell of each item of the truth whether it is among what was said, both in order (a longest common subsequence)."""
    best = [[0] * (len(said) + 1) for _ in range(len(truth) + 1)]
    for i in reversed(range(len(truth))):
        for j in reversed(range(len(said))):
            same = truth[i] == said[j]
            best[i][j] = best[i + 1][j + 1] + 1 if same else max(best[i + 1][j], best[i][j + 1])
    found, j = [], 0
    for i in range(len(truth)):
        while j < len(said) and truth[i] != said[j] and best[i][j] == best[i][j + 1]:
            j += 1
        found.append(j < len(said) and truth[i] == said[j])
        j += found[-1]
    return found


def share(right: int, of: int) -> dict[str, Any]:
    """Return a count with its share and Wilson's 95 % interval."""
    return {"right": right, "of": of, "share": right / of if of else None, "interval": list(wilson(right, of))}


def told(figures: dict[str, Any]) -> str:
    """Return a count as a line of text: "91.3 % (84.0 to 95.4), 84 of 92"."""
    low, high = figures["interval"]
    percent = "–" if figures["share"] is None else f"{100 * figures['share']:.1f} %"
    return f"{percent} ({100 * low:.1f} to {100 * high:.1f}), {figures['right']} of {figures['of']}"


def paired(ours: Sequence[bool], theirs: Sequence[bool]) -> dict[str, Any]:
    """Return how often one reader alone was right, and McNemar's p."""
    alone = sum(a and not b for a, b in zip(ours, theirs, strict=True))
    others = sum(b and not a for a, b in zip(ours, theirs, strict=True))
    return {"only_ours": alone, "only_theirs": others, "p": mcnemar(alone, others)}


def string_score(answers: Sequence[str], labels: Sequence[str]) -> dict[str, Any]:
    """Return how many answers have a label's digits, in order and no others, and the character error."""
    pairs = [(digits_of(a), digits_of(b)) for a, b in zip(answers, labels, strict=True)]
    errors, digits = sum(distance(a, b) for a, b in pairs), sum(len(b) for _, b in pairs)
    return {
        **share(sum(a == b for a, b in pairs), len(pairs)),
        "digits": digits,
        "errors": errors,
        "character_error": errors / digits,
        "nothing_read": sum(not a for a, _ in pairs),
    }


def read(source: Any, seconds: float = 90, **how: Any) -> inkdigits.Page | None:
    """Return what `inkdigits.read` makes of a source; None where it is refused or takes more than so many seconds of a processor."""
    try:
        with _limit(seconds):
            return inkdigits.read(source, **how)
    except (inkdigits.InputError, TimeoutError):
        return None


def text_of(page: inkdigits.Page | None) -> str:
    """Return a page's text, or none where there is no page."""
    return "" if page is None else page.text


def answered(page: inkdigits.Page | None) -> int:
    """Return how many digits of a page have an answer."""
    return 0 if page is None else sum(digit.label is not None for line in page.lines for digit in line.digits)


class Clock:
    """Seconds of processor time, of this process and its threads: the machine may be busy with other things."""

    def __init__(self) -> None:
        self.seconds: list[float] = []

    @contextmanager
    def running(self) -> Iterator[None]:
        """Time what is done inside."""
        started = time.process_time()
        yield
        self.seconds.append(time.process_time() - started)

    @property
    def mean_ms(self) -> float:
        """The mean, without the first one: it loads the network."""
        rest = self.seconds[1:] or self.seconds
        return 1000 * sum(rest) / max(1, len(rest))


@contextmanager
def _limit(seconds: float) -> Iterator[None]:
    """Raise TimeoutError after so many seconds of processor time, where the system can tell."""
    if os.name != "posix":
        yield
        return

    def stop(*_: object) -> None:
        raise TimeoutError(f"more than {seconds} s")

    before = signal.signal(signal.SIGPROF, stop)
    signal.setitimer(signal.ITIMER_PROF, seconds)
    try:
        yield
    finally:
        signal.setitimer(signal.ITIMER_PROF, 0)
        signal.signal(signal.SIGPROF, before)
