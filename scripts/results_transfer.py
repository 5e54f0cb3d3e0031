"""The part of docs/results.md about transfer across data sets."""

from __future__ import annotations

import statistics

from results_parts import RESULTS, percent, results, source


def transfer_page() -> str:
    """Return the part of the results page about transfer across data sets; nothing before it has been measured."""
    if not (RESULTS / "transfer.json").exists():
        return ""
    document = results("transfer")
    seeds, labels, sets = document["seeds"], [str(count) for count in document["labels"]], document["sets"]

    def cell(values: list[float]) -> str:
        spread = f" ± {percent(statistics.stdev(values), 1)}" if len(values) > 1 else ""
        return percent(statistics.fmean(values), 1) + spread

    def across(kind: str, source: str, target: str) -> str:
        return " | ".join(cell([seed[kind][source][target][count] for seed in seeds]) for count in labels)

    tuned = "\n".join(
        f"| {source} | {target} | {cell([seed['plain'][source][target] for seed in seeds])} | {across('finetuned', source, target)} |"
        for source in sets
        for target in sets
        if source != target
    )
    kept = "\n".join(
        f"| {source} | {target} | {cell([seed['plain'][source][source] for seed in seeds])} | {across('kept', source, target)} |"
        for source in sets
        for target in sets
        if source != target
    )
    alone = "\n".join(
        f"| {target} | " + " | ".join(cell([seed["alone"][target][count] for seed in seeds]) for count in labels) + " |"
        for target in sets
    )
    counts = "; ".join(
        f"{name}: {size['learned']:,} learned from, {size['answered']:,} answered" for name, size in sets.items()
    )
    heads = " | ".join(f"{int(count):,} labels" for count in labels)
    return f"""
## Transfer across data sets

The exercise's CNN, trained on one set (about two epochs of MNIST's size, augmented), answers the others, as it is and fine-tuned as
`inkdigits train finetune` does it; mean of {len(seeds)} seeds and their standard deviation. Labels are spread evenly over the classes; of
optdigits there are fewer than 1,000, and all are taken. USPS and optdigits are not part of the project: their tuning halves were
learned from by networks that were then thrown away, their reporting halves answered. MNIST is its training and validation writers.
{counts}.

| trained on | answers | as it is | {heads} |
|---|---|---|{"---|" * len(labels)}
{tuned}

What it still knows of the set that it came from:

| trained on | fine-tuned to | before | {heads} |
|---|---|---|{"---|" * len(labels)}
{kept}

The same labels alone, without a network to go on from:

| answers | {heads} |
|---|{"---|" * len(labels)}
{alone}

{source(document)}"""
