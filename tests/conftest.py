"""What many tests share: a few real digits, pictures of them in every format, and a small training run."""

from __future__ import annotations

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from inkdigits.datasets import mnist
from inkdigits.datasets.dataset import Dataset
from inkdigits.synthetic import strokes

SAMPLES = Path(__file__).parent.parent / "src" / "inkdigits" / "samples"


@pytest.fixture(scope="session")
def digits() -> Dataset:
    """A thousand training digits of MNIST."""
    return mnist.train().subset(np.arange(30_000, 31_000))


def drawing(label: int = 7, shape: int = 0, height: int = 120, pen: float = 12, margin: int = 40) -> np.ndarray:
    """A clean digit, black on white, uint8 (H, W)."""
    return 255 - strokes.draw(strokes.digit(label, shape), height, pen, margin)


def encoded(pixels: np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    """The bytes of a picture file."""
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind, **options)
    return buffer.getvalue()
