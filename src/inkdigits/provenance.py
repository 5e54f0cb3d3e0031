"""What a run's figures depend on: command, settings, data, versions, machine."""

from __future__ import annotations

import platform
from importlib.metadata import version
from pathlib import Path
from typing import Any

from inkdigits import __version__, code_hash
from inkdigits.network.session import cores
from inkdigits.training import fit
from inkdigits.training.recipe import LocatorRecipe, NumberRecipe, Recipe

_PACKAGES = ("keras", "tensorflow", "tensorflow-cpu", "onnx", "onnxruntime", "numpy")


def versions() -> dict[str, str]:
    """Return the versions that a result depends on. Distributions that are not installed are left out."""
    versions = {"inkdigits": __version__, "python": platform.python_version()}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except ModuleNotFoundError:
            continue
    return versions


def table(config: dict[str, Any], recipe: Recipe, trained: fit.Trained, seconds: float) -> dict[str, str]:
    """Return the table at the end of a run's report: how to make it again, and with what it was made."""
    digits = config["digits"]
    differences = ", ".join(f"{k} {v:.1g}" for k, v in config["proof"]["largest_difference"].items())
    return {
        "Command": config["command"],
        **({"Goes on from": _origin(config)} if recipe.finetunes else {}),
        "Recipe": f"{recipe.description} (hash {recipe.hash()})",
        "Network": f"{config['parameters']:,} parameters, {config['multiply_adds'] / 1e6:.3g} M multiply-adds a digit",
        "Settings": ", ".join(f"{k} {v}" for k, v in config["recipe"]["training"].items()),
        "Data": f"{Path(config['data']).name}: {digits['training']:,} digits trained on, "
        + (f"{digits['validation']:,} held out {config['held_out']}" if digits["validation"] else "none held out"),
        "Training": f"{seconds:.0f} s in this session, {trained.dtype_policy}, on {processor()}",
        "Export": f"ONNX, agrees on {config['proof']['digits']:,} digits; largest difference: {differences}",
        "Calibration": f"temperature {config['answering']['temperature']:.4g}, fitted on {_fitted_on(config)}"
        if "answering" in config
        else "none: no digits were held out to fit it on",
        "Code": code_hash.words(config),
        "Versions": ", ".join(f"{k} {v}" for k, v in config["versions"].items()),
    }


def of_drawn(
    config: dict[str, Any], recipe: LocatorRecipe | NumberRecipe, trained: fit.Trained, seconds: float
) -> dict[str, str]:
    """Return the same of a run of a network that is trained on drawn pages alone."""
    digits, proof, locates = config["digits"], config["proof"], isinstance(recipe, LocatorRecipe)
    differences = ", ".join(f"{k} {v:.1g}" for k, v in proof["largest_difference"].items())
    name, what = ("pages", "pages") if locates else ("strips", "strips of pages")
    cost = config["multiply_adds_a_megapixel" if locates else "multiply_adds"]
    each = "a megapixel" if locates else "a strip of 256 pixels"
    return {
        "Command": config["command"],
        "Recipe": f"{recipe.description} (hash {recipe.hash()})",
        "Network": f"{config['parameters']:,} parameters, {cost / 1e9:.3g} G multiply-adds {each}",
        "Settings": ", ".join(f"{k} {v}" for part in ("training", name) for k, v in config["recipe"][part].items()),
        "Data": f"{config[name]['training']:,} {what} drawn with {digits['training']:,} of MNIST's training digits, "
        f"strokes of our own and fonts; validation {name} with {digits['validation']:,} digits, "
        f"held out {config['held_out']}",
        "Training": f"{seconds:.0f} s in this session, {trained.dtype_policy}, on {processor()}",
        "Export": f"ONNX, weights in 16 bits, compared on {proof['pictures']} {name}; largest difference: {differences}",
        "Code": code_hash.words(config),
        "Versions": ", ".join(f"{k} {v}" for k, v in config["versions"].items()),
    }


def _origin(config: dict[str, Any]) -> str:
    """Return which network a fine-tuning began with."""
    return f"{config['finetuned']['source']}, SHA-256 {config['finetuned']['source_sha256'][:16]}…"


def _fitted_on(config: dict[str, Any]) -> str:
    """Return what the answers were calibrated on: a count of digits held out, or words."""
    fitted_on = config["answering"]["fitted_on"]
    return fitted_on if isinstance(fitted_on, str) else f"{fitted_on:,} digits held out"


def processor() -> str:
    """Return the machine in a few words."""
    return f"{cores()} cores of {platform.machine()} ({platform.system()})"
