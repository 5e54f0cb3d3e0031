"""`inkdigits quantise MODEL`: the same network in 8 bits, and what that costs."""

from __future__ import annotations

import hashlib
from pathlib import Path

import click
import numpy as np

from inkdigits import network
from inkdigits.cli.held_out import halves
from inkdigits.cli.left_out import LeftOut
from inkdigits.errors import InputError, require
from inkdigits.network import quantise as quantising
from inkdigits.network.registry import locate, save
from inkdigits.network.session import open_session

_CALIBRATION = 1024  # training digits that the ranges of activations are measured on
_AGREEMENT = 0.99  # share of the validation digits that must get the answer they got before


@click.command()
@click.argument("model")
@click.option("--kind", type=click.Choice(["weights", "static"]), default="weights", show_default=True,
              help="weights: a quarter of the file, as fast as before. static: computes in 8 bits, too, which is "
              "faster where the processor can.")  # fmt: skip
@click.option("--data", "data_name",
              help="Digits that measure what it costs, as for train.  [default: those it was trained on]")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for the new model.  [default: runs/MODEL-int8-KIND]")  # fmt: skip
def quantise(model: str, kind: str, data_name: str | None, out: Path | None) -> None:
    """Write a MODEL (a shipped one's name, a run folder or a model.onnx) in 8 bits into a folder of its own.

    Both are compared on the validation digits; if fewer than 99 in 100 get the same answer, nothing is written.
    """
    require("quantising a model", "train", "tensorflow", "keras", "onnx")
    net = network.load(model)
    before = locate(model).read_bytes()
    if quantising.is_quantised(before):
        raise InputError(model, "is in 8 bits already", "give the model that it was made of")
    out = out or Path("runs") / f"{net.name}-int8-{kind}"
    training, validation = halves([net], data_name, left_out := LeftOut())
    some = np.random.default_rng(0).permutation(len(training))[:_CALIBRATION]
    after = quantising.weights(before) if kind == "weights" else quantising.static(before, training.images[some])

    small = network.Network(net.name, open_session(after, f"{model} in 8 bits"))
    old, new = (n.probabilities(validation.images)[:, :10].argmax(axis=1) for n in (net, small))
    same = int((old == new).sum())
    if same < _AGREEMENT * len(validation):
        problem = f"reads {len(validation) - same:,} of {len(validation):,} validation digits otherwise in 8 bits"
        raise InputError(model, problem, "use --kind weights, or the model as it is")
    accuracy, accuracy_before = (float((answers == validation.labels).mean()) for answers in (new, old))
    figures = {
        "kind": kind,
        "from_sha256": hashlib.sha256(before).hexdigest(),
        "bytes": len(after),
        "bytes_before": len(before),
        "validation": {"digits": len(validation), "labels_agree": same, "accuracy": accuracy,
                       "accuracy_before": accuracy_before},
    }  # fmt: skip
    # What was proved and tested was the other file.
    kept = {key: value for key, value in net.config.items() if key not in ("proof", "test")}
    save(out, after, {**kept, "quantised": figures})
    learned = "" if "answering" in net.config else " (from which it may have learned)"
    click.echo(f"{len(before):,} bytes became {len(after):,}.")
    click.echo(
        f"On {validation.name}{learned}, {same:,} of {len(validation):,} labels agree; accuracy was {accuracy_before:.2%} "
        f"and is {accuracy:.2%}."
    )
    click.echo(f"Model: {out}")
    left_out.end()
