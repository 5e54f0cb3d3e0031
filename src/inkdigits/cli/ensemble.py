"""`inkdigits ensemble MODEL MODEL…`: several networks as one, whose probabilities are averaged."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Any

import click

from inkdigits import network
from inkdigits.cli.held_out import halves
from inkdigits.cli.left_out import LeftOut
from inkdigits.errors import InputError, require
from inkdigits.network import ensemble as ensembles
from inkdigits.network.registry import locate, save
from inkdigits.network.session import Network, open_session


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
    if len(models) < 2:
        raise InputError("ensemble", "has one member", "name two models or more")
    files = {str(path): path.read_bytes() for path in map(locate, models)}
    if len({hashlib.sha256(data).digest() for data in files.values()}) < len(models):
        raise InputError("ensemble", "has a member twice", "name each model once")
    nets = [network.load(model) for model in models]
    merged = ensembles.merge(files)
    _, validation = halves(nets, data_name, left_out := LeftOut())
    from inkdigits import trust
    from inkdigits.training import recipe

    together = Network("ensemble", open_session(merged, str(out)))
    config: dict[str, Any] = {
        "data": nets[0].config.get("data"),
        "parameters": sum(_of(net, "parameters", int, 0) for net in nets),
        "members": [
            {"name": net.name, "recipe_hash": net.config.get("recipe_hash"), "seed": net.config.get("seed"),
             "sha256": hashlib.sha256(data).hexdigest(), "quantised": _of(net, "quantised", dict, {}).get("kind")}
            for net, data in zip(nets, files.values(), strict=True)
        ],
    }  # fmt: skip
    recipes = {_of(net, "recipe_hash", str, None) for net in nets}
    if len(recipes) == 1 and recipes != {None}:  # one recipe, several seeds: what they share describes the whole
        shared = ("name", "recipe", "recipe_hash", "digits", "data_sha256", "held_out", "machine", "versions")
        config = {key: nets[0].config[key] for key in shared if key in nets[0].config} | config
        config["seeds"] = [net.config.get("seed") for net in nets]
    if all("answering" in net.config for net in nets):  # else a member has learned from the validation digits, too
        shared_recipe = config.get("recipe")
        known = recipe.of_digits(shared_recipe, str(shared_recipe.get("name")), str(out)) if shared_recipe else None
        config["answering"] = trust.answering(together, validation, known)
    save(out, merged, config)
    for net in [*nets, together]:
        right = net.probabilities(validation.images)[:, :10].argmax(axis=1) == validation.labels
        click.echo(f"{right.mean():.2%} of {validation.name}: {net.name}")
    click.echo(f"Model: {out}")
    left_out.end()


def _of(net: Network, key: str, kind: type, otherwise: Any) -> Any:
    """Return a value of a member's config, which is not to be relied on, or `otherwise` where it is of another kind."""
    value = net.config.get(key)
    return value if isinstance(value, kind) else otherwise
