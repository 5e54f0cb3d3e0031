"""What many tests share: a few real digits, pictures of them in every format, and a small training run."""

from __future__ import annotations

import io
import struct
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import settings
from PIL import Image

from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.synthetic import strokes

# An example takes as long as a busy machine makes it take: what must be quick is measured by the processor's clock.
settings.register_profile("without a deadline", deadline=None)
settings.load_profile("without a deadline")

SAMPLES = Path(__file__).parent.parent / "src" / "inkdigits" / "samples"


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """A thousand digits, drawn at random, of MNIST's validation writers: no shipped network was trained on any of theirs.

    Nothing else decides which, least of all what a network answers. tests/training/test_split.py holds that they are so.
    """
    everybody = mnist.train()
    assert everybody.writers is not None
    people, counts = np.unique(everybody.writers, return_counts=True)
    # As training.split.by_writer holds a tenth out, which is not imported: TensorFlow would come with it into every test.
    order = np.random.default_rng(1).permutation(len(people))
    held_out = people[order[: int(np.searchsorted(np.cumsum(counts[order]), 0.1 * len(everybody))) + 1]]
    rows = np.flatnonzero(np.isin(everybody.writers, held_out))
    return everybody.subset(np.random.default_rng(0).permutation(rows)[:1000], "validation writers' digits")


def drawing(label: int = 7, shape: int = 0, height: int = 120, pen: float = 12, margin: int = 40) -> np.ndarray:
    """A clean digit, black on white, uint8 (H, W)."""
    return 255 - strokes.draw(strokes.digit(label, shape), height, pen, margin)


def encoded(pixels: np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a picture file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()


def png_header(width, height):
    """A PNG file that says it has that many pixels, and has hardly any."""
    header = b"IHDR" + struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    chunks = header, b"IDAT" + zlib.compress(bytes(1000)), b"IEND"
    return b"\x89PNG\r\n\x1a\n" + b"".join(
        struct.pack(">I", len(chunk) - 4) + chunk + struct.pack(">I", zlib.crc32(chunk)) for chunk in chunks
    )
