"""Put a finished run's network into the package, with its card.

Usage: python scripts/ship_model.py RUN_FOLDER    writes src/inkdigits/network/models/NAME/
"""

from __future__ import annotations

import json
import shutil
import statistics
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

import inkdigits
from inkdigits import code_hash, network
from inkdigits.datasets import mnist
from inkdigits.evaluation import test_set
from inkdigits.evaluation.evaluate import evaluate

RESULTS = Path(__file__).parent.parent / "benchmarks" / "results"
MODELS = Path(__file__).parent.parent / "src" / "inkdigits" / "network" / "models"
_DEFAULT_LIMITS = """\
- It knows ten digits. Letters that look like them (O, l, I, S, Z, q, …) are read as digits: alone, they cannot be told from them.
- It has learned what is not a digit from letters and signs by hand and in print, scribbles, shapes, textures and touching
  digits. Other things can still get an answer, though seldom a sure one.
- Its digits are Latin ones (0-9) as written in Europe and America. Other scripts' digits are not known to it.
- Confidence was calibrated on MNIST's writers and on synthetic damage; on worse pictures it may be too sure of itself.
- It decides nothing about a person. Where an error costs money or more, let a person look at what it is not sure of, and
  check sums and check digits."""
_MNIST_ALONE = """\
- It has learned from MNIST alone: digits by US census staff and high-school students around 1990. Ways of writing that they did
  not use are read badly: a 1 with a long upstroke, a slashed 0, a crossed or hooked 7 less often, a 9 with a hook.
- It knows digits and nothing else. A letter or a scribble gets an answer, and a confident one at times: it has no notion of
  "not a digit". Show it digits only.
- One digit a picture. Two that touch are read as one; two beside each other get no answer, or one of them under trust `always`.
- Confidence is calibrated on MNIST's writers. On other people's digits it is too sure of itself.
- It decides nothing about a person. Where an error costs money or more, let a person look at what it is not sure of, and
  check sums and check digits."""
LIMITS = {
    "classic": _MNIST_ALONE,
    "light": f"{_MNIST_ALONE}\n- It is made for many digits that are in MNIST's form already. For pictures of other people's digits take `default`.",
    "default": _DEFAULT_LIMITS,
    "small": f"{_DEFAULT_LIMITS}\n- It is made for the page's drawings. For photos and scans `default` is better, and hardly slower.",
}


def speed(name: str) -> tuple[float, float]:
    """Return milliseconds for one glyph and digits a second in batches of 1,024, on this machine."""
    glyphs = np.zeros((1024, 28, 28), np.uint8)

    def median(part: Any, repeat: int) -> float:
        times = []
        for _ in range(repeat):
            started = time.perf_counter()
            inkdigits.classify_glyphs(part, model=name)
            times.append(time.perf_counter() - started)
        return statistics.median(times)

    return 1e3 * median(glyphs[:1], 500), 1024 / median(glyphs, 30)


def synthetic(config: dict[str, Any]) -> str:
    """Return what else it was trained on, for the card."""
    count = config["digits"].get("synthetic", 0)
    return f" and {count:,} synthetic pictures (recipe, section pool)" if count else ""


def seeds(config: dict[str, Any]) -> str:
    """Return which seeds the network is of, for the card."""
    if "seed" in config:
        return f"seed {config['seed']} (the first; not chosen among others)"
    first, last = config["seeds"][0], config["seeds"][-1]
    return f"seeds {first} to {last} (the first ones; not chosen among others), their probabilities averaged"


def made_by(config: dict[str, Any]) -> str:
    """Return the commands that make the network again, for the card."""
    name = config["recipe"]["name"]
    if "seed" in config:
        return f"`inkdigits train {name} --seed {config['seed']}`"
    trained = f"`inkdigits train {name} --seeds {len(config['seeds'])}`"
    made = "which writes each network in 8 bits and joins them (`[after]` in the recipe)"
    return f"{trained}, {made}"


def kept(config: dict[str, Any]) -> str:
    """Return what was found of each threshold on the recipe's mixture, for the card; nothing for a network without one."""
    found = config["answering"].get("kept")
    if not found:
        return ""
    rows = "\n".join(
        f"| {level} | {t['answered']:,} of {t['digits']:,} | {t['wrong']} (at most {t['wrong_bound']:.2%}) | "
        f"{t['letters_answered']} of {t['letters']:,} (at most {t['letters_bound']:.2%}) | "
        f"{t['others_answered']} of {t['others']:,} (at most {t['others_bound']:.2%}) |"
        for level, t in found.items()
    )
    return f"""

What was found on that mixture, with the share that is exceeded with a probability of 5 % at most (Clopper and Pearson):

| trust | digits answered | wrong among those | letters answered | other things answered |
|---|---|---|---|---|
{rows}"""


def card(name: str, config: dict[str, Any], metrics: dict[str, Any]) -> str:
    """Return the model card, Markdown."""
    low, high = metrics["accuracy_95_interval"]
    size = (MODELS / name / "model.onnx").stat().st_size
    one, many = speed(name)
    training = config["recipe"]["training"]
    rows = "\n".join(
        f"| {level} | {t['threshold']:.4f} | {t['coverage']:.2%} | {t['wrong']} of {t['answered']:,} ({t['error']:.3%}) |"
        for level, t in metrics["trust"].items()
    )
    return f"""\
# Model card: {name}

{config["recipe"]["description"]}. It reads a 28×28 digit in MNIST's form; `inkdigits.classify` brings any picture into that form.

| | |
|---|---|
| Architecture | `{config["recipe"]["network"]["architecture"]}` (training/architectures/), {config["parameters"]:,} parameters |
| Recipe | `{config["recipe"]["name"]}`, hash {config["recipe_hash"]}, {seeds(config)} |
| Trained on | {config["digits"]["training"]:,} of MNIST's 60,000 training digits{synthetic(config)}, {training["epochs"]} epochs; the other {config["digits"]["validation"]:,}, whole writers, held out |
| Accuracy | **{metrics["accuracy"]:.2%}** of MNIST's 10,000 test digits ({metrics["digits"] - metrics["correct"]} wrong), 95 % interval {low:.2%} to {high:.2%}; the test set had no part in training or choice |
| Calibration | temperature {config["answering"]["temperature"]:.4g}, fitted on MNIST's held-out writers; calibration error on the test digits {metrics["calibration_error"]:.2%} |
| Size | {size / 1e6:.2f} MB, ONNX, computing in {"8 bits" if "seeds" in config else "float32"} |
| Speed | {one:.3f} ms for one glyph alone, {many:,.0f} a second in batches of 1,024 on two cores, by the clock of the day it was shipped |
| Input | `glyphs`, uint8 (N, 28, 28): white ink on black, 20-pixel box, centre of mass in the middle |
| Output | `probabilities`, float32 (N, {10 + config["recipe"]["network"].get("not_digit", False)}), not yet calibrated (`inkdigits.classify_glyphs` calibrates) |
| Made again by | {made_by(config)} |
| Code | {code_hash.words(config)} |

## How sure it must be

Thresholds were fixed on {config["answering"]["fitted_on"] if isinstance(config["answering"]["fitted_on"], str) else "the held-out writers"}; the figures are of MNIST's test digits, already in its form.

| trust | least confidence | answered | wrong among those |
|---|---|---|---|
{rows}{kept(config)}

## Limits

{LIMITS[name]}

## Licence

MIT, by the Inkdigits authors. MNIST, which it was trained on, is by Yann LeCun, Corinna Cortes and Christopher J. C. Burges,
CC BY-SA 3.0.
"""


def main(folder: Path) -> None:
    config = json.loads((folder / "config.json").read_text(encoding="utf-8"))
    name = config["name"]
    fitted = RESULTS / f"thresholds_{name}.json"
    if fitted.exists():
        config["answering"]["thresholds"].update(json.loads(fitted.read_text(encoding="utf-8"))["thresholds"])
        config["answering"]["fitted_on"] = "MNIST's validation writers and the tuning halves of the development sets"
    target = MODELS / name
    target.mkdir(exist_ok=True)
    shutil.copyfile(folder / "model.onnx", target / "model.onnx")
    (target / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    # The network is finished; with its final thresholds, what each level of trust gives is measured again.
    net = network.load(target)
    test = test_set.open_test(
        mnist.test, "card of a shipped model (scripts/ship_model.py)", RESULTS / test_set.LOG, net
    )
    metrics = evaluate(net, test)[0].to_dict()
    keys = ("data", "digits", "correct", "accuracy", "accuracy_95_interval", "trust")
    config["test"] = {key: metrics[key] for key in keys}
    (target / "config.json").write_text(json.dumps(config, indent=1) + "\n", encoding="utf-8")
    (target / "README.md").write_text(card(name, config, metrics), encoding="utf-8")
    print(f"shipped {name}: {metrics['accuracy']:.2%}")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
