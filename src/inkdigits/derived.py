"""Models that are made of models: an ensemble of several, and a network in 8 bits, each a folder that `Reader` takes."""

from __future__ import annotations

import hashlib
import os
import warnings
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

import numpy as np

from inkdigits import code_hash, network, parts, trust
from inkdigits.datasets import load
from inkdigits.datasets.dataset import Dataset
from inkdigits.datasets.layouts import OnError, OnWarning
from inkdigits.errors import InputError
from inkdigits.network import ensemble as ensembles
from inkdigits.network import quantise as quantising
from inkdigits.network.registry import locate, save
from inkdigits.network.session import Network, open_session
from inkdigits.training import recipe

Model = str | os.PathLike[str]  # a shipped model's name, a run folder or a model.onnx
Kind = Literal["weights", "static"]

_CALIBRATION = 1024  # training digits that the ranges of activations are measured on
_AGREEMENT = 0.99  # share of the validation digits that must get the answer they got before


@dataclass(frozen=True)
class Ensemble:
    """An ensemble that was written into `folder`: right answers of each member by name, and its own, on `digits`."""

    folder: Path
    validation: str
    digits: int
    members: list[tuple[str, int]]
    right: int


@dataclass(frozen=True)
class Quantised:
    """A network in 8 bits that was written into `folder`: how many of the labels on `digits` agree, and how many are right.

    `has_learned` tells that the network may have learned from these digits, for it has held out none.
    """

    folder: Path
    bytes_before: int
    bytes: int
    validation: str
    digits: int
    agree: int
    right_before: int
    right: int
    has_learned: bool


def ensemble(
    models: Sequence[Model],
    out: Path,
    data_name: str | None = None,
    on_error: OnError = load.raise_error,
    on_warning: OnWarning = warnings.warn,
) -> Ensemble:
    """Make one model of several, and write it into a new folder. Its probabilities are the mean of theirs.

    Its confidence is calibrated anew on validation digits (see `parts.halves`, which tells of the other arguments), unless
    a member has learned from all digits. Raises InputError for members that are too few, equal, or unlike each other, and
    for a folder that holds something.
    """
    if len(models) < 2:
        raise InputError("ensemble", "has one member", "name two models or more")
    members = {str(path): path.read_bytes() for path in map(locate, models)}
    if len({hashlib.sha256(data).digest() for data in members.values()}) < len(models):
        raise InputError("ensemble", "has a member twice", "name each model once")
    nets = [network.load(model) for model in models]
    merged = ensembles.merge(members)
    _, validation = parts.halves(nets, data_name, on_error, on_warning)
    together = Network("ensemble", open_session(merged, str(out)))
    config = _of_members(nets, list(members.values()))
    if all("answering" in net.config for net in nets):  # else a member has learned from the validation digits, too
        shared = config.get("recipe")
        known = recipe.of_digits(shared, str(shared.get("name")), str(out)) if shared else None
        config["answering"] = trust.answering(together, validation, known)
    save(out, merged, config)
    rights = [_right(net, validation) for net in (*nets, together)]
    named = [(net.name, right) for net, right in zip(nets, rights, strict=False)]
    return Ensemble(out, validation.name, len(validation), named, rights[-1])


def _of_members(nets: list[Network], members: list[bytes]) -> dict[str, Any]:
    """Return the config of an ensemble, without how its answers are calibrated."""
    config: dict[str, Any] = {
        "data": nets[0].config.get("data"),
        "parameters": sum(_of(net, "parameters", int, 0) for net in nets),
        "members": [
            {"name": net.name, "recipe_hash": net.config.get("recipe_hash"), "seed": net.config.get("seed"),
             "code_sha256": code_hash.of_config(net.config), "learned_sha256": net.config.get("learned_sha256"),
             "sha256": hashlib.sha256(data).hexdigest(), "quantised": _of(net, "quantised", dict, {}).get("kind")}
            for net, data in zip(nets, members, strict=True)
        ],
    }  # fmt: skip
    recipes = {_of(net, "recipe_hash", str, None) for net in nets}
    if len(recipes) == 1 and recipes != {None}:  # one recipe, several seeds: what they share describes the whole
        shared = ("name", "recipe", "recipe_hash", "digits", "data_sha256", "held_out", "machine", "versions")
        config = {key: nets[0].config[key] for key in shared if key in nets[0].config} | config
        config["seeds"] = [net.config.get("seed") for net in nets]
        codes = [code_hash.of_config(net.config) for net in nets]
        if all(code_hash.same(codes[0], other) for other in codes):
            config["code_sha256"] = codes[0]
    return config


def quantise(
    model: Model,
    out: Path,
    kind: Kind = "weights",
    data_name: str | None = None,
    on_error: OnError = load.raise_error,
    on_warning: OnWarning = warnings.warn,
) -> Quantised:
    """Write a model in 8 bits into a new folder: its weights, or ("static") all that it computes but the last layer.

    Both are compared on validation digits (see `parts.halves`, which tells of the other arguments). Raises
    InputError if fewer than 99 in 100 get the same answer, if the model is in 8 bits already, and for a folder that holds
    something; then nothing is written.
    """
    net = network.load(model)
    before = locate(model).read_bytes()
    if quantising.is_quantised(before):
        raise InputError(model, "is in 8 bits already", "give the model that it was made of")
    training, validation = parts.halves([net], data_name, on_error, on_warning)
    some = np.random.default_rng(0).permutation(len(training))[:_CALIBRATION]
    after = quantising.weights(before) if kind == "weights" else quantising.static(before, training.images[some])

    small = Network(net.name, open_session(after, f"{os.fspath(model)} in 8 bits"))
    old, new = (n.probabilities(validation.images)[:, :10].argmax(axis=1) for n in (net, small))
    same = int((old == new).sum())
    if same < _AGREEMENT * len(validation):
        problem = f"reads {len(validation) - same:,} of {len(validation):,} validation digits otherwise in 8 bits"
        raise InputError(model, problem, "use --kind weights, or the model as it is")
    right_before, right = (int((answers == validation.labels).sum()) for answers in (old, new))
    figures = {
        "kind": kind,
        "from_sha256": hashlib.sha256(before).hexdigest(),
        "bytes": len(after),
        "bytes_before": len(before),
        "validation": {"digits": len(validation), "labels_agree": same, "accuracy": right / len(validation),
                       "accuracy_before": right_before / len(validation)},
    }  # fmt: skip
    # What was proved and tested was the other file.
    kept = {key: value for key, value in net.config.items() if key not in ("proof", "test")}
    save(out, after, {**kept, "quantised": figures})
    learned = "answering" not in net.config
    counts = len(validation), same, right_before, right
    return Quantised(out, len(before), len(after), validation.name, *counts, learned)


def _right(net: Network, digits: Dataset) -> int:
    """Return how many digits a network reads right, whatever its confidence."""
    return int((net.probabilities(digits.images)[:, :10].argmax(axis=1) == digits.labels).sum())


def _of(net: Network, key: str, kind: type, otherwise: Any) -> Any:
    """Return a value of a member's config, which is not to be relied on, or `otherwise` where it is of another kind."""
    value = net.config.get(key)
    return value if isinstance(value, kind) else otherwise
