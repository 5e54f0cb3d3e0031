"""Find out whether the code that is there now gives the same numbers as that of a finished run, and write it down if so.

Trains the run's recipe and seed again, by the same versions of the packages and on the same machine, and compares every
epoch, what was learned from, and the figures at the end. If they are equal, both hashes of the code are one from then on:
src/inkdigits/equal_code.json is to be committed. MNIST's test digits are opened once more for it, and the log says so.

Usage: python scripts/equal_code.py RUN_FOLDER
"""

from __future__ import annotations

import csv
import json
import math
import sys
import tempfile
from pathlib import Path
from typing import Any

from inkdigits import code_hash, run
from inkdigits.datasets import load
from inkdigits.files import write_text
from inkdigits.training import recipe

_NEAR = 1e-5  # of losses, which are sums in an order that threads decide
_COUNTS = ("correct", "digits", "confusion", "right", "strips", "there", "said")


def differences(old: Path, new: Path) -> list[str]:
    """Return in which numbers two finished runs differ, in words; none if they are the same."""
    found = []
    configs = [run.read_config(folder / "config.json") for folder in (old, new)]
    for key in ("recipe_hash", "seed", "data_sha256", "learned_sha256"):
        first, second = (config.get(key) for config in configs)
        if first != second and not (key == "learned_sha256" and first is None):  # a run from before such hashes
            found.append(key)
    histories = [_history(folder) for folder in (old, new)]
    if [sorted(row) for row in histories[0]] != [sorted(row) for row in histories[1]]:
        return [*found, "epochs"]
    for before, after in zip(*histories, strict=True):
        found += [
            f"{name} of epoch {before['epoch']:.0f}"
            for name, value in before.items()
            if name != "seconds" and not math.isclose(value, after[name], rel_tol=_NEAR, abs_tol=_NEAR)
        ]
    metrics = [json.loads((folder / "metrics.json").read_text(encoding="utf-8")) for folder in (old, new)]
    return found + [name for name in _COUNTS if metrics[0].get(name) != metrics[1].get(name)]


def _history(folder: Path) -> list[dict[str, float]]:
    with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
        return [{name: float(value) for name, value in row.items()} for row in csv.DictReader(file)]


def entry(config: dict[str, Any], old: str, new: str, metrics: dict[str, Any]) -> dict[str, Any]:
    """Return what stands in the table: both hashes, and how it was found out that they are equal."""
    figures = {name: metrics[name] for name in ("accuracy", "f1", "correct", "digits") if name in metrics}
    about = {key: config[key] for key in ("recipe_hash", "seed", "versions")}
    return {"equal": [old, new], "recipe": config["name"], **about, "figures": figures}


def main(folder: Path, table: Path = code_hash.EQUAL) -> None:
    config = run.read_config(folder / "config.json")
    codes = code_hash.of_config(config)
    chosen = recipe.from_dict(config["recipe"], config["name"], str(folder))
    now = code_hash.of(chosen, config["data"])
    if len(codes) > 1 or code_hash.UNKNOWN in (*codes, now):
        sys.exit(f"{folder}: was made by {code_hash.words(config)}, which is no single state of the code")
    if code_hash.same(codes, [now], table):
        sys.exit(f"{folder}: was made by the code that is there now; there is nothing to find out")
    with tempfile.TemporaryDirectory() as place:
        again = run.start(
            chosen, config["seed"], config["data"], Path(place), f"python scripts/equal_code.py {folder.name}"
        )
        versions = run.read_config(again / "config.json")["versions"]
        changed = [name for name in versions if versions[name] != config["versions"].get(name) and name != "inkdigits"]
        if changed:
            sys.exit(f"{folder}: was made with other versions of {', '.join(changed)}; install those first")
        run.finish(again, load.find(config["data"]), run.Watcher(on_stage=print))
        found = differences(folder, again)
    if found:
        sys.exit(f"Not the same: {', '.join(found)}. The code before and that of now are two.")
    metrics = json.loads((folder / "metrics.json").read_text(encoding="utf-8"))
    entries = [*code_hash.read_table(table), entry(config, codes[0], now, metrics)]
    write_text(table, json.dumps(entries, indent=1) + "\n")
    print(f"The same numbers. Written into {table.name}: commit it.")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
