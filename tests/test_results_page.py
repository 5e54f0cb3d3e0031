"""The results page, made of results files that stand in for the laboratory's: what is met is said to be, and no more."""

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MACHINE = {"processor": "Some", "cores": 2, "python": "3.11", "versions": {"numpy": "2"}}


def spread(*values):
    return {"count": len(values), "mean": sum(values) / len(values), "deviation": 0.0002, "interval": [0.99, 1.0]}


def series(recipe, accuracy, runs, parameters, multiply_adds, uncontested):
    seed = {"accuracy": accuracy, **uncontested}
    return {
        "recipe": recipe,
        "recipe_hash": "abc",
        "description": "A network",
        "train_command": "inkdigits train",
        "runs": runs,
        "mean_accuracy": accuracy,
        "standard_deviation": 0.0003,
        "mean_95_interval": [accuracy - 0.001, accuracy + 0.001],
        "mean_validation_accuracy": None,
        "mean_training_seconds": 60.0,
        "parameters": parameters,
        "multiply_adds": multiply_adds,
        "seeds": {str(i): seed for i in range(runs)},
    }


def together(members, ensembles):
    both = [{"accuracy": value, "without_contested_labels": value + 0.001} for value in ensembles]
    return {
        "members": {"accuracy": spread(members), "without_contested_labels": spread(members + 0.001)},
        "ensembles": {
            "accuracy": spread(*ensembles),
            "without_contested_labels": spread(*(row["without_contested_labels"] for row in both)),
        },
        "each": both,
    }


def quantised(recipe, *files):
    kinds = {
        kind: {
            "largest_bytes": size,
            "accuracy": spread(accuracy),
            "seeds": {"0": {"bytes": size, "accuracy": accuracy, "labels_agree": 0.9991}},
        }
        for kind, size, accuracy in files
    }
    return {"recipe": recipe, "recipe_hash": "abc", "runs": 1, "kinds": kinds}


def fast(seconds, accuracy, faster):
    return {
        "seeds": 30,
        "mean_accuracy": accuracy,
        "standard_deviation": 0.001,
        "mean_95_interval": [accuracy, accuracy],
        "seconds_median": seconds,
        "seconds_most": seconds + 1,
        "plain_target": 0.9898,
        "plain_seconds_median": seconds * faster,
        "times_faster": faster,
        "fast": [{"seconds": seconds, "accuracy": accuracy}],
        "plain": [{"seconds": seconds * faster, "epochs": 6, "val_accuracy": 0.99}],
    }


def throughput(speed, accuracy):
    rows = [
        {"network": "light", "engine": "classify_glyphs", "digits_a_second": {"1024": 5, "10000": speed}},
        {"network": "classic", "engine": "Keras predict", "digits_a_second": {"1024": 9_871, "10000": 8_000}},
    ]
    return {
        "model": "light",
        "accuracy": accuracy,
        "parameters": 30_000,
        "bytes": 60_000,
        "rounds": 15,
        "calls_a_round": 3,
        "rows": rows,
    }


def transfer(*sets):
    pairs = {source: dict.fromkeys(sets, 0.7) for source in sets}
    tuned = {source: {target: {"10": 0.75, "100": 0.85, "1000": 0.95} for target in sets} for source in sets}
    alone = {target: {"10": 0.5, "100": 0.6, "1000": 0.7} for target in sets}
    return {
        "labels": [10, 100, 1000],
        "sets": {name: {"learned": 5_000, "answered": 1_000} for name in sets},
        "seeds": [{"plain": pairs, "finetuned": tuned, "kept": tuned, "alone": alone}] * 3,
    }


def latency(*networks):
    rows = [{"network": name, "engine": "classify_glyphs", "p50_ms": 0.1, "p99_ms": 0.3} for name in networks]
    return {"calls": 2000, "rows": [*rows, *LATENCY["rows"][-1:]]}


SHIPPED = sorted(path.parent.name for path in ROOT.glob("src/inkdigits/network/models/*/config.json"))
LATENCY = {
    "calls": 2000,
    "rows": [
        {"network": "classic", "engine": "classify_glyphs", "p50_ms": 0.0964, "p99_ms": 0.3},
        {"network": "light", "engine": "classify_glyphs", "p50_ms": 0.0712, "p99_ms": 0.2},
        {"network": "classic", "engine": "Keras predict", "p50_ms": 49.6, "p99_ms": 90.0},
    ],
}
LABELS = {
    "recipe": "classic",
    "folds": 5,
    "digits": 60_000,
    "read_otherwise": 500,
    "suspects": 87,
    "rows": [{"row": 59915, "label": 4, "suggested": 7, "probability": 0.9999, "probability_of_label": 0.0}],
}
SEED_ERRORS = {
    "recipe": "best",
    "seeds": [0, 1],
    "wrong_in_some_seed": 40,
    "wrong_in_every_seed": 13,
    "of_those_contested_labels": 9,
}


@pytest.fixture
def page(tmp_path):
    """Return what makes the page, in a folder of its own, from results files of the project and given ones."""
    for folder in ("scripts", "benchmarks/results"):
        shutil.copytree(ROOT / folder, tmp_path / folder, ignore=shutil.ignore_patterns("__pycache__"))
    for config in ROOT.glob("src/inkdigits/network/models/*/config.json"):
        target = tmp_path / config.relative_to(ROOT)
        target.parent.mkdir(parents=True)
        shutil.copyfile(config, target)
    (tmp_path / "docs" / "images").mkdir(parents=True)
    shutil.copyfile(ROOT / "README.md", tmp_path / "README.md")
    results = tmp_path / "benchmarks" / "results"
    for pattern in (
        "series_*",
        "ensemble_*",
        "quantised_*",
        "seed_errors_*",
        "label_errors*",
        "fast*",
        "throughput*",
        "latency*",
        "transfer*",
        "made*",
    ):
        for path in results.glob(pattern):
            path.unlink()

    def make(**documents):
        for name, figures in documents.items():
            document = {"command": f"python {name}", "date": "2026-01-01", "machine": MACHINE, **figures}
            (results / f"{name}.json").write_text(json.dumps(document), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, str(tmp_path / "scripts" / "make_results.py")], capture_output=True, text=True, check=False
        )
        assert done.returncode == 0, done.stderr
        return (tmp_path / "docs" / "results.md").read_text(encoding="utf-8")

    return make


def row(text, beginning):
    (line,) = [line for line in text.splitlines() if line.startswith(f"| {beginning}")]
    return [cell.strip() for cell in line.strip("|").split("|")]


def test_what_is_not_there_is_said_or_left_out(page):
    text = page()
    assert text.count("not measured yet") == 9
    for heading in (
        "### Series",
        "### The fastest",
        "### Digits a second",
        "### One glyph",
        "### Ensembles",
        "### Files in 8",
    ):
        assert heading not in text
    assert "### What every seed" not in text and "### Labels" not in text


MET = {
    "fast": (fast(2.41, 0.9904, 31), {"`fast`: seconds": "2.41 s, 99.040 %, 30 seeds", "`fast`: times": "31.0"}),
    "series_best": (series("best", 0.9976, 10, 9, 9_900_000, {}), {"`best`: one": "99.760 %, 10 seeds, 9.9 M"}),
    "series_tiny": (series("tiny", 0.9901, 10, 999, 9, {}), {"`tiny`: at": "99.010 %, 10 seeds, 999 parameters"}),
    "quantised_a": (
        quantised("a", ("float32", 90_000, 0.997), ("static", 25_000, 0.9951)),
        {"bytes of": "25.0 kB, 0.49 % error (`a`, static)"},
    ),
    "throughput": (throughput(100_000, 0.9951), {"digits a second of": "100,000 (`light`, 99.51 %)"}),
    "latency": (
        latency(*SHIPPED),
        {
            "one glyph, p50": ", ".join(f"`{name}` 0.100 / 0.300" for name in SHIPPED)
            + "; `classic` in Keras `predict` 49.600 / 90.000"
        },
    ),
    "transfer": (
        transfer("mnist", "usps", "optdigits"),
        {"transfer between": "mean of 6 pairs, 3 seeds: 70.0 %, then 75.0 %, 85.0 %, 95.0 %"},
    ),
}
GATE = {
    "fast": (fast(4.2, 0.9904, 31), {"`fast`: seconds": "4.20 s, 99.040 %, 30 seeds"}),
    "series_best": (series("best", 0.9971, 10, 9, 9_900_000, {}), {"`best`: one": "99.710 %, 10 seeds, 9.9 M"}),
    "series_tiny": (series("tiny", 0.9889, 10, 999, 9, {}), {"`tiny`: at": "98.890 %, 10 seeds, 999 parameters"}),
    "quantised_a": (quantised("a", ("static", 25_000, 0.9945)), {"bytes of": "25.0 kB, 0.55 % error (`a`, static)"}),
    "throughput": (throughput(40_000, 0.9951), {"digits a second of": "40,000 (`light`, 99.51 %)"}),
}
MISSED = {  # by one condition each
    "fast": (fast(2.41, 0.9899, 31), {"`fast`: seconds": "2.41 s, 98.990 %, 30 seeds", "`fast`: times": "31.0"}),
    "series_best": (series("best", 0.9976, 9, 9, 9_900_000, {}), {"`best`: one": "99.760 %, 9 seeds, 9.9 M"}),
    "series_tiny": (series("tiny", 0.9901, 10, 1_001, 9, {}), {"`tiny`: at": "99.010 %, 10 seeds, 1,001 parameters"}),
    "quantised_a": (
        quantised("a", ("float32", 90_000, 0.997), ("static", 26_001, 0.9951)),
        {"bytes of": "26.0 kB, 0.49 % error (`a`, static)"},
    ),
    "throughput": (throughput(100_000, 0.9949), {"digits a second of": "100,000 (`light`, 99.49 %)"}),
    "latency": (
        latency("classic"),
        {"one glyph, p50": "`classic` 0.100 / 0.300; `classic` in Keras `predict` 49.600 / 90.000"},
    ),
    "transfer": (
        transfer("mnist", "usps"),
        {"transfer between": "mean of 2 pairs, 3 seeds: 70.0 %, then 75.0 %, 85.0 %, 95.0 %"},
    ),
}
MISSED_TOO = {
    "fast": (fast(2.41, 0.9904, 19.9), {"`fast`: times": "19.9"}),
    "series_best": (series("best", 0.9976, 10, 9, 10_100_000, {}), {"`best`: one": "99.760 %, 10 seeds, 10.1 M"}),
    "throughput": (throughput(100_000, None), {"digits a second of": "100,000 (`light`)"}),
}


@pytest.mark.parametrize(
    "cases, met",
    [(MET, "record"), (GATE, "gate"), (MISSED, "**not reached**"), (MISSED_TOO, "**not reached**")],
    ids=["record", "gate", "missed", "missed too"],
)
def test_a_record_is_met_or_not(page, cases, met):
    text = page(**{name: figures for name, (figures, _) in cases.items()})
    for _, rows in cases.values():
        for beginning, reached in rows.items():
            assert row(text, beginning)[3:] == [reached, met], beginning


def test_ensembles_are_shown_plain_and_augmented_of_one_recipe_and_of_two(page):
    figures = {
        "recipe": "best",
        "sizes": {"best": 5},
        "beside": {},
        "views": [[0, 0, 0], [1, 0, 0]],
        "plain": together(0.997, [0.9975, 0.9976, 0.9977]),
        "tta": together(0.9975, [0.998, 0.9981]),
    }
    mixed = {
        **figures,
        "sizes": {"best": 5, "wide": 1},
        "beside": {"wide": "abc"},
        "plain": together(0.9966, [0.998, 0.9981, 0.9982]),
    }
    text = page(ensemble_best=figures, ensemble_best_wide=mixed)
    figure = "ensembles fixed in advance, mean of at least 3 that share no member: 5 of `best`"
    plain, augmented = (row(text, f"{figure}{how} |") for how in ("", ", with test-time augmentation"))
    assert plain[3:] == ["99.760 %, 3 ensembles", "gate"]
    assert augmented[3:] == ["99.805 %, 2 ensembles", "**not reached**"]  # two are too few
    assert row(text, f"{figure} and one of `wide` |")[3:] == ["99.810 %, 3 ensembles", "record"]
    assert row(text, "5 of `best` and one of `wide`, plain")[2] == "**99.810 %**"
    assert row(text, "5 of `best`, plain") == [
        "5 of `best`, plain", "99.700 % ± 0.020 %", "**99.760 %**", "99.75 %, 99.76 %, 99.77 %", "99.800 %", "99.860 %",
    ]  # fmt: skip


def test_the_tables(page):
    text = page(
        series_best=series("best", 0.9976, 10, 900, 9_900_000, {"uncontested_accuracy": 0.9988}),
        series_old=series("old", 0.99, 2, 900, None, {}),
        fast=fast(2.41, 0.9904, 31),
        throughput=throughput(100_000, 0.9951),
        latency=LATENCY,
        quantised_a=quantised("a", ("static", 25_000, 0.9951)),
        label_errors=LABELS,
        seed_errors_best=SEED_ERRORS,
    )
    assert row(text, "`best` | 10")[5] == "99.880 %"
    assert row(text, "`old` | 2")[5] == ""
    assert "**31 times** as long" in text and "(median of 1 runs, 6 to 6 epochs)" in text
    assert row(text, "`light` | classify_glyphs | 5")[3] == "100,000"
    assert row(text, "`light` | classify_glyphs | 0")[2:] == ["0.071 ms", "0.200 ms"]
    assert row(text, "`a`, wholly in 8 bits")[1:4] == ["25,000", "99.510 % ± 0.020 %", "99.910 %"]
    assert "**87** are probably wrong" in text and row(text, "59915")[1:3] == ["4", "7"]
    assert row(text, "`best` | 2 |")[2:] == ["40", "**13**", "9"]
    assert "![" not in text  # no picture, no link to it


def test_the_readme_has_five_figures_and_says_of_how_many_pictures(page, tmp_path):
    page()
    readme = (tmp_path / "README.md").read_text(encoding="utf-8")
    table = [line for line in readme.splitlines() if line.startswith("|")]
    assert len(table) == 2 + 5
    for line in table[2:]:
        assert re.search(r"\d", line.split("|")[1]) and re.search(r"\d %", line.split("|")[2])


def test_pages_made_to_measure_with_have_their_table(page):
    assert "### Pages made to measure with" not in page()
    line = {"unit": "line", "of": 400, "share": 0.955, "interval": [0.93, 0.97]}
    other = {"RapidOCR": {"share": 0.5}, "paired": {"p": 1e-9}}
    text = page(
        made={
            "generator": {"pictures": "abc"},
            "kinds": {"comb, grey": {**line, **other}, "table": {**line, "unit": "numbers"}},
            "print": {"pages": 20, "words": 300, "answered_a_page": 0.25, "times_an_empty_page": 1.5},
        }
    )
    assert row(text, "comb, grey") == ["comb, grey", "400 lines", "95.5 %", "93.0 % to 97.0 %", "50.0 %", "1e-09"]
    assert row(text, "table | 400")[1:] == ["400 numbers", "95.5 %", "93.0 % to 97.0 %", "", ""]
    assert "0.2 answered digits a page" in text
