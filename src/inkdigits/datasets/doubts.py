"""What a data set is to be doubted for, measured on the digits themselves: inverted or turned pictures, wrong labels.

What is certain is put right, and told; what is not is told with what to do. The measure is the network that reads by
default, asked about a sample as it stands and turned; MNIST's test digits are not in the sample.
"""

from __future__ import annotations

import shlex
from collections import Counter
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset

Glyphs = npt.NDArray[np.uint8]
OnWarning = Callable[[str], None]

_SAMPLE = 500
_NEARLY_ALL = 0.95  # of the pictures: the others are blots
_FEWEST = 10  # digits from which their labels can be doubted
# To turn all digits, so many of them must be read right when turned, and so many more than as they are.
_RIGHT, _GAIN, _LEAST_GAIN = 0.8, 0.25, 20

# What makes digits that are stored in another way upright again. EMNIST's files hold columns for rows.
_TURNS: dict[str, Callable[[npt.NDArray[Any]], npt.NDArray[Any]]] = {
    "transposed (columns for rows, as EMNIST's files)": lambda glyphs: glyphs.swapaxes(1, 2),
    "mirrored": lambda glyphs: glyphs[:, :, ::-1],
    "upside down": lambda glyphs: glyphs[:, ::-1, ::-1],
    "mirrored and upside down": lambda glyphs: glyphs[:, ::-1],
    "turned to the left": lambda glyphs: np.rot90(glyphs, -1, (1, 2)),
    "turned to the right": lambda glyphs: np.rot90(glyphs, 1, (1, 2)),
}
_LOOK = "look at them with: inkdigits data show"


def light_on_dark(images: Glyphs, name: str, on_warning: OnWarning) -> Glyphs:
    """Return digits, uint8 (N, H, W), light on dark as MNIST's: inverted where nearly all of them are dark on light.

    A picture is, if its border is mostly light. Where some are and some are not, they stay, and that is told.
    """
    border = np.concatenate([images[:, 0], images[:, -1], images[:, :, 0], images[:, :, -1]], axis=1)
    light = np.median(border, axis=1) > 127
    share = float(light.mean())
    if share >= _NEARLY_ALL:
        on_warning(f"{name}: its digits are dark on light; they were inverted, to be light on dark as MNIST's")
        return np.where(light[:, None, None], 255 - images, images)
    if share > 1 - _NEARLY_ALL:
        on_warning(
            f"{name}: {int(light.sum()):,} of its {len(images):,} digits are dark on light and the others light on dark; "
            "invert those, or give pictures in folders 0 to 9, where each is read by itself"
        )
    return images


def upright(data: Dataset, name: str, spec: str, on_warning: OnWarning) -> Dataset:
    """Return the digits, turned where it is certain that they are stored turned; tell what speaks against the labels.

    `name` is what warnings call the digits, `spec` what the data set is called on the command line.
    """
    labels = np.unique(data.labels)
    if len(labels) == 1 and len(data) > 1:
        on_warning(
            f"{name}: all {len(data):,} labels are {labels[0]}, from which nothing can be learned; check which column or "
            "folder holds the labels"
        )
        return data
    rows = np.flatnonzero(mnist.test_rows(data.images) < 0)
    rows = np.sort(np.random.default_rng(0).permutation(rows)[:_SAMPLE])
    glyphs, labels = data.images[rows], data.labels[rows]
    if len(rows) < _FEWEST:
        return data
    read = _read(glyphs)
    right = int((read == labels).sum())
    if right >= _RIGHT * len(rows):
        return data
    turned = {how: int((_read(turn(glyphs)) == labels).sum()) for how, turn in _TURNS.items()}
    how = max(turned, key=lambda how: turned[how])
    what = f"{turned[how]:,} of {len(rows):,} are read as they are labelled when turned back, and {right:,} as they are"
    if turned[how] >= _RIGHT * len(rows) and turned[how] - right >= max(_LEAST_GAIN, _GAIN * len(rows)):
        on_warning(f"{name}: its digits are {how}: {what}; they were turned back")
        return replace(data, images=np.ascontiguousarray(_TURNS[how](data.images)))
    if turned[how] > len(rows) / 2 and turned[how] - right >= _GAIN * len(rows):
        on_warning(f"{name}: its digits look {how}: {what}; if so, turn them; {_LOOK} {shlex.quote(spec)}")
    elif right < len(rows) / 2:
        wrong = Counter(zip(labels[read != labels].tolist(), read[read != labels].tolist(), strict=True))
        (label, seen), count = wrong.most_common(1)[0]
        on_warning(
            f"{name}: {right:,} of {len(rows):,} digits are read as they are labelled ({count:,} with the label {label} as "
            f"{seen}); check labels and pictures; {_LOOK} {shlex.quote(spec)}"
        )
    return data


def _read(glyphs: Glyphs) -> npt.NDArray[np.intp]:
    """Return what the network that reads by default takes digits for, (N,), 0 to 9."""
    return np.asarray(network.load().probabilities(np.ascontiguousarray(glyphs))[:, :10].argmax(axis=1))
