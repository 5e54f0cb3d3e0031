"""The parts of docs/results.md about networks made of networks: ensembles, and files in 8 bits."""

from __future__ import annotations

import statistics
from typing import Any

from results_parts import RESULTS, percent, results, source


def networks_page() -> str:
    """Return the parts that have been measured."""
    return ensembles_part() + quantised_part()


def documents(kind: str) -> list[dict[str, Any]]:
    return [results(path.stem) for path in sorted(RESULTS.glob(f"{kind}_*.json"))]


def mean(spread: dict[str, Any]) -> str:
    """Return mean and standard deviation."""
    deviation = f" ± {percent(spread['deviation'], 3)}" if spread["deviation"] is not None else ""
    return percent(spread["mean"], 3) + deviation


def members_of(document: dict[str, Any]) -> str:
    """Return of what a document's ensembles are made, in words."""
    return " and ".join(f"{'one' if size == 1 else size} of `{recipe}`" for recipe, size in document["sizes"].items())


def ensembles_part() -> str:
    """Return the part about ensembles."""
    found = documents("ensemble")
    if not found:
        return ""
    rows = "\n".join(
        f"| {members_of(document)}, {how} | {mean(figures['members']['accuracy'])} | **{percent(figures['ensembles']['accuracy']['mean'], 3)}** "
        f"| {', '.join(percent(one['accuracy']) for one in figures['each'])} "
        f"| {percent(figures['members']['without_contested_labels']['mean'], 3)} | {percent(figures['ensembles']['without_contested_labels']['mean'], 3)} |"
        for document in found
        for how, figures in (("plain", document["plain"]), ("augmented", document["tta"]))
    )
    return f"""
### Ensembles

The probabilities of several seeds of one recipe, or of several recipes, are averaged; the ensembles are the seeds in order, and share none. “Augmented” asks each
network about {len(found[0]["views"])} small shifts and turns of a digit. The last columns leave out the fifteen test labels that a majority of
five people did not agree with (Northcutt et al. 2021).

| ensembles | one network, mean | ensembles, mean | each | one network, uncontested labels | ensembles, uncontested labels |
|---|---|---|---|---|---|
{rows}

{"".join(source(document) for document in found)}"""


def quantised_part() -> str:
    """Return the part about files in 8 bits."""
    found = documents("quantised")
    if not found:
        return ""
    names = {"float32": "float32, as exported", "weights": "weights in int8", "static": "wholly in 8 bits"}
    rows = "\n".join(
        f"| `{document['recipe']}`, {names[name]} | {kind['largest_bytes']:,} | {mean(kind['accuracy'])} "
        f"| {percent(statistics.fmean(seed['labels_agree'] for seed in kind['seeds'].values()), 3)} | {document['runs']} |"
        for document in found
        for name, kind in document["kinds"].items()
    )
    return f"""
### Files in 8 bits

The ONNX file of every finished seed as it was exported, with its weights in int8, and wholly in 8 bits (`inkdigits quantise`). Bytes are those
of the largest file among the seeds.

| file | bytes | test accuracy, mean | same answer as float32 | seeds |
|---|---|---|---|---|
{rows}

{"".join(source(document) for document in found)}"""
