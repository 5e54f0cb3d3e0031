"""Checkpoints: after every whole epoch, all that a training needs to go on as if it had never stopped.

That is every variable of the network (weights and the states of its random generators) and of the optimizer (moments and
the step that the schedule stands at), and the history so far. Plain arrays and JSON in one .npz: no pickle.
"""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path
from typing import Any

import numpy as np

from inkdigits.errors import InputError
from inkdigits.files import write_text, written_aside

History = list[dict[str, float]]
State = dict[str, list[Any]]  # variables by kind: the network's, the optimizer's, the average's


def save(path: Path, key: str, state: State, history: History, learned: str | None = None) -> None:
    """Write a checkpoint. `key` tells which training it belongs to, `learned` what was learned from so far."""
    arrays = {f"{kind}_{i}": v.numpy() for kind, variables in state.items() for i, v in enumerate(variables)}
    about = np.frombuffer(json.dumps({"key": key, "history": history, "learned": learned}).encode(), np.uint8)
    with written_aside(path) as aside, aside.open("wb") as file:
        np.savez(file, about=about, **arrays)


def restore(path: Path, key: str, state: State) -> History:
    """Put a checkpoint's values into freshly made variables, and return its history.

    Returns an empty history where there is no checkpoint. Raises InputError for one that is damaged or belongs to another
    training (another recipe, seed or data).
    """
    if not path.exists():
        return []
    try:
        with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
            about: dict[str, Any] = json.loads(stored["about"].tobytes())
            _check_key(path, about["key"], key)
            for kind, variables in state.items():
                for i, variable in enumerate(variables):
                    variable.assign(stored[f"{kind}_{i}"])
            return list(about["history"])
    except InputError:
        raise
    # What is damaged may be the zip, an array or the JSON: each raises something of its own.
    except Exception as error:
        raise InputError(path, f"is a damaged checkpoint ({error})", "start a new run without --resume") from None


def _check_key(path: Path, stored: str, key: str) -> None:
    if stored != key:
        raise InputError(path, "belongs to another recipe, seed or data set", "start a new run without --resume")


def learned(path: Path) -> str | None:
    """Return what a checkpoint that `restore` has taken says of what was learned from; None if an older one wrote it."""
    with path.open("rb") as file, np.load(file, allow_pickle=False) as stored:
        said = json.loads(stored["about"].tobytes()).get("learned")
    return said if isinstance(said, str) else None


def write_history(path: Path, history: History) -> None:
    """Write a history as a CSV file, a line an epoch."""
    text = io.StringIO()
    writer = csv.DictWriter(text, fieldnames=list(history[0]))
    writer.writeheader()
    writer.writerows(history)
    write_text(path, text.getvalue())
