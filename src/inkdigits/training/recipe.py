"""Recipes: everything that makes a network what it is, in one small TOML file."""

from __future__ import annotations

import dataclasses
import difflib
import hashlib
import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, get_args, get_type_hints

from inkdigits.errors import InputError, nearest, one_line
from inkdigits.training.settings import (
    GIVEN,
    AfterSettings,
    AugmentSettings,
    DataSettings,
    DistilSettings,
    FinetuneSettings,
    NetworkSettings,
    PoolSettings,
    TrainingSettings,
)

RECIPES = Path(__file__).parent.parent / "recipes"


@dataclass(frozen=True)
class Recipe:
    """A recipe: its name and the settings of its file."""

    name: str
    description: str
    network: NetworkSettings
    training: TrainingSettings
    augment: AugmentSettings
    pool: PoolSettings
    data: DataSettings
    distil: DistilSettings
    finetune: FinetuneSettings
    after: AfterSettings

    @property
    def finetunes(self) -> bool:
        """Whether it goes on from a trained network."""
        return self.network.architecture == GIVEN

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, as `from_dict` reads them."""
        values = dataclasses.asdict(self)
        if not self.finetunes:
            del values["finetune"]
        return values

    def hash(self) -> str:
        """Return 12 hexadecimal digits that change whenever a setting does.

        Settings that have their default do not count, so that a recipe keeps its hash when new settings are invented. Nor
        does [after], which changes nothing in the networks: the runs stay those of the recipe.
        """
        names = ["network", "training", "augment", "pool", "data"]
        names += ["distil"] if self.distil.teachers else []
        names += ["finetune"] if self.finetunes else []
        sections = {name: getattr(self, name) for name in names}
        settings = {
            name: {
                f.name: getattr(section, f.name)
                for f in dataclasses.fields(section)
                if getattr(section, f.name) != f.default
            }
            for name, section in sections.items()
        }
        return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]

    def going_on_from(self, model: str) -> Recipe:
        """Return the recipe with the model that it goes on from. Raises InputError if it goes on from none."""
        if not self.finetunes:
            what = "trains a new network, which goes on from no other"
            raise InputError(f"recipe {self.name}", what, "leave out --from, or use the recipe finetune")
        return dataclasses.replace(self, finetune=dataclasses.replace(self.finetune, source=model))

    def with_epochs(self, epochs: int) -> Recipe:
        """Return the recipe with another number of epochs."""
        training = dataclasses.replace(self.training, epochs=epochs)
        return dataclasses.replace(self, training=training)


def names() -> list[str]:
    """Return the names of the recipes in the package."""
    return sorted(path.stem for path in RECIPES.glob("*.toml"))


def load(name: str | os.PathLike[str]) -> Recipe:
    """Return a recipe by its name or by the path of a .toml file. Raises InputError, naming the setting at fault."""
    text = os.fspath(name)
    path = RECIPES / f"{text}.toml" if text in names() else Path(text)
    if path.suffix != ".toml":
        hint = f"did you mean {nearest(text, names())}?"
        raise InputError(
            f"recipe {text}",
            "does not exist",
            f"{hint} There are {', '.join(names())}, or give a .toml file",
        )
    try:
        values = tomllib.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise InputError(path, "does not exist", "check the path, or see: inkdigits recipes") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            path, f"is not a recipe ({error})", "compare it with: inkdigits recipes show classic"
        ) from None
    return from_dict(values, path.stem, str(path))


SECTIONS: dict[str, type[Any]] = {
    "network": NetworkSettings,
    "training": TrainingSettings,
    "augment": AugmentSettings,
    "pool": PoolSettings,
    "data": DataSettings,
    "distil": DistilSettings,
    "finetune": FinetuneSettings,
    "after": AfterSettings,
}


def reference() -> str:
    """Return every setting there is with its default and what it means: a recipe in TOML, to be cut and changed."""
    lines = ['description = "Every setting, as it is where a recipe does not say"']
    for name, kind in SECTIONS.items():
        lines += ["", f"[{name}]" + "  # only with --from" * (name == "finetune")]
        for setting in dataclasses.fields(kind):
            value = "classic" if setting.default is dataclasses.MISSING else setting.default
            text = json.dumps(list(value) if isinstance(value, tuple) else value)
            lines.append(f"{f'{setting.name} = {text}':<32}# {setting.metadata['what']}")
    return "\n".join(lines) + "\n"


def from_dict(values: dict[str, Any], name: str, source: str) -> Recipe:
    """Return a recipe from plain values. Raises InputError, naming `source` and the setting at fault."""
    values = {key: value for key, value in values.items() if key != "name"}
    _check_names(values, ("description", *SECTIONS), "", source)
    description = values.get("description", "")
    if not isinstance(description, str):
        raise InputError(source, f"has description = {description!r}", "write a sentence in quotes")
    built = {name: _section(kind, values.get(name, {}), name, source) for name, kind in SECTIONS.items()}
    recipe = Recipe(name, description, **built)
    _check_together(recipe, source)
    return recipe


def _check_together(recipe: Recipe, source: str) -> None:
    """Raise InputError for settings that contradict each other, or that do nothing where they stand."""
    training, distil = recipe.training, recipe.distil
    nothing = [  # what stands there, and what it would need
        (recipe.finetune != FinetuneSettings() and not recipe.finetunes, "[finetune]", f'network.architecture = "{GIVEN}"'),
        (distil != DistilSettings(teachers=distil.teachers) and not distil.teachers, "[distil]", "distil.teachers"),
        (training.decay != _default("decay") and training.schedule not in ("step", "exponential"), "training.decay",
         'training.schedule = "step" or "exponential"'),
        (training.beta2 != _default("beta2") and training.optimizer != "adam", "training.beta2",
         'training.optimizer = "adam"'),
        (recipe.finetunes and recipe.network.dropout != (), "network.dropout", "an architecture of its own"),
        (recipe.finetunes and recipe.data.everything, "data.everything", "an architecture of its own"),
        (recipe.finetunes and training.norm_batches != 0, "training.norm_batches", "an architecture of its own"),
    ]  # fmt: skip
    for stands, setting, needed in nothing:
        if stands:
            raise InputError(source, f"has {setting}, which does nothing without {needed}", "take it out, or add that")
    strange = {k for k in ("letters", "strangers", "several") if recipe.pool.counts().get(k)}
    if strange and not recipe.network.strangers:
        raise InputError(source, f"has pool.{min(strange)} but no class for it", "add network.strangers = true")
    if recipe.data.everything and (recipe.training.patience or recipe.training.target):
        what = "has data.everything, which leaves nothing to stop on"
        raise InputError(source, what, "take out training.patience and training.target")


def _default(setting: str) -> Any:
    """Return what a setting of [training] is where a recipe does not say."""
    return getattr(TrainingSettings, setting)


def _section(kind: type[Any], values: Any, section: str, source: str) -> Any:
    """Return a settings object from one TOML table, every value checked by type and then by its own rules."""
    if not isinstance(values, dict):
        raise InputError(source, f"has {section} = {values!r}", f"make it a table: [{section}]")
    hints = get_type_hints(kind)
    _check_names(values, tuple(hints), section, source)
    checked = {key: _typed(value, hints[key], f"{section}.{key}", source) for key, value in values.items()}
    try:
        return kind(**checked)
    except TypeError:
        missing = [
            f.name for f in dataclasses.fields(kind) if f.default is dataclasses.MISSING and f.name not in values
        ]
        raise InputError(source, f"lacks {section}.{missing[0]}", "add the setting") from None
    except ValueError as error:
        setting, wanted = error.args
        value = checked.get(setting, getattr(kind, setting, None))
        raise InputError(source, f"has {section}.{setting} = {value!r}", f"give {wanted}") from None


def _typed(value: Any, hint: Any, setting: str, source: str) -> Any:
    """Return a TOML value as the type of its setting: int where float is wanted, list where a tuple is."""
    if hint is float and isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1e300:
        return float(value)
    member = get_args(hint)[0] if get_args(hint) else None  # of tuple[float, ...] and tuple[str, ...]
    if (
        isinstance(value, list)
        and member is float
        and all(isinstance(v, int | float) and not isinstance(v, bool) and abs(v) < 1e300 for v in value)
    ):
        return tuple(float(v) for v in value)
    if isinstance(value, list) and member is str and all(isinstance(v, str) for v in value):
        return tuple(value)
    if hint in (int, float, str, bool) and (
        not isinstance(value, hint) or (hint is not bool and isinstance(value, bool))
    ):
        words = {int: "a whole number", float: "a number", str: "a word in quotes", bool: "true or false"}
        raise InputError(source, f"has {setting} = {one_line(repr(value))}", f"give {words[hint]}")
    if member and not isinstance(value, tuple):
        what = "numbers" if member is float else "words in quotes"
        raise InputError(source, f"has {setting} = {one_line(repr(value))}", f"give a list of {what}")
    return value


def _check_names(values: dict[str, Any], known: tuple[str, ...], section: str, source: str) -> None:
    for key in values:
        if key not in known:
            where = f"[{section}] " if section else ""
            raise InputError(source, f"has an unknown setting {where}{key}", _meant(key, known))


def _meant(key: str, known: tuple[str, ...]) -> str:
    """Return which setting was meant: one of this table that is spelt nearly so, else one of another, else the nearest."""
    homes = {f.name: name for name, kind in SECTIONS.items() for f in dataclasses.fields(kind)}
    if not difflib.get_close_matches(key, known, 1):
        near = difflib.get_close_matches(key, homes, 1)
        if near == [key]:
            return f"it belongs in [{homes[key]}]"
        if near:
            return f"did you mean {near[0]}, in [{homes[near[0]]}]?"
    return f"did you mean {nearest(key, known)}?"
