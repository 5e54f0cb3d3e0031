"""The locator's loss: a sum over its heads, each a mean over what is learned there."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from inkdigits.locating.maps import HEADS
from inkdigits.training.locator.targets import NOTHING, Targets

# What each part weighs. Boxes are in units of 16 pixels, links of 32.
WEIGHTS = {"centres": 1.0, "classes": 0.7, "boxes": 1.0, "links": 0.5, "turns": 0.6, "ink": 1.0}


def losses(marks: Any, ink: Any, wanted: Targets) -> dict[str, Any]:
    """Return each head's loss by name, from the network's outputs `marks` and `ink` and the targets of a batch."""
    centres, classes, boxes, links, turns = tf.split(marks, HEADS, axis=-1)
    digit, near = tf.cast(wanted.near == 2, tf.float32), tf.cast(wanted.near > 0, tf.float32)
    link = tf.cast(wanted.links, tf.float32)
    goes_on = tf.nn.sigmoid_cross_entropy_with_logits(link[..., 0], links[..., 0])
    distance = tf.reduce_sum(tf.abs(links[..., 1:] - link[..., 1:]), -1) * link[..., 0]
    off = tf.reduce_sum(tf.abs(boxes - tf.cast(wanted.boxes, tf.float32)), -1)
    return {
        "centres": _focal(centres, tf.cast(wanted.centres, tf.float32) / 255, tf.cast(wanted.open, tf.float32)),
        "classes": _entropy(classes, wanted.classes),
        "boxes": _mean(off, near),
        "links": _mean(goes_on + distance, digit),
        "turns": _entropy(turns, wanted.turns),
        "ink": _ink(ink, tf.cast(wanted.ink, tf.float32) / 255),
    }


def total(parts: dict[str, Any]) -> Any:
    """Return the weighted sum."""
    return tf.add_n([WEIGHTS[name] * part for name, part in parts.items()])


def _mean(values: Any, where: Any) -> Any:
    return tf.reduce_sum(values * where) / (tf.reduce_sum(where) + 1.0)


def _entropy(logits: Any, wanted: Any) -> Any:
    """Return the mean cross-entropy where something is wanted."""
    somewhere = wanted != NOTHING
    label = tf.cast(tf.where(somewhere, wanted, tf.zeros_like(wanted)), tf.int32)
    return _mean(tf.nn.sparse_softmax_cross_entropy_with_logits(label, logits), tf.cast(somewhere, tf.float32))


def _focal(logits: Any, wanted: Any, open_: Any) -> Any:
    """Return the focal loss of centre maps: what is nearly right hardly counts, cells beside a centre count less.

    Source: Lin et al., "Focal loss", 2017, as in Zhou et al., "Objects as points", 2019, equation 1.
    """
    p = tf.sigmoid(logits)
    centre = tf.cast(wanted > 0.999, tf.float32)
    hit = centre * (1 - p) ** 2 * tf.math.log_sigmoid(logits)
    missed = (1 - centre) * (1 - wanted) ** 4 * p**2 * tf.math.log_sigmoid(-logits) * open_[..., tf.newaxis]
    return -(tf.reduce_sum(hit) + tf.reduce_sum(missed)) / (tf.reduce_sum(centre) + 1.0)


def _ink(logits: Any, wanted: Any) -> Any:
    """Return cross-entropy and Dice of the ink map: Dice counts thin lines like broad ones (Milletari et al., 2016)."""
    entropy = tf.reduce_mean(tf.nn.sigmoid_cross_entropy_with_logits(wanted, logits))
    p = tf.sigmoid(logits)
    axes = (0, 1, 2)
    dice = 1 - (2 * tf.reduce_sum(p * wanted, axes) + 1) / (tf.reduce_sum(p, axes) + tf.reduce_sum(wanted, axes) + 1)
    return 2 * entropy + 0.5 * tf.reduce_mean(dice)
