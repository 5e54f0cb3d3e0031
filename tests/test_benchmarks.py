"""What the benchmarks measure with: the log of openings, the scores, and the pages made to measure with."""

import importlib
import json
from pathlib import Path

import numpy as np
import pytest

BENCHMARKS = Path(__file__).parent.parent / "benchmarks"


@pytest.fixture
def module(monkeypatch):
    """Return what imports one of the benchmarks' modules."""
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module


def test_a_reporting_half_is_opened_three_times_for_a_purpose(module, tmp_path):
    scoring, log = module("scoring"), tmp_path / "openings.jsonl"
    for _ in range(3):
        scoring.open_report(["strings"], "locator", log)
    with pytest.raises(SystemExit, match="strings was opened 3 times for locator"):
        scoring.open_report(["forms", "strings"], "locator", log)
    scoring.open_report(["strings", "forms"], "digits", log)
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    assert [line["set"] for line in lines] == ["strings", "strings", "strings", "strings", "forms"]
    assert set(lines[0]) == {"set", "purpose", "date", "commit"}


def test_a_reporting_half_needs_a_purpose_and_shows_no_failures(module, monkeypatch, tmp_path):
    scoring = module("scoring")
    monkeypatch.setattr(scoring, "open_report", lambda *_: pytest.fail("opened"))
    for words in (["--half", "report"], ["--half", "all", "--purpose", "locator", "--show"]):
        monkeypatch.setattr("sys.argv", ["strings.py", *words])
        with pytest.raises(SystemExit):
            scoring.parsed(scoring.options("Strings.", "show", "limit"), "strings")


@pytest.mark.parametrize(
    "truth, said, right",
    [
        (["1", "2", "3"], ["1", "2", "3"], [True, True, True]),
        (["1", "2", "3"], ["2", "3"], [False, True, True]),
        (["1", "2"], ["2", "1"], [True, False]),  # one of them, in order
        (["1", "1"], ["1", "x"], [True, False]),
        (["1"], [], [False]),
    ],
)
def test_lines_are_matched_in_order_one_to_one(module, truth, said, right):
    found = module("scoring").in_order(truth, said)
    assert sum(found) == sum(right) and len(found) == len(right)


def test_what_is_no_separator_counts_as_a_space(module):
    scoring = module("scoring")
    assert scoring.signs_of("$ 1,200.00") == scoring.signs_of("1,200.00") == "1,200.00"
    assert scoring.signs_of("(3+4)×2=14") == "34214" and scoring.signs_of("4?") == "4?"


@pytest.mark.parametrize("kind", ["plain", "divided frame, grey", "table", "turned", "touching, all in a line"])
def test_a_made_page_is_always_the_same_and_its_boxes_hold_its_digits(module, kind):
    made = module("made_pages")
    first, second = made.page(kind, 3), made.page(kind, 3)
    assert np.array_equal(first.picture, second.picture) and first.digits == second.digits
    assert not np.array_equal(first.picture, made.page(kind, 4).picture)
    digits = [one for line in first.digits for one in line]
    assert "".join(sign for sign, _ in digits) == "".join(c for c in "".join(first.lines) if c.isdigit())
    grey = first.picture.mean(axis=2)
    for _, (left, top, right, bottom) in digits:
        assert left >= 0 and top >= 0 and right <= grey.shape[1] and bottom <= grey.shape[0]
        inner = grey[round(top) : round(bottom), round(left) : round(right)]
        assert np.percentile(inner, 2) < np.median(grey) - 10


def test_pages_of_print_hold_ink_and_empty_ones_none(module):
    printed = module("made_print")
    assert np.ptp(np.percentile(printed.page(0), [0.5, 50])) > 40 > np.ptp(np.percentile(printed.empty(0), [0.5, 50]))
