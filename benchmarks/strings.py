"""Handwritten digit strings of other people's, five sets: pictures wholly right and character error, RapidOCR beside.

A picture is one number or a formula of 1 to 11 digits; its digits, in reading order, are held against the label's, with trust
`always`. Separators are scored apart: in the pictures of cheque_fields and ink_others whose label holds one of `. , - / :`,
answer and label are compared with them (`$ + = × ( )` of the label count as spaces, and spaces are ignored).
RapidOCR (--rivals) reads each picture as one line, the way that suits it best here.

Usage: INKDIGITS_DEV_DATA=… python benchmarks/strings.py [--half tune|report|all --purpose ISSUE] [--rivals] [--limit N] [--show]
writes benchmarks/results/strings.json (reporting half) or strings_tune.json
"""

from __future__ import annotations

import csv
import hashlib
from pathlib import Path
from statistics import fmean
from typing import Any

import rivals
import scoring
from machine import needed_dev_data

SETS = ("cheque_fields", "form_boxes", "ink_others", "photo_long", "photo_pens")
WITH_SEPARATORS = ("cheque_fields", "ink_others")
Case = tuple[Path, str]  # a picture and its label


def cases(where: Path, half: str, limit: int | None = None) -> dict[str, list[Case]]:
    """Return the pictures of each set that belong to a half, in an order that is random and always the same."""
    found = {}
    for name in SETS:
        folder, wanted = where / "strings" / name, scoring.files_of_half(where, f"strings/{name}", half)
        with (folder / "labels.csv").open(newline="", encoding="utf-8") as file:
            rows = [(folder / row["file"], row["text"]) for row in csv.DictReader(file) if row["file"] in wanted]
        found[name] = sorted(rows, key=lambda row: hashlib.sha1(row[0].name.encode()).hexdigest())[:limit]
    return found


def separators(sets: dict[str, list[Case]], answers: dict[str, list[str]]) -> tuple[list[str], list[bool]]:
    """Return the labels that hold a separator, and whether each answer has its digits and separators."""
    labels, right = [], []
    for name in WITH_SEPARATORS:
        for (_, label), answer in zip(sets[name], answers[name], strict=True):
            if any(sign in label for sign in scoring.SEPARATORS):
                labels.append(label)
                right.append(scoring.signs_of(answer) == scoring.signs_of(label))
    return labels, right


def score(sets: dict[str, list[Case]], answers: dict[str, list[str]]) -> dict[str, Any]:
    """Return one reader's figures: each set, their mean, and the pictures with separators."""
    rows = {name: scoring.string_score(answers[name], [label for _, label in rows]) for name, rows in sets.items()}
    _, right = separators(sets, answers)
    mean = {key: fmean(row[key] for row in rows.values()) for key in ("share", "character_error")}
    return {"sets": rows, "mean": mean, "separators": scoring.share(sum(right), len(right))}


def beside(sets: dict[str, list[Case]], ours: dict[str, list[str]], theirs: dict[str, list[str]]) -> dict[str, Any]:
    """Return the paired tests of two readers on the same pictures, set by set, pooled, and with separators."""

    def right(answers: dict[str, list[str]], name: str) -> list[bool]:
        pairs = zip(answers[name], sets[name], strict=True)
        return [scoring.digits_of(answer) == scoring.digits_of(label) for answer, (_, label) in pairs]

    each = {name: scoring.paired(right(ours, name), right(theirs, name)) for name in sets}
    pooled = scoring.paired(*([r for name in sets for r in right(answers, name)] for answers in (ours, theirs)))
    return {**each, "all": pooled, "separators": scoring.paired(separators(sets, ours)[1], separators(sets, theirs)[1])}


def report(name: str, figures: dict[str, Any]) -> None:
    """Print one reader's figures."""
    print(f"{name}")
    for kind, row in figures["sets"].items():
        print(
            f"  {kind:14} {scoring.told(row):40} character error {row['character_error']:6.1%}, nothing in {row['nothing_read']}"
        )
    print(
        f"  {'mean of sets':14} {figures['mean']['share']:.1%} wholly right, character error {figures['mean']['character_error']:.1%}"
    )
    print(f"  {'separators':14} {scoring.told(figures['separators'])}", flush=True)


def main() -> None:
    parser = scoring.options(__doc__, "rivals", "limit", "show")
    where = needed_dev_data()
    arguments = scoring.parsed(parser, "strings")
    sets = cases(where, arguments.half, arguments.limit)
    answers: dict[str, list[str]] = {}
    times = {}
    for name, rows in sets.items():
        clock, answers[name] = scoring.Clock(), []
        for path, label in rows:
            with clock.running():
                page = scoring.read(path, trust="always")
            answers[name].append(scoring.text_of(page))
            if arguments.show and scoring.digits_of(answers[name][-1]) != scoring.digits_of(label):
                print(f"  {name}/{path.name}: {label} read as {answers[name][-1]!r}")
        times[name] = clock.mean_ms
        print(f"{name}: {times[name]:.0f} ms of a processor a picture", flush=True)
    figures = {"half": arguments.half, "readers": {"Inkdigits": score(sets, answers)}, "ms_a_picture": times}
    report("Inkdigits", figures["readers"]["Inkdigits"])
    if arguments.rivals:
        with rivals.RapidOCR() as reader:
            theirs = {name: [" ".join(reader.line(path)) for path, _ in rows] for name, rows in sets.items()}
        figures["readers"]["RapidOCR"] = score(sets, theirs)
        figures["paired"] = beside(sets, answers, theirs)
        report("RapidOCR, each picture as one line", figures["readers"]["RapidOCR"])
        print({name: f"p {row['p']:.3g}" for name, row in figures["paired"].items()})
    scoring.keep("strings", figures, arguments)


if __name__ == "__main__":
    main()
