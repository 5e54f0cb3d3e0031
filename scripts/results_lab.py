"""The parts of docs/results.md about the laboratory: series of seeds, and the openings of the test set."""

from __future__ import annotations

import json
import statistics
from typing import Any

from results_parts import RESULTS, percent, results, source


def series_page() -> str:
    """Return the part about series of seeds: a table of all, and the seeds of each. Nothing if there are none yet."""
    names = sorted(path.stem for path in RESULTS.glob("series_*.json"))
    if not names:
        return ""
    documents = sorted((results(name) for name in names), key=lambda d: -d["mean_accuracy"])
    table = "\n".join(
        f"| `{d['recipe']}` | {d['runs']} | **{percent(d['mean_accuracy'], 3)}** | {interval(d)} | {deviation(d)} | {uncontested(d)} "
        f"| {percent(d['mean_validation_accuracy'], 3) if d['mean_validation_accuracy'] else ''} | {d['parameters']:,} | {millions(d['multiply_adds'])} "
        f"| {d['mean_training_seconds']:,.0f} s |"
        for d in documents
    )
    seeds = "\n".join(
        f"- `{d['recipe']}` ({d['description']}; recipe hash {d['recipe_hash']}), `{d['train_command']}`: "
        + ", ".join(percent(row["accuracy"]) for row in d["seeds"].values())
        + f". {source(d)}"
        for d in documents
    )
    return f"""
### Series of seeds

Each recipe is trained with many seeds, and none of them is left out. Test accuracy is on MNIST's 10,000 test digits, which each run opens
once, after its last epoch. The interval is of the mean over seeds (Student's t); that there are only these 10,000 digits is not in it: their
standard error is {percent((0.995 * 0.005 / 10_000) ** 0.5)} at 99.5 %. Uncontested leaves out fifteen labels that a majority of five people did not agree with (Northcutt et al. 2021). Two networks are compared in pairs: `inkdigits compare`. Training is the sum of the epochs.

| recipe | seeds | test accuracy, mean | 95 % interval of the mean | standard deviation | uncontested labels, mean | validation accuracy, mean | parameters | multiply-adds | training |
|---|---|---|---|---|---|---|---|---|---|
{table}

The seeds, in order:

{seeds}"""


def cluster_page() -> str:
    """Return the part about a series on a cluster, one of whose machines is killed."""
    figures = results("ray_cluster")
    return f"""
## A machine that dies

{figures["seeds"]} seeds of a small recipe ({figures["epochs"]} epochs, {figures["digits"]:,} digits) on a Ray cluster of {figures["nodes"]} nodes, one of which was killed after
epoch {figures["after_epochs"]} of seed {figures["killed_at_seed"]}: {figures["finished"]} seeds were finished, in {figures["run_folders"]} run folders. The largest difference of any epoch's figures to the same
series without Ray: {figures["largest_difference"]:.1g}; the answers to the test digits were {"the same" if figures["same_test_answers"] else "others"}.

{source(figures)}"""


def interval(document: dict[str, Any]) -> str:
    bounds = document["mean_95_interval"]
    return f"{percent(bounds[0], 3)} to {percent(bounds[1], 3)}" if bounds else "one run"


def deviation(document: dict[str, Any]) -> str:
    value = document["standard_deviation"]
    return "" if value is None else percent(value, 3)


def uncontested(document: dict[str, Any]) -> str:
    """Return the mean without the contested labels; nothing where a seed was collected before it was kept."""
    values = [row.get("uncontested_accuracy") for row in document["seeds"].values()]
    return "" if None in values else percent(statistics.fmean(values), 3)


def millions(count: int | None) -> str:
    return "" if count is None else f"{count / 1e6:.3g} M"


def openings_page() -> str:
    """Return the part about how often MNIST's test set was opened. Nothing while there is no log."""
    log = RESULTS / "test_openings.jsonl"
    if not log.exists():
        return ""
    lines = [json.loads(line) for line in log.read_text(encoding="utf-8").splitlines()]
    kinds: dict[tuple[str, str, str], list[dict[str, Any]]] = {}
    for line in lines:
        kinds.setdefault((line["recipe"] or "none", line["recipe_hash"] or "", line["why"]), []).append(line)
    table = "\n".join(
        f"| `{recipe}` | {recipe_hash} | {why} | {len({str(line['seed']) for line in those})} | {len(those)} "
        f"| {min(line['when'] for line in those)[:10]} | {max(line['when'] for line in those)[:10]} |"
        for (recipe, recipe_hash, why), those in sorted(kinds.items())
    )
    return f"""
## How often the test set was opened

Training cannot reach MNIST's test digits, and whatever opens them for a network leaves a line in a log: when, for which network, why. Since
the log was begun, on {min(line["when"] for line in lines)[:10]}, they were opened **{len(lines)} times**, counted once for each network that was measured
(`benchmarks/results/test_openings.jsonl`). What stands above and not in this table was measured before there was the log.

| recipe | hash | why | seeds | openings | first | last |
|---|---|---|---|---|---|---|
{table}
"""
