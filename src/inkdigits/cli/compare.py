"""`inkdigits compare A B`: two models on the same digits, in pairs."""

from __future__ import annotations

import json

import click

from inkdigits.cli.left_out import LeftOut


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
    from inkdigits import measuring
    from inkdigits.datasets import load

    left_out = LeftOut()
    compared = measuring.compare(a, b, load.find(data_name, left_out, left_out.warn))
    names, result = compared.models, compared.result
    if compared.note:
        click.echo(compared.note, err=True)
    if as_json:
        click.echo(json.dumps({"a": names[0], "b": names[1], "data": compared.data, **result.to_dict()}))
    else:
        low, high = result.interval
        width = max(map(len, names))
        click.echo(f"{compared.data}, {result.digits:,} digits")
        for letter, name, accuracy in zip("AB", names, (result.accuracy_a, result.accuracy_b), strict=True):
            click.echo(f"{letter}  {name:<{width}}  {accuracy:.2%} right")
        click.echo(
            f"A less B: {100 * result.difference:+.2f} points, 95 % interval {100 * low:+.2f} to {100 * high:+.2f}; "
            f"McNemar's p = {result.p_value:.2g}"
        )
        click.echo(result.verdict())
    left_out.end()
