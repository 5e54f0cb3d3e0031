"""Augmentation, batched on tensors: every digit of a batch gets its own turn, slant, size, place, bend, pen and gap.

Rotation, scale, shear, shift and elastic bending are one resampling, so that blur does not add up. Random numbers are
drawn from a seed per batch: the same seed gives the same batch, on any machine.
"""

from __future__ import annotations

from typing import Any

import numpy as np
import tensorflow as tf

from inkdigits.training.settings import AugmentSettings

_SIDE = 28
_KNOTS = 4  # the elastic field is smooth: a random one of 4×4, enlarged


def augment(images: Any, settings: AugmentSettings, seed: Any) -> Any:
    """Return glyphs, float32 (N, 28, 28, 1) from 0 to 1, each changed at random; `seed` is an int32 tensor (2,)."""
    count = tf.shape(images)[0]
    seeds = tf.random.split(seed, 4)
    where = _affine(count, settings, seeds[0]) + _elastic(count, settings.elastic, seeds[1])
    moved = _sample(images[..., 0], where)
    return _erase(_pen(moved[..., tf.newaxis], settings.pen, seeds[2]), settings.erasing, seeds[3])


def _affine(count: Any, settings: AugmentSettings, seed: Any) -> Any:
    """Return for each output pixel where it is taken from, (N, 28, 28, 2): row and column."""
    low = [-settings.rotation, -settings.scale, -settings.scale, -settings.shear, -settings.shift, -settings.shift]
    drawn = tf.random.stateless_uniform((count, 6), seed, -1.0, 1.0) * tf.constant([-v for v in low], tf.float32)
    angle, tall, wide, shear, down, right = (v[:, tf.newaxis, tf.newaxis] for v in tf.unstack(drawn, axis=1))
    angle = angle * np.pi / 180
    centre = (_SIDE - 1) / 2
    grid = np.arange(_SIDE, dtype=np.float32) - centre
    y, x = grid[None, :, None], grid[None, None, :]
    rows = (tf.cos(angle) * y - tf.sin(angle) * x) / (1 + tall) + down
    columns = (tf.sin(angle) * y + tf.cos(angle) * x + shear * y) / (1 + wide) + right
    return tf.stack([rows + centre, columns + centre], axis=-1)


def _elastic(count: Any, strength: float, seed: Any) -> Any:
    """Return smooth random displacements in pixels, (N, 28, 28, 2), of standard deviation about `strength`.

    Source: Simard, Steinkraus and Platt, "Best Practices for Convolutional Neural Networks", 2003, on a coarse grid.
    """
    if strength == 0:
        return 0.0
    coarse = tf.random.stateless_normal((count, _KNOTS, _KNOTS, 2), seed) * strength * 1.5
    return tf.image.resize(coarse, (_SIDE, _SIDE), method="bicubic")


def _sample(images: Any, where: Any) -> Any:
    """Return images (N, 28, 28) read at real-valued places (N, 28, 28, 2), bilinearly; 0 outside."""
    padded = tf.pad(images, [[0, 0], [2, 2], [2, 2]])
    side = _SIDE + 4
    where = tf.clip_by_value(where + 2.0, 0.0, side - 1.001)
    corner = tf.floor(where)
    weight = where - corner
    index = tf.cast(corner, tf.int32)
    start = index[..., 0] * side + index[..., 1]
    flat = tf.reshape(padded, (-1, side * side))
    start = tf.reshape(start, (-1, _SIDE * _SIDE))

    def at(offset: int) -> Any:
        return tf.reshape(tf.gather(flat, start + offset, batch_dims=1), (-1, _SIDE, _SIDE))

    row, column = weight[..., 0], weight[..., 1]
    upper = at(0) * (1 - column) + at(1) * column
    lower = at(side) * (1 - column) + at(side + 1) * column
    return upper * (1 - row) + lower * row


def _pen(images: Any, strength: float, seed: Any) -> Any:
    """Return images with strokes widened or thinned by up to `strength` of a pixel on each side, each at random."""
    if strength == 0:
        return images
    amount = tf.random.stateless_uniform((tf.shape(images)[0], 1, 1, 1), seed, -strength, strength)
    wider = tf.nn.max_pool2d(images, 3, 1, "SAME")
    thinner = -tf.nn.max_pool2d(-images, 3, 1, "SAME")
    return images + tf.maximum(amount, 0.0) * (wider - images) + tf.maximum(-amount, 0.0) * (thinner - images)


def _erase(images: Any, largest: float, seed: Any) -> Any:
    """Return images with the ink of a square gone: its side is from 0 to `largest` pixels, each at random, as its place is.

    Source: DeVries and Taylor, "Improved Regularization of Convolutional Neural Networks with Cutout", 2017.
    """
    if largest == 0:
        return images
    drawn = tf.random.stateless_uniform((tf.shape(images)[0], 3, 1, 1), seed)
    side = tf.round(drawn[:, 0] * largest)
    top, left = (tf.floor(drawn[:, i] * (_SIDE + 1 - side)) for i in (1, 2))
    grid = tf.range(_SIDE, dtype=tf.float32)
    rows = (grid[:, tf.newaxis] >= top) & (grid[:, tf.newaxis] < top + side)
    columns = (grid[tf.newaxis] >= left) & (grid[tf.newaxis] < left + side)
    return tf.where((rows & columns)[..., tf.newaxis], 0.0, images)
