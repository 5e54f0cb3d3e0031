"""`inkdigits models`: the shipped models and their cards."""

from __future__ import annotations

import click

from inkdigits import network
from inkdigits.errors import InputError
from inkdigits.network.registry import MODELS


@click.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """Show the models in the package."""
    if ctx.invoked_subcommand is None:
        ctx.invoke(list_)


@models.command("list")
def list_() -> None:
    """List the shipped models."""
    for name in network.shipped():
        net = network.load(name)
        size = (MODELS / name / "model.onnx").stat().st_size
        accuracy = net.config.get("test", {}).get("accuracy")
        figure = f"{accuracy:.2%} on MNIST's test digits" if accuracy else "not measured"
        default = "  (default)" if name == network.DEFAULT else ""
        click.echo(
            f"{name:<12} {net.config.get('parameters', 0):>9,} parameters  {size / 1e6:.1f} MB  {figure}{default}"
        )


@models.command()
@click.argument("name", default=network.DEFAULT)
def show(name: str) -> None:
    """Print a model's card: data, recipe, accuracy, limits, licence."""
    if name not in network.shipped():
        raise InputError(name, "is not a shipped model", f"choose one of {', '.join(network.shipped())}")
    click.echo((MODELS / name / "README.md").read_text(encoding="utf-8"), nl=False)
