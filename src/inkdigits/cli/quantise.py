"""`inkdigits quantise MODEL`: the same network in 8 bits, and what that costs."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from inkdigits import network
from inkdigits.cli import made
from inkdigits.cli.left_out import LeftOut
from inkdigits.errors import require

if TYPE_CHECKING:
    from inkdigits.derived import Kind


@click.command()
@click.argument("model")
@click.option("--kind", type=click.Choice(["weights", "static"]), default="weights", show_default=True,
              help="weights: a quarter of the file, as fast as before. static: computes in 8 bits, too, which is "
              "faster where the processor can.")  # fmt: skip
@click.option("--data", "data_name",
              help="Digits that measure what it costs, as for train.  [default: those it was trained on]")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for the new model.  [default: runs/MODEL-int8-KIND]")  # fmt: skip
def quantise(model: str, kind: Kind, data_name: str | None, out: Path | None) -> None:
    """Write a MODEL (a shipped one's name, a run folder or a model.onnx) in 8 bits into a folder of its own.

    Both are compared on the validation digits; if fewer than 99 in 100 get the same answer, nothing is written.
    """
    require("quantising a model", "train", "tensorflow", "keras", "onnx")
    out = out or Path("runs") / f"{network.load(model).name}-int8-{kind}"
    left_out = LeftOut()
    made.starting()
    from inkdigits import derived

    made.quantised(derived.quantise(model, out, kind, data_name, left_out, left_out.warn))
    left_out.end()
