"""Batches: gathered from the data set, which is one tensor, and changed at random."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import tensorflow as tf

from inkdigits.datasets.dataset import Dataset
from inkdigits.training.augment import augment
from inkdigits.training.settings import AugmentSettings

# int32 row numbers (N,) and a step's number → float32 glyphs (N, 28, 28, 1) from 0 to 1, and int32 labels (N,)
Source = Callable[[Any, Any], tuple[Any, Any]]


def source(data: Dataset, changes: AugmentSettings, seed: int) -> Source:
    """Return the function that makes batches of a data set; it is made to be called inside a compiled one.

    What is drawn at random follows from the seed and the step's number: a resumed run draws what it would have drawn.
    """
    images, labels = tf.constant(data.images), tf.constant(data.labels.astype("int32"))

    def batch(rows: Any, step: Any) -> tuple[Any, Any]:
        x = tf.cast(tf.gather(images, rows), tf.float32)[..., tf.newaxis] / 255.0
        if changes.any:
            x = augment(x, changes, tf.stack([seed, tf.cast(step, tf.int32)]))
        return x, tf.gather(labels, rows)

    return batch
