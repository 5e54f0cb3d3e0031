"""`inkdigits compare A B`: two models on the same digits, in pairs."""

from __future__ import annotations

import json

import click
import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.cli import unseen
from inkdigits.cli.left_out import LeftOut
from inkdigits.datasets.dataset import Dataset


@click.command()
@click.argument("a")
@click.argument("b")
@click.option("--data", "data_name", default="mnist", show_default=True,
              help="mnist, a folder (IDX files, or class folders 0 to 9), a .csv or an .npz.")  # fmt: skip
@click.option("--json", "as_json", is_flag=True, help="The figures as one JSON object.")
def compare(a: str, b: str, data_name: str, as_json: bool) -> None:
    """Compare two models, A and B (names, run folders or model.onnx files), on the test half of a data set.

    McNemar's exact test, and a bootstrap of the difference in accuracy, paired digit by digit. It is about these two
    networks; what a recipe is worth takes many seeds. A data set without a test half is used whole, or what was held out of
    it where a model was trained on it. That MNIST's test digits were opened is written into test_openings.jsonl, beside A's
    run folder, or in runs/ if it is in none.
    """
    from inkdigits.datasets import load
    from inkdigits.evaluation import paired, test_set

    left_out = LeftOut()

    nets = network.load(a), network.load(b)
    data = load.find(data_name, left_out, left_out.warn)
    half = unseen.unseen(data, list(nets))
    digits = unseen.check(test_set.open_test(half, "inkdigits compare", test_set.log_of(a), *nets), list(nets))
    result = paired.compare(*(_right(net, digits) for net in nets))
    if as_json:
        click.echo(json.dumps({"a": nets[0].name, "b": nets[1].name, "data": digits.name, **result.to_dict()}))
    else:
        low, high = result.interval
        width = max(len(net.name) for net in nets)
        click.echo(f"{digits.name}, {result.digits:,} digits")
        for letter, net, accuracy in zip("AB", nets, (result.accuracy_a, result.accuracy_b), strict=True):
            click.echo(f"{letter}  {net.name:<{width}}  {accuracy:.2%} right")
        click.echo(
            f"A less B: {100 * result.difference:+.2f} points, 95 % interval {100 * low:+.2f} to {100 * high:+.2f}; "
            f"McNemar's p = {result.p_value:.2g}"
        )
        click.echo(result.verdict())
    left_out.end()


def _right(net: network.Network, digits: Dataset) -> npt.NDArray[np.bool_]:
    """Tell which digits a network reads right, whatever its confidence."""
    from inkdigits.recognising.decide import believe

    answers = believe(net.probabilities(digits.images), net.temperature).digits.argmax(axis=1)
    return np.asarray(answers == digits.labels)
