"""Which number format a training computes in: bfloat16 where the hardware multiplies it, float32 elsewhere."""

from __future__ import annotations

from pathlib import Path

import tensorflow as tf


def dtype_policy(precision: str) -> str:
    """Return Keras' name for a recipe's precision: "mixed_bfloat16" or "float32"."""
    if precision == "auto":
        precision = "bfloat16" if has_bfloat16() else "float32"
    return "mixed_bfloat16" if precision == "bfloat16" else "float32"


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
