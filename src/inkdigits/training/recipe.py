"""Recipes: everything that makes a network what it is, in one small TOML file.

There are three kinds, told apart by `task`: networks that classify digits, which is what a recipe is that names no task;
the locator, which finds digits on pages; and the network that reads whole numbers.
"""

from __future__ import annotations

import dataclasses
import hashlib
import json
import os
import tomllib
from dataclasses import dataclass
from pathlib import Path
from typing import Any, ClassVar, Self

from inkdigits.errors import InputError, nearest
from inkdigits.files import read_text
from inkdigits.training import tables
from inkdigits.training.drawn_settings import LocatorSettings, NumberSettings, PageSettings, StripSettings
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
    TrustSettings,
)

RECIPES = Path(__file__).parent.parent / "recipes"


# Settings that have been renamed: a recipe's hash is that of the names with which its runs were made.
_HASHED_AS = {"not_digit": "strangers", "scribbles": "strangers"}


@dataclass(frozen=True)
class Recipe:
    """A recipe of a network that classifies digits: its name and the settings of its file."""

    task: ClassVar[str] = "classify"

    name: str
    description: str
    network: NetworkSettings
    training: TrainingSettings
    augment: AugmentSettings
    pool: PoolSettings
    data: DataSettings
    distil: DistilSettings
    finetune: FinetuneSettings
    trust: TrustSettings
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
        do [trust] and [after], which change nothing in the networks: the runs stay those of the recipe.
        """
        names = ["network", "training", "augment", "pool", "data"]
        names += ["distil"] if self.distil.teachers else []
        names += ["finetune"] if self.finetunes else []
        changed = {name: tables.changed(getattr(self, name)) for name in names}
        return _hash(
            {name: {_HASHED_AS.get(key, key): value for key, value in part.items()} for name, part in changed.items()}
        )

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


@dataclass(frozen=True)
class DrawnRecipe:
    """A recipe of a network that is trained on drawn pages alone: its name and the settings of its file."""

    task: ClassVar[str]
    distil: ClassVar[DistilSettings] = DistilSettings()  # it has no teachers,
    after: ClassVar[AfterSettings] = AfterSettings()  # and nothing is made of it afterwards

    name: str
    description: str
    training: TrainingSettings

    def to_dict(self) -> dict[str, Any]:
        """Return the settings as plain values, as `from_dict` reads them."""
        return {"task": self.task, **dataclasses.asdict(self)}

    def hash(self) -> str:
        """Return 12 hexadecimal digits that change whenever a setting does; those that have their default do not count."""
        sections = {name: tables.changed(getattr(self, name)) for name in TASKS[self.task]}
        return _hash({"task": self.task, **sections})

    def with_epochs(self, epochs: int) -> Self:
        """Return the recipe with another number of epochs."""
        return dataclasses.replace(self, training=dataclasses.replace(self.training, epochs=epochs))


@dataclass(frozen=True)
class LocatorRecipe(DrawnRecipe):
    """A recipe of a locator, which finds digits on pages."""

    task: ClassVar[str] = "locate"

    network: LocatorSettings
    pages: PageSettings


@dataclass(frozen=True)
class NumberRecipe(DrawnRecipe):
    """A recipe of a network that reads whole numbers."""

    task: ClassVar[str] = "numbers"

    network: NumberSettings
    strips: StripSettings


AnyRecipe = Recipe | LocatorRecipe | NumberRecipe


def _hash(settings: dict[str, Any]) -> str:
    return hashlib.sha256(json.dumps(settings, sort_keys=True).encode()).hexdigest()[:12]


def names() -> list[str]:
    """Return the names of the recipes in the package."""
    return sorted(path.stem for path in RECIPES.glob("*.toml"))


def load(name: str | os.PathLike[str]) -> AnyRecipe:
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
        values = tomllib.loads(read_text(path))
    except FileNotFoundError:
        raise InputError(path, "does not exist", "check the path, or see: inkdigits recipes") from None
    except (OSError, ValueError, RecursionError) as error:
        raise InputError(
            path, f"is not a recipe ({error})", "compare it with: inkdigits recipes show classic"
        ) from None
    return from_dict(values, path.stem, str(path))


SECTIONS: tables.Sections = {
    "network": NetworkSettings,
    "training": TrainingSettings,
    "augment": AugmentSettings,
    "pool": PoolSettings,
    "data": DataSettings,
    "distil": DistilSettings,
    "finetune": FinetuneSettings,
    "trust": TrustSettings,
    "after": AfterSettings,
}
LOCATOR_SECTIONS: tables.Sections = {
    "network": LocatorSettings,
    "training": TrainingSettings,
    "pages": PageSettings,
}
NUMBER_SECTIONS: tables.Sections = {
    "network": NumberSettings,
    "training": TrainingSettings,
    "strips": StripSettings,
}
TASKS = {"classify": SECTIONS, "locate": LOCATOR_SECTIONS, "numbers": NUMBER_SECTIONS}
_KEYS = ("description", "task")  # beside the tables


def reference(task: str = "classify") -> str:
    """Return every setting of a task with its default and what it means: a recipe in TOML, to be cut and changed."""
    lines = ['description = "Every setting, as it is where a recipe does not say"']
    lines += [] if task == "classify" else [f'task = "{task}"']
    return "\n".join(lines + tables.reference(TASKS[task], {"finetune": "  # only with --from"})) + "\n"


def from_dict(values: dict[str, Any], name: str, source: str) -> AnyRecipe:
    """Return a recipe from plain values. Raises InputError, naming `source` and the setting at fault."""
    values = {key: value for key, value in values.items() if key != "name"}
    task, description = values.get("task", "classify"), values.get("description", "")
    if task not in tuple(TASKS):
        raise InputError(source, f"has task = {task!r}", f"give one of {', '.join(TASKS)}, or none for classify")
    settings = tables.read(TASKS[task], values, _KEYS, source)
    if not isinstance(description, str):
        raise InputError(source, f"has description = {description!r}", "write a sentence in quotes")
    if task != "classify":
        _check_drawn(settings["training"], source, "a locator" if task == "locate" else "a network of numbers")
        kind = LocatorRecipe if task == "locate" else NumberRecipe
        return kind(name=name, description=description, **settings)
    recipe = Recipe(name, description, **settings)
    _check_together(recipe, source)
    return recipe


def of_digits(values: dict[str, Any], name: str, source: str) -> Recipe:
    """Return a recipe of a network that classifies digits, as from_dict does. Raises InputError for another's, too."""
    recipe = from_dict(values, name, source)
    if not isinstance(recipe, Recipe):
        whose = "a locator's" if recipe.task == "locate" else "that of a network of numbers"
        raise InputError(source, f"is {whose}, which classifies no digits", "give a network that does")
    return recipe


def _check_together(recipe: Recipe, source: str) -> None:
    """Raise InputError for settings that contradict each other, or that do nothing where they stand."""
    training, distil = recipe.training, recipe.distil
    nothing: list[_Needed] = [
        (recipe.finetune != FinetuneSettings() and not recipe.finetunes, "[finetune]", f'network.architecture = "{GIVEN}"'),
        (distil != DistilSettings(teachers=distil.teachers) and not distil.teachers, "[distil]", "distil.teachers"),
        *_nothing_in(training),
        (recipe.finetunes and recipe.network.dropout != (), "network.dropout", "an architecture of its own"),
        (recipe.finetunes and recipe.data.everything, "data.everything", "an architecture of its own"),
        (recipe.finetunes and training.norm_batches != 0, "training.norm_batches", "an architecture of its own"),
    ]  # fmt: skip
    _check_needed(nothing, source)
    without_digits = recipe.pool.not_digits()
    if without_digits and not recipe.network.not_digit:
        raise InputError(source, f"has pool.{min(without_digits)} but no class for it", "add network.not_digit = true")
    if recipe.trust.counts() and (recipe.data.everything or recipe.finetunes):
        raise InputError(source, "has [trust], for which no digits are held out", "take it out")
    if (recipe.trust.letters or recipe.trust.others) and not recipe.network.not_digit:
        what = "has what is no digit in [trust], but no class for it"
        raise InputError(source, what, "add network.not_digit = true, or take trust.letters and trust.others out")
    if recipe.data.everything and (recipe.training.patience or recipe.training.target):
        what = "has data.everything, which leaves nothing to stop on"
        raise InputError(source, what, "take out training.patience and training.target")


def _check_drawn(training: TrainingSettings, source: str, where: str) -> None:
    """Raise InputError for settings of [training] that do nothing in a training on drawn pages."""
    for setting in ("norm_batches", "label_smoothing", "patience", "target"):
        if getattr(training, setting) != _default(setting):
            raise InputError(source, f"has training.{setting}, which does nothing in {where}", "take it out")
    _check_needed(_nothing_in(training), source)


_Needed = tuple[bool, str, str]  # whether a setting stands there for nothing, the setting, what it would need


def _nothing_in(training: TrainingSettings) -> list[_Needed]:
    return [
        (training.decay != _default("decay") and training.schedule not in ("step", "exponential"), "training.decay",
         'training.schedule = "step" or "exponential"'),
        (training.beta2 != _default("beta2") and training.optimizer != "adam", "training.beta2",
         'training.optimizer = "adam"'),
    ]  # fmt: skip


def _check_needed(nothing: list[_Needed], source: str) -> None:
    for stands, setting, needed in nothing:
        if stands:
            raise InputError(source, f"has {setting}, which does nothing without {needed}", "take it out, or add that")


def _default(setting: str) -> Any:
    """Return what a setting of [training] is where a recipe does not say."""
    return getattr(TrainingSettings, setting)
