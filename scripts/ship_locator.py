"""Put a finished run's locator into the package, with its card.

Usage: python scripts/ship_locator.py RUN_FOLDER    writes src/inkdigits/locating/model/
"""

from __future__ import annotations

import csv
import json
import shutil
import sys
from pathlib import Path
from typing import Any

from inkdigits import code_hash

MODEL = Path(__file__).parent.parent / "src" / "inkdigits" / "locating" / "model"
LARGEST = 2_000_000  # bytes of the ONNX file

Figures = dict[str, Any]


def percent(value: float) -> str:
    return f"{100 * value:.1f} %"


def row(name: str, figures: Figures) -> str:
    """Return a line of the card's tables, with 95 % intervals."""

    def share(key: str, of: int) -> str:
        low, high = figures[f"{key}_95_interval"]
        return f"{percent(figures[key])} ({percent(low)} to {percent(high)})" if of else "–"

    there, said = figures["there"], figures["said"]
    f1 = percent(figures["f1"]) if there else "–"
    return f"| {name} | {there:,} | {said:,} | {share('precision', said)} | {share('recall', there)} | {f1} |"


def weakest(tables: dict[str, Figures]) -> str:
    """Return the two with the lowest F1, of those that there are any of."""
    known = {name: figures["f1"] for name, figures in tables.items() if figures["there"]}
    return ", ".join(f"{name} ({percent(known[name])})" for name in sorted(known, key=known.__getitem__)[:2])


def card(config: dict[str, Any], metrics: dict[str, Any], hours: float, size: int) -> str:
    """Return the model card, Markdown."""
    recipe, pages, digits = config["recipe"], config["pages"], config["digits"]
    training, drawn = recipe["training"], recipe["pages"]
    differences = config["proof"]["largest_difference"]
    versions = ", ".join(f"{name} {version}" for name, version in config["versions"].items())
    head = "| | there | given | precision (95 % interval) | recall (95 % interval) | F1 |\n|---|---|---|---|---|---|"
    scenes = "\n".join(row(name, figures) for name, figures in metrics["scenes"].items())
    note = f"| Note | {config['note']} |\n" if "note" in config else ""
    signs = "\n".join(row(f"`{sign}`", figures) for sign, figures in metrics["separators"].items())
    return f"""\
# Model card: locator

It finds digits and the separators `. , - / :` on a grey page, says which digit each is, how large, and where the next digit of its
number stands, and tells handwriting, print and ruling apart. `inkdigits.locating` runs it; the digit network has the last word on
which digit it is.

| | |
|---|---|
| Architecture | fully convolutional, encoder of residual blocks to stride 16, decoder back to strides 4 and 2 (training/locator/network.py), {config["parameters"]:,} parameters, {config["multiply_adds_a_megapixel"] / 1e9:.1f} G multiply-adds a megapixel |
| Recipe | `{recipe["name"]}`, hash {config["recipe_hash"]}, seed {config["seed"]} (the first; not chosen among others) |
| Trained on | {pages["training"]:,} synthetic pages of {drawn["size"]}×{drawn["size"]} pixels, none seen twice, {training["epochs"]} epochs; handwritten digits on them are redrawn from at most {drawn["digits"]:,} of {digits["training"]:,} of MNIST's training digits and from strokes of our own, letters from fonts and strokes of our own, print from fonts |
| Held out | {digits["validation"]:,} of MNIST's training digits, whole writers, every seventh font and form of a digit, and hands that write our own letters: validation pages have these alone. MNIST's test digits were not opened |
| Size | {size / 1e6:.2f} MB, ONNX, weights in 16 bits, which become 32 when the file is loaded |
| Export | ONNX Runtime against Keras on {config["proof"]["pictures"]} pages: at most {differences["float32"]:.1g} off with weights in 32 bits; with those of the file, the probability of a centre at most {differences["file, centres"]:.1g} |
| Made again by | `inkdigits train locator --seed {config["seed"]}`, {hours:.1f} hours on {config["machine"]}, training in {config["precision"]}; on an NVIDIA card by the same command with the extra `train-gpu`, which has not been tried yet |
| Versions | {versions} |
| Code | {code_hash.words(config)} |
{note}
## Input and output

| | | |
|---|---|---|
| Input | `picture` | float32 (N, 2, H, W), H and W multiples of 16: `inkdigits.locating.maps.inputs` of a grey picture, channels first. The first channel is brightness standardised over the whole picture, the second over a window of 61 pixels. Ink may be darker or lighter than its ground |
| Output | `marks` | float32 (N, 28, H/4, W/4), before activation. 0 to 6: log-odds that the centre of a handwritten digit, a printed digit, `.`, `,`, `-`, `/` or `:` is in a cell. 7 to 16: which digit, logits. 17 to 20: from the cell's middle to the box's left, top, right and bottom, in 16 pixels. 21: log-odds that a digit of the same number follows; 22 and 23: from the cell's middle to its centre, across and down, in 32 pixels. 24 to 27: whether the page is upright, or turned by 1, 2 or 3 right angles counter-clockwise, logits |
| Output | `ink` | float32 (N, 3, H/2, W/2): log-odds that handwriting, print and ruling cover a pixel |

Digits are found from 9 to 64 pixels high. Most of the training pages' digits are about 28; `inkdigits.locating.locate` reads pages
where they are 31: larger ones are told from print more surely, smaller ones from the grain of the paper.

## Figures on validation pages

Digits count as found in their place (centre within 0.3 of the box) and as the right digit, given with a score of {metrics["score"]} or more.
The pages come from the program that drew the training pages: how it reads photos and scans is in docs/results.md.

{head}
{row(f"handwritten digits, {metrics['pages']} pages of all scenes", metrics)}

{metrics["pages_of_each_scene"]} pages of each scene, handwritten digits:

{head}
{scenes}

Printed digits and separators on the same pages:

{head}
{row("printed digits", metrics["printed"])}
{signs}

Turned by a right angle or not, it says so rightly of {metrics["turns"]["right"]} of {metrics["turns"]["pages"]} pages.

## Known weaknesses

- It has seen drawn pages alone. What the program does not draw (other scripts' digits, cursive running through a number, unusual
  forms of digits, paper that looks like none of its kinds) it may miss or take for digits.
- A letter or sign that looks like a digit (O, l, I, S, Z, q, a bracket, a tick) can be found as one: the digit network, which knows
  what is not a digit, has to reject it.
- Digits outside 9 to 64 pixels are missed, so mixed sizes need more than one pass; digits that overlap by more than half hide each other.
- Weakest scenes: {weakest(metrics["scenes"])}. Weakest separators: {weakest(metrics["separators"])}.
- Its scores are not calibrated: `inkdigits` combines them with the digit network's before it states a confidence. How far that is right
  was fitted on {config["fitted_on"]["pages"]} validation pages, every second one of words and letters alone (`training.locator.answering`); among digits answered there,
  at most 1 in 300 is wrong under strict trust, and 1 in 20 under normal. Photos and scans are other material: docs/results.md.
- It decides nothing about a person. Where an error costs money or more, let a person look at what is not sure.

## Licence and origin

MIT, by the Inkdigits authors, trained by them from scratch: no weights of others are in it. MNIST, whose training digits were redrawn,
is by Yann LeCun, Corinna Cortes and Christopher J. C. Burges, CC BY-SA 3.0. The fonts, with their licences, are listed in
src/inkdigits/synthetic/font_outlines/README.md and font_glyphs/README.md; these licences do not extend to what is drawn with them.
"""


def main(folder: Path) -> None:
    size = (folder / "model.onnx").stat().st_size
    if size > LARGEST:
        sys.exit(f"{folder}: model.onnx has {size:,} bytes, more than {LARGEST:,}")
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
        hours = sum(float(epoch["seconds"]) for epoch in csv.DictReader(file)) / 3600
    MODEL.mkdir(exist_ok=True)
    shutil.copyfile(folder / "model.onnx", MODEL / "model.onnx")
    config |= {"validation": metrics, "training_hours": round(hours, 2)}
    (MODEL / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    (MODEL / "README.md").write_text(card(config, metrics, hours, size), encoding="utf-8")
    print(f"shipped the locator: F1 {percent(metrics['f1'])} on validation pages, {size / 1e6:.2f} MB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
