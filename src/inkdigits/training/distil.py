"""Distillation: a network learns what finished networks believe of each digit, as it sees it, beside the label.

Source: Hinton, Vinyals and Dean, "Distilling the Knowledge in a Neural Network", 2015 (arXiv:1503.02531).
"""

from __future__ import annotations

import glob
import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import keras
import tensorflow as tf

from inkdigits.errors import InputError
from inkdigits.network import registry
from inkdigits.training import architectures, recipe
from inkdigits.training.settings import DistilSettings


class Teachers:
    """The networks in the run folders of a recipe's teachers: one teacher, or an ensemble whose probabilities are averaged.

    They compute inside the training's own graph, so they see every digit as augmentation has changed it.
    """

    def __init__(self, settings: DistilSettings, folders: Sequence[Path], classes: int, dtype_policy: str) -> None:
        """Load the teachers, which must know the same `classes`. Raises InputError for what is no such run folder."""
        self._settings = settings
        self._networks = [_network(folder, dtype_policy) for folder in folders]
        for folder, network in zip(folders, self._networks, strict=True):
            if network.output_shape[-1] != classes:
                what = f"knows {network.output_shape[-1]} classes, and what it is to teach {classes}"
                raise InputError(folder, what, "take another teacher, or change network.not_digit")
        files = [(folder / "model.keras").read_bytes() for folder in folders]
        self.fingerprint = hashlib.sha256(b"".join(hashlib.sha256(file).digest() for file in files)).hexdigest()

    def __call__(self, glyphs: Any) -> Any:
        """Return what they believe of float32 glyphs (N, 28, 28, 1) from 0 to 1: float32 (N, classes)."""
        beliefs = [tf.cast(network(glyphs, training=False), tf.float32) for network in self._networks]
        return tf.add_n(beliefs) / len(beliefs)

    def losses(self, hard: Any, beliefs: Any, probabilities: Any) -> Any:
        """Return each digit's loss (N,): `hard`, that of its label, and the teachers' share of it.

        That is the cross-entropy between both sides' probabilities at the recipe's temperature. Times its square, so that
        the gradient's size does not depend on it.
        """
        share, temperature = self._settings.share, self._settings.temperature
        soft = keras.losses.categorical_crossentropy(_soften(beliefs, temperature), _soften(probabilities, temperature))
        return (1 - share) * hard + share * temperature**2 * soft


def folder_of(teacher: str, data: str) -> Path:
    """Return a teacher's run folder, for its path, or for runs/RECIPE-SEED: the first finished run of that recipe and seed.

    A recipe cannot know when its teachers will be trained, which is the end of their folders' names. What counts is what a
    run's config says: the hash of the recipe of that name, the seed, and `data`, "mnist" or a path as the config has it. Of
    a recipe that is not in the package the hash is not known: then all such runs must have the same. Raises InputError if
    there is no such run, and if runs of several recipes are called so.
    """
    path = Path(teacher)
    if is_path(teacher):
        return folder_of_path(teacher)
    begun = [file.parent for file in sorted(path.parent.glob(f"{glob.escape(path.name)}-*T*/metrics.json"))]
    hashes = {folder: found for folder in begun if (found := _hash_if_named(folder, path.name, data)) is not None}
    name = path.name.rpartition("-")[0]
    if name in recipe.names():
        wanted = recipe.load(name).hash()
        hashes = {folder: found for folder, found in hashes.items() if found == wanted}
    if not hashes:
        what, do = (
            "neither is a run folder nor names a finished run, runs/RECIPE-SEED",
            "train it first, from where this command is given",
        )
        if begun:
            what = f"names no finished run of this recipe, seed and data; {begun[0].name} is of others"
            do = "train it, or name the folder of the run whole"
        raise InputError(f"teacher {teacher}", what, do)
    if len(set(hashes.values())) > 1:
        names = ", ".join(folder.name for folder in hashes)
        raise InputError(
            f"teacher {teacher}", f"names runs of several recipes ({names})", "name the folder of one whole"
        )
    return next(iter(hashes))


def is_path(teacher: str) -> bool:
    """Tell whether a recipe names a teacher whole: any network may teach that is named so."""
    return teacher in registry.shipped() or Path(teacher).exists()


def folder_of_path(teacher: str) -> Path:
    """Return a teacher's run folder for its path. Raises InputError if there is none."""
    return registry.locate(teacher).parent


def _hash_if_named(folder: Path, named: str, data: str) -> str | None:
    """Return the recipe's hash of a run, or None for one of another recipe or seed than is named, or of other data."""
    try:
        config = registry.load(folder).config
    except InputError:  # another program's folder, or a damaged one: it hides none of the others
        return None
    values, recipe_hash = config.get("recipe"), config.get("recipe_hash")
    name = values.get("name") if isinstance(values, dict) else None
    is_it = f"{name}-{config.get('seed')}" == named and config.get("data") == data
    return recipe_hash if is_it and isinstance(recipe_hash, str) else None


def _network(folder: Path, dtype_policy: str) -> keras.Model:
    """Return a run's network: built by its recipe, so that nothing of the file is executed, with the file's weights."""
    path = folder / "model.keras"
    values = registry.load(folder).config.get("recipe")
    if not isinstance(values, dict) or not path.exists():
        raise InputError(folder, "has no model.keras, or no recipe beside it", "give run folders as distil.teachers")
    network = architectures.build(recipe.of_digits(values, folder.name, str(folder)).network, dtype_policy)
    try:
        network.load_weights(path)
    # Keras, h5py and zipfile each raise something of their own for a file that does not fit.
    except Exception as error:
        raise InputError(path, f"does not hold the network of its recipe ({error})", "train it again") from None
    return network


def _soften(probabilities: Any, temperature: float) -> Any:
    """Return probabilities as a softmax of this temperature would have given them."""
    return tf.nn.softmax(tf.math.log(tf.maximum(probabilities, 1e-7)) / temperature)
