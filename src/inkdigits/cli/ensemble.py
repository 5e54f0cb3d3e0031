"""`inkdigits ensemble MODEL MODEL…`: several networks as one, whose probabilities are averaged."""

from __future__ import annotations

from pathlib import Path

import click

from inkdigits.cli import made
from inkdigits.cli.left_out import LeftOut
from inkdigits.errors import require


@click.command()
@click.argument("models", nargs=-1, required=True)
@click.option("--data", "data_name",
              help="Digits that it is calibrated on, as for train.  [default: those the first was trained on]")  # fmt: skip
@click.option(
    "--out", type=click.Path(path_type=Path, file_okay=False), required=True, help="Folder for the new model."
)
def ensemble(models: tuple[str, ...], data_name: str | None, out: Path) -> None:
    """Make one model of several MODELS (shipped ones' names, run folders or model.onnx files).

    Its probabilities are the mean of theirs; its confidence is calibrated anew, on the validation digits, unless a member
    has learned from all digits. Decide on the members before any of them is tested: an ensemble of the best ones is
    chosen on the test set.
    """
    require("making an ensemble", "train", "tensorflow", "keras", "onnx", "scipy")
    left_out = LeftOut()
    made.starting()
    from inkdigits import derived

    made.ensemble(derived.ensemble(models, out, data_name, left_out, left_out.warn))
    left_out.end()
