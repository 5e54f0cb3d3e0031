"""Models by name or path: the shipped ones under models/, and a user's own run folder or .onnx file."""

from __future__ import annotations

import hashlib
import json
import os
from functools import lru_cache
from math import isfinite
from pathlib import Path
from typing import Any

from inkdigits.errors import InputError
from inkdigits.files import check_own_folder, write_text, written_aside
from inkdigits.network.session import Network, open_session

DEFAULT = "default"
MODELS = Path(__file__).parent / "models"
_LEVELS = ("strict", "normal", "always")


@lru_cache(maxsize=1)
def shipped() -> tuple[str, ...]:
    """Return the names of the models in the package."""
    return tuple(sorted(path.parent.name for path in MODELS.glob("*/model.onnx")))


def locate(model: str | os.PathLike[str]) -> Path:
    """Return the .onnx file for a shipped model's name, a run folder, or the file itself. Raises InputError."""
    try:
        text = os.fsdecode(model)
    except TypeError:
        raise InputError(f"model {model!r}", "is not a name or a path", "give one, as text") from None
    if text in shipped():
        return MODELS / text / "model.onnx"
    path, problem = Path(text), "does not exist"
    try:
        if path.is_dir():
            path, problem = path / "model.onnx", "is a folder without a model.onnx"
        if path.is_file():
            return path
    except (OSError, ValueError):  # a name that no file system accepts
        pass
    names = ", ".join(shipped())
    raise InputError(f"model {text}", problem, f"give a shipped model ({names}), a run folder or a model.onnx")


def load(model: str | os.PathLike[str] = DEFAULT) -> Network:
    """Return the network for a name or path, loaded once per process (and again when one of its files changes).

    Raises InputError for what is no model. A model is ONNX and JSON only: nothing in it is ever executed as code.
    """
    if isinstance(model, str) and model in shipped():
        return _load(MODELS / model / "model.onnx", (0, 0))  # what is installed does not change under a running process
    path = locate(model)
    return _load(path, (_modified(path), _modified(path.with_name("config.json"))))


def save(folder: Path, model: bytes, config: dict[str, Any]) -> None:
    """Make a folder that `load` takes, of an ONNX file's bytes and what its config says.

    Raises InputError if there is a model in it already, or anything else, or if the bytes are no model.
    """
    if (folder / "model.onnx").exists():
        raise InputError(folder, "holds a model already", "give --out another folder")
    check_own_folder(folder, "model.onnx")
    open_session(model, str(folder))
    write_text(folder / "config.json", json.dumps(config, indent=1) + "\n")
    with written_aside(folder / "model.onnx") as aside:
        aside.write_bytes(model)


def _modified(path: Path) -> int:
    """Return when a file was last written, in nanoseconds; 0 if it is not there."""
    try:
        return path.stat().st_mtime_ns
    except OSError:
        return 0


@lru_cache(maxsize=16)
def _load(path: Path, _stamps: tuple[int, int]) -> Network:
    config = _read_config(path.with_name("config.json"))
    # The name of a file or folder, since reports are filed under it; what config.json calls itself could lead anywhere.
    name = path.parent.name if path.name == "model.onnx" else path.stem
    try:
        data = path.read_bytes()
    except OSError as error:
        raise InputError(path, f"cannot be read ({error.strerror})", "check its permissions") from None
    session = open_session(data, str(path))
    sha256 = hashlib.sha256(data).hexdigest()
    answering = config.get("answering", {})
    if not answering:
        return Network(name, session, config=config, sha256=sha256)
    try:
        temperature = float(answering["temperature"])
        thresholds = {level: float(answering["thresholds"][level]) for level in _LEVELS}
        doubtful = tuple(float(weight) for weight in answering.get("doubtful", ()))
    except (AttributeError, KeyError, TypeError, ValueError, OverflowError):
        temperature, thresholds, doubtful = 0.0, {}, ()
    within = all(0 <= threshold <= 1 for threshold in thresholds.values()) and len(doubtful) in (0, 4)
    if not 0.01 <= temperature <= 100 or not within or not all(map(isfinite, doubtful)):
        raise InputError(path.with_name("config.json"), 'has a malformed "answering" part', "export the model again")
    return Network(name, session, temperature, thresholds, config, sha256, doubtful)


def _read_config(path: Path) -> dict[str, Any]:
    """Return a model's config.json, or nothing where a lone .onnx file has none beside it. Raises InputError."""
    try:
        config = json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        return {}
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(path, f"is not a model's config ({error})", "export the model again") from None
    if not isinstance(config, dict):
        raise InputError(path, "is not a model's config (no JSON object)", "export the model again")
    return config
