"""`inkdigits evaluate MODEL`: what a model is worth on a data set."""

from __future__ import annotations

import datetime
import json
from pathlib import Path

import click

from inkdigits import network
from inkdigits.cli import unseen
from inkdigits.cli.left_out import LeftOut
from inkdigits.cli.summary import summary
from inkdigits.errors import InputError, one_line
from inkdigits.files import check_own_folder


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

    if out is not None and (out / "model.onnx").exists():
        raise InputError(out, "is a run's own folder, with its own report", "give --out another folder")
    if out is not None and not as_json:
        check_own_folder(out, "metrics.json")
    net = network.load(model)
    data = load.find(data_name, left_out, left_out.warn)
    from inkdigits.evaluation import evaluate as evaluation
    from inkdigits.evaluation import test_set

    half = unseen.unseen(data, [net])
    digits = unseen.check(test_set.open_test(half, "inkdigits evaluate", test_set.log_of(model), net), [net])

    metrics, beliefs = evaluation.evaluate(net, digits, tta)
    if as_json:
        click.echo(json.dumps({"model": net.name, "tta": tta, **metrics.to_dict()}, allow_nan=False))
    else:
        stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%S")
        out = out or Path("runs") / f"evaluate-{net.name}-{Path(data_name).stem}-{stamp}"
        made_by = {
            "Command": one_line(f"inkdigits evaluate {model} --data {data_name}{' --tta' * tta}"),
            "Model": f"{net.name}, seed {net.config.get('seed', 'unknown')}",
            "Data": f"{digits.name}, {len(digits):,} digits, SHA-256 {digits.fingerprint()[:16]}…",
        }
        evaluation.write(out, f"Model “{net.name}”", digits, metrics, beliefs, made_by)
        summary(metrics)
        click.echo(f"Report: {out / 'report.html'}")
    left_out.end()
