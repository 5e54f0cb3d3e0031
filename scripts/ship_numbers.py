"""Put a finished run's network of numbers into the package, with its card; or fit its answers anew to the shipped locator.

Usage: python scripts/ship_numbers.py RUN_FOLDER    writes src/inkdigits/recognising/number_model/
       python scripts/ship_numbers.py --refit       after another locator or digit network has been shipped
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from inkdigits import code_hash

MODEL = Path(__file__).parent.parent / "src" / "inkdigits" / "recognising" / "number_model"
LARGEST = 1_400_000  # bytes of the ONNX file

Figures = dict[str, Any]


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def row(name: str, figures: Figures) -> str:
    """Return a line of the card's table, with 95 % intervals."""
    if not figures["strips"]:
        return f"| {name} | 0 | – | – | {figures['strips_without_text']} | {figures['false_signs']} |"
    low, high = figures["accuracy_95_interval"]
    right = f"{percent(figures['accuracy'])} ({percent(low)} to {percent(high)})"
    error = percent(figures["character_error"])
    return f"| {name} | {figures['strips']:,} | {right} | {error} | {figures['strips_without_text']} | {figures['false_signs']} |"


def weakest(scenes: dict[str, Figures]) -> str:
    known = {name: figures["accuracy"] for name, figures in scenes.items() if figures["strips"]}
    return ", ".join(f"{name} ({percent(known[name])})" for name in sorted(known, key=known.__getitem__)[:2])


def card(config: dict[str, Any], metrics: dict[str, Any], size: int) -> str:
    """Return the model card, Markdown."""
    recipe, digits, fitted = config["recipe"], config["digits"], config["fitted_on"]
    differences = config["proof"]["largest_difference"]
    versions = ", ".join(f"{name} {version}" for name, version in config["versions"].items())
    scenes = "\n".join(row(name, figures) for name, figures in metrics["scenes"].items())
    return f"""\
# Model card: numbers

It reads the strip of a page that a located number stands on: digits and the separators `. , - / :`, column by column, by
connectionist temporal classification. `inkdigits.recognising.number` runs it; `inkdigits.recognising.combining` combines what it says
with the locator's marks and the digit network.

| | |
|---|---|
| Architecture | fully convolutional, residual blocks to stride 8 down and 4 across, one convolution over all rows, two columns for each cell (training/numbers/network.py), {config["parameters"]:,} parameters, {config["multiply_adds"] / 1e6:.0f} M multiply-adds a strip of 256 pixels |
| Recipe | `{recipe["name"]}`, hash {config["recipe_hash"]}, seed {config["seed"]} (the first; not chosen among others) |
| Trained on | {config["strips"]["training"]:,} strips of synthetic pages, none seen twice, {recipe["training"]["epochs"]} epochs; handwritten digits on them are redrawn from at most {recipe["strips"]["digits"]:,} of {digits["training"]:,} of MNIST's training digits and from strokes of our own, letters and print from fonts |
| Held out | {digits["validation"]:,} of MNIST's training digits, whole writers, and every seventh font and form of a digit: validation strips have these alone. MNIST's test digits were not opened |
| Size | {size / 1e6:.2f} MB, ONNX, weights in 16 bits, which become 32 when the file is loaded |
| Export | ONNX Runtime against Keras on {config["proof"]["pictures"]} strips: at most {differences["float32"]:.1g} off with weights in 32 bits; with those of the file, the probability of a sign at most {differences["file, signs"]:.1g} |
| Combined | weight {config["combining"]["weight"]} of its log-probabilities, {config["combining"]["inserted"]} for a sign without a mark; log-odds of a located separator {config["combining"].get("separator_bias", 1.7)} + {config["combining"].get("separator_slope", 2.0)} times those of its peak; fitted on {fitted["pages"]} validation pages: {fitted["right with both"]:,} of their numbers wholly right, {fitted["right with marks alone"]:,} without this network |
| Made again by | `inkdigits train numbers --seed {config["seed"]}`, {config["training_hours"]:.1f} hours on {config["machine"]}, training in {config["precision"]} |
| Versions | {versions} |
| Code | {code_hash.words(config)} |

## Input and output

| | | |
|---|---|---|
| Input | `strips` | float32 (N, 2, 48, W), W a multiple of 4: `inkdigits.locating.maps.inputs` of a strip as `inkdigits.recognising.strips` cuts it, level, digits 28 pixels high, channels first, 0 where strips are padded |
| Output | `signs` | float32 (N, 16, W/2), before the softmax: in each column `0` to `9`, `.`, `,`, `-`, `/`, `:`, blank |

## Figures on validation strips

{metrics["right"]:,} of {metrics["strips"]:,} numbers wholly right, character error {percent(metrics["character_error"])}; the strips come from the program that
drew the training pages: how it reads photos and scans is in docs/results.md.

| scene | numbers | wholly right (95 % interval) | character error | strips without a number | signs read there |
|---|---|---|---|---|---|
{scenes}

## Known weaknesses

- It has seen drawn pages alone, and numbers of at most {recipe["strips"]["widest"]} pixels; longer ones are read all the same.
- It reads handwriting; printed numbers have no text for it.
- Weakest scenes: {weakest(metrics["scenes"])}.
- It decides nothing about a person. Where an error costs money or more, let a person look at what is not sure.

## Licence and origin

MIT, by the Inkdigits authors, trained by them from scratch: no weights of others are in it. MNIST, whose training digits were redrawn,
is by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, CC BY-SA 3.0. The fonts, with their licences, are listed in
src/inkdigits/synthetic/font_outlines/README.md and font_glyphs/README.md; these licences do not extend to what is drawn with them.
"""


def write(config: dict[str, Any]) -> None:
    size = (MODEL / "model.onnx").stat().st_size
    (MODEL / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    (MODEL / "README.md").write_text(card(config, config["validation"], size), encoding="utf-8")
    print(f"{percent(config['validation']['accuracy'])} of numbers on validation strips right, {size / 1e6:.2f} MB")


def ship(folder: Path) -> None:
    size = (folder / "model.onnx").stat().st_size
    if size > LARGEST:
        sys.exit(f"{folder}: model.onnx has {size:,} bytes, more than {LARGEST:,}")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
        hours = sum(float(epoch["seconds"]) for epoch in csv.DictReader(file)) / 3600
    MODEL.mkdir(exist_ok=True)
    shutil.copyfile(folder / "model.onnx", MODEL / "model.onnx")
    write(config | {"validation": metrics, "training_hours": round(hours, 2)})


def refit() -> None:
    """Fit how marks and strips are combined, and how far that can be trusted, with what is shipped at present."""
    from inkdigits.datasets import mnist
    from inkdigits.network import registry
    from inkdigits.training import recipe, split
    from inkdigits.training.numbers import answering, validation

    config = json.loads((MODEL / "config.json").read_text(encoding="utf-8"))
    of_run = recipe.from_dict(config["recipe"], config["recipe"]["name"], str(MODEL / "config.json"))
    assert isinstance(of_run, recipe.NumberRecipe)
    _, held_out = split.by_writer(mnist.train(), of_run.strips.held_out)
    unseen = validation.build(held_out, of_run.strips)
    write(config | answering.fit(unseen.for_answers(), unseen.for_lines(), registry.load(registry.DEFAULT)))


if __name__ == "__main__":
    if sys.argv[1] == "--refit":
        refit()
    else:
        ship(Path(sys.argv[1]))
