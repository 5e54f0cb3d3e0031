"""The part of docs/results.md about the laboratory's records: what was aimed at, what was reached, and what limits it."""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from typing import Any

from results_networks import members_of
from results_notes import NOTES
from results_parts import RESULTS, ROOT, percent, results

PARAMETERS = 1_000  # what `tiny` may have
MULTIPLY_ADDS = 10_000_000  # what `best` may do
LABELS = ["10", "100", "1000"]  # of the other set, in the table of transfer
SMALL_FILE = 26_000  # bytes: the file of the ONNX model zoo, mnist-12

Row = tuple[str, str, str, str, str]  # figure, gate, record, reached, met


def records_page() -> str:
    """Return the table of records with the notes on them."""
    rows = [*fast(), *best(), *ensembles(), *tiny(), *smallest(), *throughput(), *latency(), *transfer()]
    table = "\n".join(f"| {' | '.join(row)} |" for row in rows)
    notes = "".join(f"\n**{what}.** {text.strip()}\n" for what, text in NOTES.items())
    return f"""
## The laboratory

Gate and record were set before anything was trained. Every accuracy is a mean over seeds that were not chosen among others, each network is the
one after its last epoch, and how it was measured stands below.

| figure | gate | record | reached | |
|---|---|---|---|---|
{table}
{notes}"""


def row(figure: str, gate: str, record: str, reached: str, over_gate: bool, over_record: bool) -> Row:
    return figure, gate, record, reached, "record" if over_record else "gate" if over_gate else "**not reached**"


def missing(figure: str, gate: str, record: str) -> Row:
    return figure, gate, record, "", "not measured yet"


def found(name: str) -> dict[str, Any] | None:
    return results(name) if (RESULTS / f"{name}.json").exists() else None


def every(kind: str) -> list[dict[str, Any]]:
    """Return all documents of a kind that has one for each recipe."""
    return [results(path.stem) for path in sorted(RESULTS.glob(f"{kind}_*.json"))]


def fast() -> Iterator[Row]:
    time = "`fast`: seconds of training, for a mean of at least 99.0 % over 30 seeds", "≤ 5 s", "≤ 2.5 s"
    ratio = "`fast`: times faster than plain Keras until 98.98 % on validation", "", "≥ 20"
    document = found("fast")
    if document is None:
        yield missing(*time)
        yield missing(*ratio)
        return
    accurate = document["mean_accuracy"] >= 0.99 and document["seeds"] >= 30
    seconds = document["seconds_median"]
    yield row(
        *time,
        f"{seconds:.2f} s, {percent(document['mean_accuracy'], 3)}, {document['seeds']} seeds",
        accurate and seconds <= 5,
        accurate and seconds <= 2.5,
    )
    faster = accurate and document["times_faster"] >= 20
    yield row(*ratio, f"{document['times_faster']:.1f}", faster, faster)


def best() -> Iterator[Row]:
    figure = "`best`: one network, at most 10 M multiply-adds, mean of at least 10 seeds", "≥ 99.70 %", "≥ 99.75 %"
    document = found("series_best")
    if document is None:
        yield missing(*figure)
        return
    fits = document["runs"] >= 10 and (document["multiply_adds"] or MULTIPLY_ADDS + 1) <= MULTIPLY_ADDS
    reached = f"{percent(document['mean_accuracy'], 3)}, {document['runs']} seeds"
    if document["multiply_adds"]:
        reached += f", {document['multiply_adds'] / 1e6:.1f} M"
    mean = document["mean_accuracy"]
    yield row(*figure, reached, fits and mean >= 0.997, fits and mean >= 0.9975)


def ensembles() -> Iterator[Row]:
    figure = "ensembles fixed in advance, mean of at least 3 that share no member"
    documents = every("ensemble")
    if not documents:
        yield missing(figure, "≥ 99.75 %", "≥ 99.80 %")
    for document in documents:
        kinds = {"plain": "", "tta": ", with test-time augmentation"}
        for kind, how in kinds.items():
            spread = document[kind]["ensembles"]["accuracy"]
            enough, mean = spread["count"] >= 3, spread["mean"]
            yield row(
                f"{figure}: {members_of(document)}{how}",
                "≥ 99.75 %",
                "≥ 99.80 %",
                f"{percent(mean, 3)}, {spread['count']} ensembles",
                enough and mean >= 0.9975,
                enough and mean >= 0.998,
            )


def tiny() -> Iterator[Row]:
    figure = "`tiny`: at most 1,000 parameters, mean of at least 10 seeds", "≥ 98.8 %", "≥ 99.0 %"
    document = found("series_tiny")
    if document is None:
        yield missing(*figure)
        return
    fits = document["runs"] >= 10 and document["parameters"] <= PARAMETERS
    mean = document["mean_accuracy"]
    reached = f"{percent(mean, 3)}, {document['runs']} seeds, {document['parameters']:,} parameters"
    yield row(*figure, reached, fits and mean >= 0.988, fits and mean >= 0.99)


def smallest() -> Iterator[Row]:
    figure = "bytes of an ONNX file", "≤ 26 kB at ≤ 0.6 % error", "≤ 26 kB at ≤ 0.5 % error"
    files = [
        (kind["accuracy"]["mean"], kind["largest_bytes"], document["recipe"], name)
        for document in every("quantised")
        for name, kind in document["kinds"].items()
    ]
    if not files:
        yield missing(*figure)
        return
    # The file with the fewest errors among those that are small enough; where none is, the smallest.
    small = [file for file in files if file[1] <= SMALL_FILE]
    accuracy, size, recipe, kind = max(small) if small else min(files, key=lambda file: file[1])
    fits = size <= SMALL_FILE
    reached = f"{size / 1000:.1f} kB, {percent(1 - accuracy)} error (`{recipe}`, {kind})"
    yield row(*figure, reached, fits and accuracy >= 0.994, fits and accuracy >= 0.995)


def throughput() -> Iterator[Row]:
    figure = (
        "digits a second of a network with at least 99.5 %, two cores, `classify_glyphs`",
        "≥ 40,000",
        "≥ 100,000",
    )
    document = found("throughput")
    if document is None:
        yield missing(*figure)
        return
    speed = max(document["rows"][0]["digits_a_second"].values())
    accuracy = document["accuracy"]
    fits = accuracy is not None and accuracy >= 0.995 and document["machine"]["cores"] <= 2
    reached = f"{speed:,} (`{document['model']}`" + (f", {percent(accuracy)})" if accuracy else ")")
    yield row(*figure, reached, fits and speed >= 40_000, fits and speed >= 100_000)


def latency() -> Iterator[Row]:
    """Yield what is a table further down, met when every shipped network is in it."""
    figure = "one glyph, p50 / p99 in ms, of every shipped network, `classify_glyphs`", "", "a table beside Keras"
    document = found("latency")
    if document is None:
        yield missing(*figure)
        return
    times = {
        (line["network"], line["engine"]): f"{line['p50_ms']:.3f} / {line['p99_ms']:.3f}" for line in document["rows"]
    }
    own = {network: time for (network, engine), time in times.items() if engine == "classify_glyphs"}
    shipped = {path.parent.name for path in ROOT.glob("src/inkdigits/network/models/*/config.json")}
    whole = shipped <= set(own)
    reached = ", ".join(f"`{network}` {time}" for network, time in own.items())
    reached += f"; `classic` in Keras `predict` {times['classic', 'Keras predict']}"
    yield row(*figure, reached, whole, whole)


def transfer() -> Iterator[Row]:
    """Yield the means over all pairs of data sets, met when the table has three sets and all numbers of labels."""
    figure = "transfer between MNIST, USPS and optdigits, as it is and with 10, 100 and 1,000 labels", "", "a table"
    document = found("transfer")
    if document is None:
        yield missing(*figure)
        return
    seeds, sets, labels = document["seeds"], document["sets"], [str(count) for count in document["labels"]]
    pairs = [(source, target) for source in sets for target in sets if source != target]
    plain = statistics.fmean(seed["plain"][source][target] for seed in seeds for source, target in pairs)
    tuned = [
        statistics.fmean(seed["finetuned"][source][target][count] for seed in seeds for source, target in pairs)
        for count in labels
    ]
    whole = len(sets) == 3 and labels == LABELS
    after = ", ".join(percent(mean, 1) for mean in tuned)
    reached = f"mean of {len(pairs)} pairs, {len(seeds)} seeds: {percent(plain, 1)}, then {after}"
    yield row(*figure, reached, whole, whole)
