"""`inkdigits models`: the shipped models and their cards."""

from __future__ import annotations

import json
from typing import Any

import click

from inkdigits import network
from inkdigits.errors import InputError
from inkdigits.locating.network import MODEL as LOCATOR
from inkdigits.network.registry import MODELS
from inkdigits.recognising.number import MODEL as NUMBERS

# Beside the digit networks, which are known by the names of their folders: file, figure, and what that is.
_OTHERS = {
    "locator": (LOCATOR, "f1", "F1 {:.1%} of digits on synthetic pages  (finds digits)"),
    "numbers": (NUMBERS, "accuracy", "{:.1%} of numbers on synthetic pages right  (reads whole numbers)"),
}


@click.group(invoke_without_command=True)
@click.pass_context
def models(ctx: click.Context) -> None:
    """Show the models in the package."""
    if ctx.invoked_subcommand is None:
        _print_list()


@models.command("list")
def list_() -> None:
    """List the shipped models."""
    _print_list()


def _print_list() -> None:
    for name in network.shipped():
        net = network.load(name)
        size = (MODELS / name / "model.onnx").stat().st_size
        accuracy = net.config.get("test", {}).get("accuracy")
        figure = f"{accuracy:.2%} on MNIST's test digits" if accuracy else "not measured"
        default = "  (default)" if name == network.DEFAULT else ""
        click.echo(
            f"{name:<12} {net.config.get('parameters', 0):>9,} parameters  {size / 1e6:.1f} MB  {figure}{default}"
        )

    for name, (path, key, what) in _OTHERS.items():
        if path.exists():
            config: dict[str, Any] = json.loads(path.with_name("config.json").read_text(encoding="utf-8"))
            figure = what.format(config["validation"][key])
            megabytes = path.stat().st_size / 1e6
            click.echo(f"{name:<12} {config['parameters']:>9,} parameters  {megabytes:.1f} MB  {figure}")


@models.command()
@click.argument("name", default=network.DEFAULT)
def show(name: str) -> None:
    """Print a model's card: data, recipe, accuracy, limits, licence."""
    cards = {shipped: MODELS / shipped / "README.md" for shipped in network.shipped()}
    cards |= {name: path.with_name("README.md") for name, (path, *_) in _OTHERS.items() if path.exists()}
    if name not in cards:
        raise InputError(name, "is not a shipped model", f"choose one of {', '.join(cards)}")
    click.echo(cards[name].read_text(encoding="utf-8"), nl=False)
