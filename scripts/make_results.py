"""Make docs/results.md, docs/cases.md, and the table in README.md, from the results files.

Figures come from the files; what was noted by hand, of trials that have no file, stands in results_notes.py and says so.

Usage: python scripts/make_results.py [--check]    with --check, fail if they are not up to date
"""

from __future__ import annotations

import statistics
import sys

from results_cases import cases_page
from results_errors import errors_page
from results_lab import cluster_page, openings_page, series_page
from results_networks import networks_page
from results_pages import pages_part
from results_pages import readme_rows as page_rows
from results_parts import ROOT, percent, results, source
from results_reading import explaining_page, reading_page
from results_records import records_page
from results_serving import serving_page
from results_speed import speed_page
from results_transfer import transfer_page

START, END = "<!-- figures: made by scripts/make_results.py -->", "<!-- end of figures -->"


def readme_table() -> str:
    """Return README's table: five figures, each with how many pictures it is of and what is beside it."""
    seeds, singles = results("classic_seeds"), results("dev_singles_default_tune")
    pictures = sum(row["digits"] for row in singles["sets"].values())
    return f"""\
| of | Inkdigits | beside it |
|---|---|---|
| {pictures:,} single digits of other people, six sets, mean | {percent(singles["mean"])} right | |
{page_rows()}| MNIST's 10,000 test digits, `classic`, {seeds["runs"]} seeds | {percent(seeds["mean_accuracy"])} ± {percent(seeds["standard_deviation"])} | the exercise: 98.98 %, one run |

Single digits and numbers: trust `always`, forms the default; on halves of sets that were looked at while developing; intervals, all other figures and
speeds: [docs/results.md](docs/results.md).
"""


def page() -> str:
    seeds, plain, base, choices = (
        results(n) for n in ("classic_seeds", "plain_keras", "base_install", "classic_choices")
    )
    runs = "\n".join(
        f"| {seed} | {percent(row['accuracy'])} | {row['wrong']} | {row['seconds']['training']:.0f} s | {row['seconds']['everything']:.0f} s |"
        for seed, row in seeds["seeds"].items()
    )
    values = [row["accuracy"] for row in seeds["seeds"].values()]
    variants = "\n".join(
        f"| {name} | {percent(statistics.fmean(row['accuracy']))} | {min(row['accuracy']):.2%} to {max(row['accuracy']):.2%} | {statistics.fmean(row['loss']):.4f} |"
        for name, row in choices["variants"].items()
    )
    names = {"plain": "plain Keras, float32 `fit`, batch 128", "classic": "recipe `classic`"}
    epochs = "\n".join(
        f"| {label} | {plain[name]['median_seconds_an_epoch']:.2f} s | {percent(plain[name]['mean_val_accuracy'])} |"
        for name, label in names.items()
    )
    return f"""\
# Results

Made by `python scripts/make_results.py` from the files in `benchmarks/results/`; do not edit by hand. Each file says the command,
the machine and the versions it was measured with.

How figures are made honest: validation is split off the 60,000 training digits by writer, and everything is chosen there. The
10,000 test digits judge a finished run once, after its last epoch; every other opening of them stands in a log (see the end). A run's network is the one after its last epoch. One standard error of
a test of 10,000 digits is 0.08 points at 99.35 %.

## `classic`: the exercise's CNN

The exercise's README reports 98.98 %, one run. Here, {seeds["runs"]} runs of `inkdigits train classic --seed N`:
**{percent(seeds["mean_accuracy"])}** mean, standard deviation {percent(seeds["standard_deviation"])}, from {percent(min(values))} to {percent(max(values))}.
Seconds are from the start of loading the digits (the imports of TensorFlow and the rest, about four seconds, come before) to the end.

| seed | test accuracy | wrong | training | everything |
|---|---|---|---|---|
{runs}

{source(seeds)}
## Against plain Keras

The same network, the same {plain["epochs"]} epochs, the same digits, alternately in one process; accuracy on the validation writers
(they are harder than the test writers: compare the rows, not with the table above). `classic` is
**{plain["times_faster"]:.2f} times** faster (median of the paired ratios).

| | an epoch, median | validation accuracy, mean of {len(plain["seeds"])} seeds |
|---|---|---|
{epochs}

{source(plain)}
## How the recipe was chosen

On the {choices["validation_digits"]:,} validation digits, {len(next(iter(choices["variants"].values()))["accuracy"])} seeds each. Differences below about 0.1 points are noise.
In float32 the recipe gives the same as in bfloat16, within that noise.

| variant | validation accuracy, mean | from, to | loss, mean |
|---|---|---|---|
{variants}

{source(choices)}
## What reading needs

`pip install inkdigits`, without extras, in a new environment: **{base["installed_mb"]:.0f} MB**, of which {base["of_which_inkdigits_mb"]:.0f} MB are Inkdigits with MNIST and the
shipped model; no TensorFlow, Keras, PyTorch, SciPy or matplotlib. Packages: {", ".join(base["packages"])}.

| | median |
|---|---|
| `import inkdigits`, beyond Python's own start ({base["python_starts_s"]:.3f} s) | {base["import_s"]:.3f} s |
| `inkdigits classify one.png`, from start to answer | {base["classify_command_s"]:.2f} s |

{source(base)}"""


def main(check: bool) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    before, rest = readme.split(START)
    _, after = rest.split(END)
    wanted = {
        ROOT / "README.md": f"{before}{START}\n{readme_table()}{END}{after}",
        ROOT / "docs" / "cases.md": cases_page(),
        ROOT / "docs" / "results.md": "".join(
            part()
            for part in (
                page,
                reading_page,
                pages_part,
                explaining_page,
                serving_page,
                transfer_page,
                records_page,
                series_page,
                speed_page,
                networks_page,
                errors_page,
                cluster_page,
                openings_page,
            )
        ),
    }
    for path, text in wanted.items():
        if check and path.read_text(encoding="utf-8") != text:
            sys.exit(f"{path.name} is not up to date: python scripts/make_results.py")
        if not check:
            path.write_text(text, encoding="utf-8")


if __name__ == "__main__":
    main("--check" in sys.argv)
