"""Make docs/results.md, and the table in README.md, from the results files. No figure in them is typed by hand.

Usage: python scripts/make_results.py [--check]    with --check, fail if they are not up to date
"""

from __future__ import annotations

import statistics
import sys

from results_lab import cluster_page, openings_page, series_page
from results_parts import ROOT, percent, results, source
from results_serving import serving_page
from results_transfer import transfer_page

START, END = "<!-- figures: made by scripts/make_results.py -->", "<!-- end of figures -->"


def readme_table() -> str:
    seeds, plain, base, speed = (results(n) for n in ("classic_seeds", "plain_keras", "base_install", "glyph_speed"))
    engines = speed["engines"]
    singles, pages, hard, others = (
        results(n) for n in ("dev_singles_default", "dev_pages_default", "mnist_c", "ocr_beside")
    )
    page, cell = others["sets"]["pages"]["readers"], others["sets"]["registers"]["readers"]
    strict = singles["strict"]
    return f"""\
| | Inkdigits | beside it |
|---|---|---|
| other people's single digits, six sets, mean | **{percent(singles["mean"])}** | |
| of those, answered under strict trust, and wrong | {percent(strict["coverage"], 1)}, 1 in {strict["answered"] / strict["wrong"]:.0f} | |
| other people's pages, wholly right | {percent(pages["sets"]["pages"]["right"], 1)} | RapidOCR: {percent(page["RapidOCR"]["right"], 1)}; Tesseract: {percent(page["Tesseract"]["right"], 1)} |
| cells of parish registers, wholly right | {percent(pages["sets"]["registers"]["right"], 1)} | RapidOCR: {percent(cell["RapidOCR"]["right"], 1)}; Tesseract: {percent(cell["Tesseract"]["right"], 1)} |
| MNIST-C, mean of its fifteen corruptions | {percent(hard["means"]["default"]["pictures"], 1)} | |
| accuracy on MNIST's test digits, mean of {seeds["runs"]} seeds | **{percent(seeds["mean_accuracy"])}** ± {percent(seeds["standard_deviation"])} | the exercise's README: 98.98 %, one run |
| the whole run: training, proof, test, report | {seeds["median_seconds"]:.0f} s | |
| an epoch of that CNN | {plain["classic"]["median_seconds_an_epoch"]:.1f} s | plain Keras `fit`: {plain["plain"]["median_seconds_an_epoch"]:.1f} s |
| one glyph to its probabilities | {engines["classify_glyphs"]["one_glyph_ms_median"]:.3f} ms | Keras `predict`: {engines["keras predict"]["one_glyph_ms_median"]:.0f} ms |
| glyphs a second, in batches of 1,024 | {engines["classify_glyphs"]["digits_a_second"]:,.0f} | Keras `predict`: {engines["keras predict"]["digits_a_second"]:,.0f} |
| installed size, to read digits | {base["installed_mb"]:.0f} MB | |
| `inkdigits classify one.png`, from start to answer | {base["classify_command_s"]:.2f} s | |

Two cores ({seeds["machine"]["processor"].split(" (")[0]}, no graphics card); how each was measured: [docs/results.md](docs/results.md).
What still fails, and why: [docs/failures.md](docs/failures.md).
"""


def page() -> str:
    seeds, plain, base, speed, choices = (
        results(n) for n in ("classic_seeds", "plain_keras", "base_install", "glyph_speed", "classic_choices")
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
    engines = "\n".join(
        f"| {name} | {row['one_glyph_ms_median']:.3f} ms | {row['one_glyph_ms_p99']:.3f} ms | {row['digits_a_second']:,.0f} |"
        for name, row in speed["engines"].items()
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
10,000 test digits are opened once per seed of a finished recipe. A run's network is the one after its last epoch. One standard error of
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
## Speed of reading

From glyphs in MNIST's form to calibrated probabilities, `classify_glyphs` on ONNX Runtime beside Keras' `predict` and the NumPy forward pass on the same
network; medians, taken alternately in one process.

| engine | one glyph | p99 | digits a second, batches of {speed["batch"]:,} |
|---|---|---|---|
{engines}

{source(speed)}
## What reading needs

`pip install inkdigits`, without extras, in a new environment: **{base["installed_mb"]:.0f} MB**, of which {base["of_which_inkdigits_mb"]:.0f} MB are Inkdigits with MNIST and the
shipped model; no TensorFlow, Keras, PyTorch, SciPy or matplotlib. Packages: {", ".join(base["packages"])}.

| | median |
|---|---|
| `import inkdigits`, beyond Python's own start ({base["python_starts_s"]:.3f} s) | {base["import_s"]:.3f} s |
| `inkdigits classify one.png`, from start to answer | {base["classify_command_s"]:.2f} s |

{source(base)}"""


def reading_page() -> str:
    """Return the part of the results page about other people's digits and pages."""
    singles, strange, pages, speed = (
        results(n) for n in ("dev_singles_default", "not_digits", "dev_pages_default", "read_speed")
    )
    sets = "\n".join(
        f"| {name} | {row['digits']:,} | {percent(row['accuracy'])} | {percent(row['interval'][0])} to {percent(row['interval'][1])} "
        f"| {percent(row['strict_coverage'], 1)} | {row['strict_wrong']} |"
        for name, row in singles["sets"].items()
    )
    strict = singles["strict"]
    families = "\n".join(
        f"| {name} | {row['pictures']:,} | {row['auroc']:.4f} | {percent(row['answered_strict'], 1)} |"
        for name, row in strange["families"].items()
    )
    kinds = "\n".join(
        f"| {name} | {row['pictures']:,} | {percent(row['right'], 1)} | {percent(row['character_error'], 1)} "
        f"| {percent(row['right_with_separators'], 1)} | {percent(row['character_error_with_separators'], 1)} |"
        for name, row in pages["sets"].items()
    )
    return f"""
## `default`: other people's digits

Real handwriting that trained nothing: the halves of the development sets that nothing was tuned on. The sets are not part of the
project; these figures cannot be repeated without them. Accuracy is with trust `always`; mean over the sets:
**{percent(singles["mean"])}**. Under strict trust, without `crowd` (about 1 % of whose labels are wrong), {percent(strict["coverage"])} are answered and
{strict["wrong"]} of {strict["answered"]:,} answers are wrong.

| set | digits | accuracy | 95 % interval | answered, strict | wrong among those |
|---|---|---|---|---|---|
{sets}

{source(singles)}
### What is not a digit

How well strangers are told from MNIST's validation digits by confidence (AUROC: 1 is perfect, 0.5 is guessing). Fashion, noise
and texture are families that never trained; the letters, without those that look like digits, are by people who never trained.
Under strict trust {percent(strange["digits_answered_strict"], 1)} of the digits are answered.

| family | pictures | AUROC | answered under strict trust |
|---|---|---|---|
{families}

{source(strange)}
### Pages

Digits in order, separators aside, with trust `always`. A register cell holds a row number
among clutter, rules and dark borders; what else is written in it counts as an error. What goes wrong stands in failures.md.

| set | pictures | wholly right | character error | wholly right with separators | character error with them |
|---|---|---|---|---|---|
{kinds}

{source(pages)}
{beside()}
{corrupted()}
### Speed on one thread

Aimed at here and above, for comparison: a mean of 98.5 % over the sets, a character error of 2 % on pages, 80 % of register cells, 0.4 ms a
digit, 60 ms and 300 ms a photo, 400 MB. What is beside these figures is what was reached.

| | median |
|---|---|
| `classify_many`, 64×64 crops, a digit | {speed["classify_many_ms_a_digit"]:.2f} ms |
| `read`, a photo of 1 megapixel | {speed["read_1_megapixel_ms"]:.0f} ms |
| `read`, a photo of 12 megapixels | {speed["read_12_megapixels_ms"]:.0f} ms |
| peak memory for 12 megapixels | {speed["peak_memory_12_megapixels_mb"]:.0f} MB |

{source(speed)}"""


def explaining_page() -> str:
    """Return the part of the results page about explanations."""
    figures = results("explaining")
    rows = "\n".join(
        f"| `{name}` | {what} | {row[kind + '_for']:.1f} | {row[kind + '_chance']:.1f} | {row[kind + '_against']:.1f} | {percent(row[kind + '_better_than_chance'], 1)} |"
        for name, row in figures["faithfulness"].items()
        for kind, what in (("ink", "a fifth of the ink erased"), ("gaps", "12 empty pixels filled"))
    )
    same = figures["same_label"]
    return f"""
## Explanations

Does the answer hang on what `explain` says? By how many nats the log-odds of the answer against its rival fall when pixels of
{figures["digits"]} of MNIST's validation digits are changed: those that spoke most for the answer, as many by chance, and those that spoke most
against it; and how often the first costs more than the second.

| model | changed | spoke for | by chance | spoke against | for > chance |
|---|---|---|---|---|---|
{rows}

The nearest training digit by another writer has the label of the digit itself for {percent(same["by_shape"], 1)} of {figures["of_neighbours"]:,} validation digits (by plain
distance of pixels: {percent(same["by_pixels"], 1)}). One `inkdigits explain` takes {figures["command_cpu_s"]:.1f} s of a processor, start and the reading of MNIST included.

{source(figures)}"""


def beside() -> str:
    """Return the part about the other readers on the same pictures."""
    document = results("ocr_beside")
    names = list(next(iter(document["sets"].values()))["readers"])
    rows = "\n".join(
        f"| {name} | {row['pictures']} | "
        + " | ".join(
            f"{percent(row['readers'][reader]['right'], 1)}, {percent(row['readers'][reader]['character_error'], 1)}"
            for reader in names
        )
        + " | "
        + " | ".join(f"{row['readers'][reader]['ms_a_picture']:.1f} ms" for reader in names)
        + (f" | {row['times_faster']:.1f} × |" if "times_faster" in row else " | |")
        for name, row in document["sets"].items()
    )
    photos = "\n".join(
        f"| {name} | " + " | ".join(f"{row[reader]['ms']:.0f} ms" for reader in row) + " |"
        for name, row in document["photos"].items()
    )
    largest = list(document["photos"].values())[-1]
    memory = ", ".join(f"{reader} {row['peak_memory_mb']:.0f} MB" for reader, row in largest.items())
    ways = "; ".join(
        f"{reader}: " + ", ".join(f"{kind} “{way}”" for kind, way in table.items())
        for reader, table in document["settings"].items()
    )
    return f"""\
### Other readers on the same pictures

RapidOCR (PP-OCRv6, the models of its wheel) and Tesseract {document["tesseract"] or "(not installed)"} read some of the same pictures in the same run, each reader on one
thread: wholly right and character error, digits in order, separators aside; mean time of a picture; and how many times faster than
RapidOCR Inkdigits is, the median over the pictures. The way to call them was chosen on the tuning halves, as ours was ({ways}).
Tesseract reads all pictures of a set in one run of its program.

| set | pictures | {" | ".join(names)} | {" | ".join(f"{name}, a picture" for name in names)} | faster than RapidOCR |
|---|---|{"---|" * len(names)}{"---|" * len(names)}---|
{rows}

| photo, five lines of digits | {" | ".join(largest)} |
|---|{"---|" * len(largest)}
{photos}

Peak memory for the largest photo, in a process of its own: {memory}.

{source(document)}"""


def corrupted() -> str:
    """Return the part about MNIST-C."""
    document = results("mnist_c")
    models, means = document["models"], document["means"]
    cells = [(model, column) for model in models for column in ("pictures", "glyphs")]
    rows = "\n".join(
        f"| {name} | " + " | ".join(percent(models[model][name][column]) for model, column in cells) + " |"
        for name in next(iter(models.values()))
    )
    mean = " | ".join(percent(means[model][column]) for model, column in cells)
    whose = {
        "test": "MNIST's test digits",
        "validation": "digits of MNIST's validation writers (the test digits are still closed)",
    }
    return f"""\
### Corrupted digits (MNIST-C)

{document["digits"]:,} {whose[document["split"]]} in the fifteen corruptions of Mu and Gilmer (2019), made again from their published parameters; no
network was trained on them, though some of `default`'s synthetic pictures have stray lines, specks, grain or hollow strokes of their own. “Pictures” is the whole way, as `classify_many` with trust `always` goes; “glyphs” is the network alone on the
corrupted 28×28. “Identity” is the digits as they are, and not in the mean.

| corruption | {" | ".join(f"`{model}`, {column}" for model, column in cells)} |
|---|{"---|" * len(cells)}
{rows}
| **mean of the fifteen** | {mean} |

{source(document)}"""


def main(check: bool) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    before, rest = readme.split(START)
    _, after = rest.split(END)
    wanted = {
        ROOT / "README.md": f"{before}{START}\n{readme_table()}{END}{after}",
        ROOT / "docs" / "results.md": "".join(
            part()
            for part in (
                page,
                reading_page,
                explaining_page,
                serving_page,
                transfer_page,
                series_page,
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
