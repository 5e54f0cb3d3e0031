"""`inkdigits evaluate MODEL`: what a model is worth on a data set."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import click

from inkdigits import network
from inkdigits.cli import made
from inkdigits.cli.left_out import LeftOut
from inkdigits.errors import one_line


@click.command()
@click.argument("model", default=network.DEFAULT)
@click.option("--data", "data_name", default="mnist", show_default=True,
              help="mnist, a folder (IDX files, or class folders 0 to 9), a .csv or an .npz.")  # fmt: skip
@click.option("--out", type=click.Path(path_type=Path, file_okay=False),
              help="Folder for metrics, pictures and report.  [default: runs/evaluate-MODEL-DATA-TIME]")  # fmt: skip
@click.option("--tta", is_flag=True, help="Test-time augmentation: the mean over seven small shifts and turns.")
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object, and no report.")
def evaluate(model: str, data_name: str, out: Path | None, tta: bool, as_json: bool) -> None:
    """Measure a MODEL (a shipped one's name, a run folder or a model.onnx) on the test half of a data set.

    A data set without a test half is used whole, or what was held out of it where the model was trained on it. That MNIST's
    test digits were opened is written into test_openings.jsonl, beside the run folder, or in runs/ for a model that is in
    none.
    """
    from inkdigits.datasets import load

    left_out = LeftOut()
    name = network.load(model).name
    data = load.find(data_name, left_out, left_out.warn)
    from inkdigits import measuring

    if not as_json and out is None:
        stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S")
        out = Path("runs") / f"evaluate-{name}-{Path(data_name).stem}-{stamp}"
    command = one_line(f"inkdigits evaluate {model} --data {data_name}{' --tta' * tta}")
    measured = measuring.measure(model, data, command, None if as_json else out, tta)
    if as_json:
        if measured.note:
            click.echo(measured.note, err=True)
        click.echo(json.dumps({"model": measured.model, "tta": tta, **measured.metrics.to_dict()}, allow_nan=False))
    else:
        made.measured(measured)
    left_out.end()
