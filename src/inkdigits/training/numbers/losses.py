"""The loss of the network that reads numbers: connectionist temporal classification."""

from __future__ import annotations

from typing import Any

import tensorflow as tf

from inkdigits.recognising.ctc import BLANK
from inkdigits.training.numbers.batches import Texts


def losses(signs: Any, wanted: Texts) -> dict[str, Any]:
    """Return the loss of what the network says, (N, 1, T, 16) before the softmax, and its parts.

    `loss` is the mean over strips of −log P(text); `texts` and `nothing` are the means over strips with a text, and over
    those without one.
    """
    signs = signs[:, 0]
    there = wanted.lengths > 0
    # TensorFlow's kernel takes no empty texts. An empty text has one path, blanks alone; so these strips are given a
    # text for the kernel, and their own loss instead of what it says.
    lengths = tf.where(there, wanted.lengths, tf.ones_like(wanted.lengths))
    mask = tf.sequence_mask(lengths, wanted.signs.shape[1])
    sparse = tf.SparseTensor(
        tf.where(mask), tf.boolean_mask(wanted.signs, mask), tf.shape(wanted.signs, out_type=tf.int64)
    )
    columns = tf.maximum(wanted.columns, 1)
    of_texts = tf.nn.ctc_loss(sparse, signs, None, columns, logits_time_major=False, blank_index=BLANK)
    inside = tf.sequence_mask(wanted.columns, tf.shape(signs)[1], tf.float32)
    of_nothing = -tf.reduce_sum(tf.nn.log_softmax(signs)[..., BLANK] * inside, axis=1)
    each = tf.where(there, of_texts, of_nothing)
    with_text = tf.cast(there, tf.float32)
    return {
        "loss": tf.reduce_mean(each),
        "texts": tf.reduce_sum(each * with_text) / (tf.reduce_sum(with_text) + 1e-6),
        "nothing": tf.reduce_sum(each * (1 - with_text)) / (tf.reduce_sum(1 - with_text) + 1e-6),
    }
