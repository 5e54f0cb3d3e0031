"""The parts of docs/results.md about how fast networks train and answer: `fast`, throughput and latency."""

from __future__ import annotations

from results_parts import RESULTS, percent, results, source


def speed_page() -> str:
    """Return the parts that have been measured."""
    parts = {"fast": fast_part, "throughput": throughput_part, "latency": latency_part}
    return "".join(part() for name, part in parts.items() if (RESULTS / f"{name}.json").exists())


def fast_part() -> str:
    """Return the part about the fastest training."""
    document = results("fast")
    low, high = document["mean_95_interval"] or (document["mean_accuracy"],) * 2
    least, most = (bound(row["accuracy"] for row in document["fast"]) for bound in (min, max))
    epochs = sorted(row["epochs"] for row in document["plain"])
    return f"""
### The fastest training

`fast`, {document["seeds"]} seeds, each in a process of its own: **{percent(document["mean_accuracy"], 3)}** of the test digits (95 % interval of the mean
{percent(low, 3)} to {percent(high, 3)}; seeds from {percent(least)} to {percent(most)}) after **{document["seconds_median"]:.2f} s** of training, median; {document["seconds_most"]:.2f} s at most. Making and
tracing the network is in it, imports and reading the digits are not. The exercise's network in plain Keras, timed in between, took
{document["plain_seconds_median"]:.0f} s to {percent(document["plain_target"])} on validation (median of {len(epochs)} runs, {epochs[0]} to {epochs[-1]} epochs): **{document["times_faster"]:.0f} times** as long.

{source(document)}"""


def throughput_part() -> str:
    """Return the part about digits a second."""
    document = results("throughput")
    sizes = list(document["rows"][0]["digits_a_second"])
    rows = "\n".join(
        f"| `{row['network']}` | {row['engine']} | "
        + " | ".join(f"{row['digits_a_second'][size]:,}" for size in sizes)
        + " |"
        for row in document["rows"]
    )
    accuracy = f", {percent(document['accuracy'])} of MNIST's test digits" if document["accuracy"] else ""
    return f"""
### Digits a second

`{document["model"]}` ({document["parameters"]:,} parameters, {document["bytes"] / 1000:.0f} kB{accuracy}) through `classify_glyphs`, beside the exercise's network `classic` in
four engines: medians of {document["rounds"] * document["calls_a_round"]} calls, taken in turn in one process. All begin with glyphs in bytes; `classify_glyphs` alone calibrates.

| network | engine | {" | ".join(f"digits a second, batches of {int(size):,}" for size in sizes)} |
|---|---|{"---|" * len(sizes)}
{rows}

{source(document)}"""


def latency_part() -> str:
    """Return the part about one glyph at a time."""
    document = results("latency")
    rows = "\n".join(
        f"| `{row['network']}` | {row['engine']} | {row['p50_ms']:.3f} ms | {row['p99_ms']:.3f} ms |"
        for row in document["rows"]
    )
    return f"""
### One glyph

Every shipped network through `classify_glyphs`, and `classic` in other engines: {document["calls"]:,} calls of each, after warming up, in turn in one
process.

| network | engine | p50 | p99 |
|---|---|---|---|
{rows}

{source(document)}"""
