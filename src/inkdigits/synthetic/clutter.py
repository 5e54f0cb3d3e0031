"""What lies over a digit or around it, or is missing: lines, scrawls, cracks, blots, specks, bad ink, rings and discs.

All is done in place, on ink from 0 to 1.
"""

from __future__ import annotations

from collections.abc import Callable

import cv2
import numpy as np
import numpy.typing as npt

Cover = npt.NDArray[np.float32]  # (H, W): how much ink covers each pixel


def line(cover: Cover, random: np.random.Generator) -> None:
    """Draw a thin line across the picture, straight or bowed: a cancelled entry, a fold, a hair."""
    np.maximum(cover, random.uniform(0.4, 0.9) * _across(cover, random, random.uniform(0.01, 0.03)), out=cover)


def scrawl(cover: Cover, random: np.random.Generator) -> None:
    """Draw a thin zigzag across the picture: an entry crossed out in one movement, a pen that was tried out."""
    height, width = cover.shape
    count = int(random.integers(4, 14))
    along = np.linspace(0, 1, count) + random.normal(0, 0.15 / count, count)
    middle, swing = random.uniform(0.3, 0.7), random.uniform(0.08, 0.35)
    across = middle + swing * np.where(np.arange(count) % 2, 1, -1) * random.uniform(0.3, 1.0, count)
    points = np.stack([along, across], axis=1)
    if random.random() < 0.3:
        points = points[:, ::-1]
    path = np.rint(points * np.array([width - 1, height - 1])).astype(np.int32)
    drawn = np.zeros_like(cover)
    pixels = max(1, round(min(height, width) * random.uniform(0.01, 0.05)))
    cv2.polylines(drawn, [path], False, 1.0, pixels, cv2.LINE_AA if pixels > 1 else cv2.LINE_8)
    np.maximum(cover, random.uniform(0.4, 1.0) * np.clip(drawn, 0, 1), out=cover)


def crack(cover: Cover, random: np.random.Generator) -> None:
    """Leave a bare line across the picture: a fold where the ink has come off, a row that a scanner has lost."""
    cover *= 1 - _across(cover, random, random.uniform(0.01, 0.09))


def _across(cover: Cover, random: np.random.Generator, thick: float) -> Cover:
    """Return a line across the picture, straight or bowed, 0 to 1; it is `thick`, as a share of the shorter side."""
    height, width = cover.shape
    ends = np.array([[0.0, random.uniform(0, 1)], [1.0, random.uniform(0, 1)]])
    if random.random() < 0.4:
        ends = ends[:, ::-1]
    middle = ends.mean(axis=0) + random.normal(0, 0.12, 2)
    t = np.linspace(0, 1, 24)[:, None]
    curve = ends[0] * (1 - t) ** 2 + 2 * middle * t * (1 - t) + ends[1] * t**2
    path = np.rint(curve * np.array([width - 1, height - 1])).astype(np.int32)
    drawn = np.zeros_like(cover)
    pixels = max(1, round(min(height, width) * thick))
    cv2.polylines(drawn, [path], False, 1.0, pixels, cv2.LINE_AA if pixels > 1 else cv2.LINE_8)
    return np.clip(drawn, 0, 1)


def blots(cover: Cover, random: np.random.Generator) -> None:
    """Drop a few round blots, or as many round gaps into the ink."""
    height, width = cover.shape
    side = min(height, width)
    value = random.choice([0.0, random.uniform(0.5, 1.0)], p=[0.4, 0.6])
    for _ in range(int(random.integers(1, 7))):
        centre = (int(random.integers(width)), int(random.integers(height)))
        cv2.circle(cover, centre, round(side * random.uniform(0.01, 0.06)), value, -1)


def specks(cover: Cover, random: np.random.Generator) -> None:
    """Sprinkle single pixels or small squares of ink, and take as many away."""
    height, width = cover.shape
    side = int(random.integers(1, 1 + max(1, min(height, width) // 24)))
    coarse = random.random((-(-height // side), -(-width // side)), np.float32)
    fine = np.repeat(np.repeat(coarse, side, axis=0), side, axis=1)[:height, :width]
    share = random.uniform(0.005, 0.05)
    cover[fine < share] = random.uniform(0.5, 1.0)
    cover[fine > 1 - share] = 0.0


def grain(cover: Cover, random: np.random.Generator) -> None:
    """Let the ground show through the ink, as with chalk, a dry pen or worn toner."""
    size = max(1.0, min(cover.shape) * random.uniform(0.0, 0.03))
    noise = cv2.GaussianBlur(random.normal(0, 1, cover.shape).astype(np.float32), (0, 0), 0.5 * size)
    noise /= max(float(noise.std()), 1e-6)
    cover *= np.clip(1 - random.uniform(0.2, 0.5) * (1 + noise), 0, 1)


def surround(cover: Cover, random: np.random.Generator) -> None:
    """Draw a ring or box around the middle of the picture, or fill it, so that what is in it is bare: a disc, a plate."""
    height, width = cover.shape
    centre, axes = (width // 2, height // 2), (round(0.46 * width), round(0.46 * height))
    filled = random.random() < 0.4
    thick = -1 if filled else max(1, round(min(height, width) * random.uniform(0.015, 0.06)))
    drawn = np.zeros_like(cover)
    if random.random() < 0.6:
        cv2.ellipse(drawn, centre, axes, 0, 0, 360, 1.0, thick, cv2.LINE_AA)
    else:
        low, high = np.subtract(centre, axes).tolist(), np.add(centre, axes).tolist()
        cv2.rectangle(drawn, low, high, 1.0, thick)
    drawn = np.clip(drawn, 0, 1)
    cover[:] = drawn * (1 - cover) if filled else np.maximum(cover, random.uniform(0.5, 1.0) * drawn)


# What may lie over any digit; a surrounding needs room.
KINDS: tuple[Callable[[Cover, np.random.Generator], None], ...] = (line, scrawl, crack, blots, specks, grain)
