"""Which number format a training computes in: bfloat16 where the hardware multiplies it, float32 elsewhere."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import tensorflow as tf


def dtype_policy(precision: str) -> str:
    """Return Keras' name for a recipe's precision: "mixed_bfloat16" or "float32"."""
    if precision == "auto":
        precision = "bfloat16" if has_bfloat16() else "float32"
    return "mixed_bfloat16" if precision == "bfloat16" else "float32"


_REWRITE = "auto_mixed_precision_onednn_bfloat16"


def is_rewritten(precision: str) -> bool:
    """Tell whether a locator's training step is brought to a recipe's precision by TensorFlow and not by Keras.

    On processors TensorFlow's rewriting of graphs makes that step 1.3 times as fast as float32, where Keras'
    "mixed_bfloat16" gave nothing reliable: the rewriting knows which operations oneDNN has in bfloat16, and keeps what
    lies between them in bfloat16 as well. On graphics cards there is no such rewriting, and the policy is right.
    """
    return dtype_policy(precision) != "float32" and not tf.config.list_physical_devices("GPU")


@contextmanager
def rewritten(wanted: bool) -> Iterator[None]:
    """Let TensorFlow bring graphs that are called in the block to bfloat16 if that is wanted; then all is as before."""
    before = tf.config.optimizer.get_experimental_options().get(_REWRITE, False)
    if wanted:
        tf.config.optimizer.set_experimental_options({_REWRITE: True})
    try:
        yield
    finally:
        if wanted:
            tf.config.optimizer.set_experimental_options({_REWRITE: before})


def has_bfloat16() -> bool:
    """Tell whether the graphics card (Ampere or later) or the processor (AVX-512 BF16, AMX) multiplies bfloat16."""
    cards = tf.config.list_physical_devices("GPU")
    if cards:
        capability = tf.config.experimental.get_device_details(cards[0]).get("compute_capability", (0, 0))
        return bool(capability >= (8, 0))
    try:
        text = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace")
    except OSError:  # no Linux: float32 is right everywhere
        return False
    flags = next((line for line in text.splitlines() if line.startswith("flags")), "").split()
    return "avx512_bf16" in flags or "amx_bf16" in flags
