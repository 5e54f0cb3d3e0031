"""`inkdigits recipes`: what can be trained."""

from __future__ import annotations

import tomllib

import click

from inkdigits.errors import InputError, nearest


def _texts() -> dict[str, str]:
    """Return the recipes in the package, name → TOML, read without the training extra."""
    from importlib.resources import files

    entries = files("inkdigits").joinpath("recipes").iterdir()
    return {
        e.name[:-5]: e.read_text(encoding="utf-8")
        for e in sorted(entries, key=lambda e: e.name)
        if e.name.endswith(".toml")
    }


@click.group(invoke_without_command=True)
@click.pass_context
def recipes(ctx: click.Context) -> None:
    """Show the recipes in the package."""
    if ctx.invoked_subcommand is None:
        _print_list()


@recipes.command("list")
def list_() -> None:
    """List the recipes."""
    _print_list()


def _print_list() -> None:
    for name, text in _texts().items():
        click.echo(f"{name:<12} {tomllib.loads(text).get('description', '')}")


@recipes.command()
@click.argument("name", default="classic")
def show(name: str) -> None:
    """Print a recipe, ready to be saved to a file and changed."""
    texts = _texts()
    if name not in texts:
        remedy = f"did you mean {nearest(name, texts)}? There are {', '.join(texts)}"
        raise InputError(name, "is not a recipe in the package", remedy)
    click.echo(texts[name], nl=False)


@recipes.command()
@click.argument("task", type=click.Choice(["classify", "locate", "numbers"]), default="classify")
def settings(task: str) -> None:
    """Print every setting that a recipe can have, with its default and what it means.

    TASK is classify, for networks that classify digits, locate, for the locator, or numbers, for the network of
    whole numbers.
    """
    from inkdigits.training import recipe

    click.echo(recipe.reference(task), nl=False)
    if task == "classify":
        click.echo("\n# The locator and the network of numbers have other settings: inkdigits recipes settings locate")
