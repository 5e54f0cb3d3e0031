"""The parts of docs/results.md about reading: other people's digits and pages, other readers, corruptions, explanations."""

from __future__ import annotations

import json
from typing import Any

from results_parts import RESULTS, ROOT, percent, results, source


def results_of_card(model: str) -> float:
    """Return a shipped model's accuracy on MNIST's test digits, as its card says."""
    path = ROOT / "src" / "inkdigits" / "network" / "models" / model / "config.json"
    return float(json.loads(path.read_text(encoding="utf-8"))["test"]["accuracy"])


def reading_page() -> str:
    """Return the part of the results page about other people's digits and pages."""
    singles, strange, speed = (results(n) for n in ("dev_singles_default_tune", "not_digits_tune", "read_speed"))
    sets = "\n".join(
        f"| {name} | {row['digits']:,} | {percent(row['accuracy'])} | {percent(row['interval'][0])} to {percent(row['interval'][1])} "
        f"| {percent(row['strict_coverage'], 1)} | {row['strict_wrong']} |"
        for name, row in singles["sets"].items()
    )
    strict = singles["strict"]
    families = "\n".join(
        f"| {name} | {row['pictures']:,} | {row['auroc']:.4f} | {percent(row['answered']['strict'], 1)} | {percent(row['answered']['normal'], 1)} |"
        for name, row in strange["families"].items()
    )
    return f"""
## `default`: other people's digits

Real handwriting that trained nothing, but on these halves of the development sets things were chosen; the other halves have not been opened for this network.
The sets are not part of the project; these figures cannot be repeated without them. Accuracy is with trust `always`; mean over the sets:
**{percent(singles["mean"])}**. Under strict trust, without `crowd` (about 1 % of whose labels are wrong), {percent(strict["coverage"])} are answered and
{strict["wrong"]} of {strict["answered"]:,} answers are wrong.

Of MNIST's own test digits it reads {percent(results_of_card("default"))}. Earlier versions of the recipe had 99.55 to 99.69 %.

| set | digits | accuracy | 95 % interval | answered, strict | wrong among those |
|---|---|---|---|---|---|
{sets}

{source(singles)}
### What is not a digit

How well what is no digit is told from MNIST's validation digits by confidence (AUROC: 1 is perfect, 0.5 is guessing). Fashion, noise
and texture are families that never trained; the letters, without those that look like digits, are by people who never trained.
Of the digits {percent(strange["digits_answered"]["strict"], 1)} are answered under strict trust and {percent(strange["digits_answered"]["normal"], 1)} under normal.

| family | pictures | AUROC | answered, strict | normal |
|---|---|---|---|---|
{families}

{source(strange)}
{beside()}
{corrupted()}

{damaged()}
### Speed on one thread

Aimed at here and above, for comparison: a mean of 98.5 % over the sets, 0.4 ms a
digit, 60 ms and 300 ms a photo, 400 MB. What is beside these figures is what was reached.

| | median |
|---|---|
| `classify_many`, 64×64 crops, a digit | {speed["classify_many_ms_a_digit"]:.2f} ms |
| `read`, a photo of 1 megapixel | {speed["read_1_megapixel_ms"]:.0f} ms |
| `read`, a photo of 12 megapixels | {speed["read_12_megapixels_ms"]:.0f} ms |
| peak memory for 12 megapixels | {speed["peak_memory_12_megapixels_mb"]:.0f} MB |

The third network of `default` brought a digit to the edge of its 0.4 ms: of three runs of this script one after the other, this was the last, the one
before took as long, and the first a fifth longer.

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
        if name not in ("pages", "registers")  # those were read by the rules that found digits before the locator
    )
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

{source(document)}"""


def damaged() -> str:
    """Return the part about digits that are cropped, cracked or tiny."""
    document = results("damaged")
    rows = "\n".join(
        f"| {name} | {percent(row['wrong'])} | {percent(row['answered'], 1)} | {percent(row['answered_wrong'])} |"
        for name, row in document["damages"].items()
    )
    return f"""\
### Damaged digits

{document["digits"]:,} digits of MNIST's validation writers, whom no network has learned from, each damaged in one way, every other one dark on light. The rules for tight crops and
cracks were chosen with such pictures: this tells where the way from picture to glyph is weak. “Wrong” is with trust `always`, the rest under strict trust.

| damage | wrong | answered | of the answers wrong |
|---|---|---|---|
{rows}

{source(document)}

{forms_of_digits()}

{one_answer()}

{made()}"""


def forms_of_digits() -> str:
    """Return the part about forms of digits that MNIST has few of."""
    document = results("digit_forms")
    rows = "\n".join(
        f"| {name} | {row['of']:,} | {percent(row['share'], 1)} | {percent(row['interval'][0], 1)} to {percent(row['interval'][1], 1)} "
        f"| {percent(row['answered']['normal'], 1)} | {row['wrong_among_those']['normal']} |"
        for name, row in document["forms"].items()
    )
    return f"""\
### Forms of digits

Drawn by rules that training never calls, with pens, light and grain of their own (a frozen generator). Accuracy is with trust `always`.

| form | pictures | right | 95 % interval | answered, normal | wrong among those |
|---|---|---|---|---|---|
{rows}

{source(document)}"""


def one_answer() -> str:
    """Return the part about the same picture in other containers, sizes and scales."""
    document = results("one_answer")
    rows = "\n".join(
        f"| {name} | {percent(row['share'])} | {row['confidence_off']:.4f} |"
        for name, row in document["variants"].items()
    )
    lossless, lossy = (percent(document["groups"][group]["share"]) for group in ("lossless", "lossy"))
    return f"""\
### One picture, one answer

{document["pictures"]:,} pictures of digits, each in other containers, sizes and scales: {lossless} of those that lose nothing have the same label as the
picture itself, {lossy} of the others; and by how much the confidence differs, the median.

| variant | same label | confidence |
|---|---|---|
{rows}

{source(document)}"""


def made() -> str:
    """Return the part about pages made to measure with, or nothing where they have not been measured."""
    if not (RESULTS / "made.json").exists():
        return ""
    document = results("made")
    others = any("RapidOCR" in row for row in document["kinds"].values())
    rows = "\n".join(f"| {name} | {made_row(row, others)} |" for name, row in document["kinds"].items())
    printed = document["print"]
    return f"""\
### Pages made to measure with

Pages by MNIST's validation writers from a generator that training never calls (`benchmarks/made_pages.py`, which says what is drawn: digits of 10 to 80
pixels, contrast from 0.15, tilt to 12°, blur; SHA-256 of its pictures {document["generator"]["pictures"][:16]}…), with trust `always`. A line counts where all of it is right, separators
included; of tables and columns the numbers count. Lines of one page share its conditions, so the intervals are a little narrow.

| kind | counted | wholly right | 95 % interval |{" RapidOCR | p |" if others else ""}
|---|---|---|---|{"---|---|" if others else ""}
{rows}

{printed["pages"]} pages of print, {printed["words"]} words each, in ten fonts that training does not use, hold no handwriting: {printed["answered_a_page"]:.1f} answered digits a page with the
default trust; such a page takes {printed["times_an_empty_page"]:.1f} times as long as an empty one.

{source(document)}
"""


def made_row(row: dict[str, Any], others: bool) -> str:
    """Return the cells of one kind of page."""
    low, high = row["interval"]
    cells = [
        f"{row['of']} {'numbers' if row['unit'] == 'numbers' else 'lines'}",
        percent(row["share"], 1),
        f"{percent(low, 1)} to {percent(high, 1)}",
    ]
    if others:
        cells += [percent(row["RapidOCR"]["share"], 1), f"{row['paired']['p']:.2g}"] if "RapidOCR" in row else ["", ""]
    return " | ".join(cells)


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
