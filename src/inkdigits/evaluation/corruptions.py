"""The fifteen corruptions of MNIST-C: how robust is a network, or the whole way from picture to answer?

Source: Mu and Gilmer, "MNIST-C: A Robustness Benchmark for Computer Vision", 2019 (arXiv:1906.02337). Each is at
the severity of the published data set, with its parameters; the random numbers are our own, so the pictures are like the
published ones and not equal to them. Nothing here trains anything.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

Images = npt.NDArray[np.float32]  # (N, 28, 28), 0 bare, 1 full ink
_SIDE = 28
_ROWS, _COLUMNS = np.mgrid[0:_SIDE, 0:_SIDE].astype(np.float32)


def corrupt(glyphs: npt.NDArray[np.uint8], name: str, seed: int = 0) -> npt.NDArray[np.uint8]:
    """Return MNIST's digits, uint8 (N, 28, 28), corrupted in the way that `name` says, as uint8 (N, 28, 28).

    `name` is a key of CORRUPTIONS; KeyError is raised for any other. The same seed gives the same pictures.
    """
    images = glyphs.astype(np.float32) / np.float32(255)
    corrupted = CORRUPTIONS[name](images, np.random.default_rng(seed))
    return np.asarray(np.rint(np.clip(corrupted, 0, 1) * 255), np.uint8)


def shot_noise(images: Images, random: np.random.Generator) -> Images:
    """Count photons: a Poisson number with a mean of 3 at full ink."""
    return np.asarray(random.poisson(images * 3) / 3, np.float32)


def impulse_noise(images: Images, random: np.random.Generator) -> Images:
    """Set 17 % of the pixels to black or white, half and half."""
    hit, white = random.random(images.shape) < 0.17, random.random(images.shape) < 0.5
    return np.where(hit, white.astype(np.float32), images)


def glass_blur(images: Images, random: np.random.Generator) -> Images:
    """Blur, swap each pixel with a neighbour above and left at random (twice over), and blur again.

    The published data set is blurred along the columns only (its code takes a grey picture's columns for colour channels).
    """
    blurred = _blur(images, 0.7, across=False)
    every = np.arange(len(images))
    for _ in range(2):
        for row in range(_SIDE - 1, 1, -1):
            for column in range(_SIDE - 1, 1, -1):
                swapped = random.random(len(images)) < 0.5
                up, left = np.where(swapped, random.integers(0, 2, (2, len(images))), 0)
                other = blurred[every, row - up, column - left]
                blurred[every, row - up, column - left] = blurred[:, row, column]
                blurred[:, row, column] = other
    return _blur(blurred, 0.7, across=False)


def motion_blur(images: Images, random: np.random.Generator) -> Images:
    """Smear to one side along a line within 45° of level: half a Gaussian of σ = 3 and 21 pixels (as ImageMagick)."""
    steps = np.arange(21)
    weights = np.exp(-(steps**2) / 18)
    weights /= weights.sum()
    angle = np.radians(random.uniform(-45, 45, (len(images), 1, 1)))
    every, rows, columns = np.ogrid[: len(images), :_SIDE, :_SIDE]
    smeared = np.zeros_like(images)
    for step, weight in zip(steps, weights, strict=True):
        down, right = (np.ceil(step * part(angle) - 0.5).astype(int) for part in (np.sin, np.cos))
        source = np.clip(rows + down, 0, _SIDE - 1), np.clip(columns + right, 0, _SIDE - 1)
        smeared += np.float32(weight) * images[every, *source]
    return smeared


def shear(images: Images, random: np.random.Generator) -> Images:
    """Slant by 0.4 radians to either side (and make higher by 1 / cos 0.4, as scikit-image did in 2019)."""
    slants = 0.4 * _signs(random, len(images))
    return _warp(images, [np.array([[1, -np.sin(s)], [0, np.cos(s)]]) for s in slants])


def scale(images: Images, random: np.random.Generator) -> Images:
    """Shrink to 0.7 of the size."""
    del random
    return _warp(images, [np.eye(2) / 0.7] * len(images))


def rotate(images: Images, random: np.random.Generator) -> Images:
    """Turn by 0.4 radians (23°) to either side."""
    angles = 0.4 * _signs(random, len(images))
    return _warp(images, [np.array([[np.cos(a), -np.sin(a)], [np.sin(a), np.cos(a)]]) for a in angles])


def brightness(images: Images, random: np.random.Generator) -> Images:
    """Lift everything by half the range."""
    del random
    return np.asarray(images + 0.5, np.float32)


def translate(images: Images, random: np.random.Generator) -> Images:
    """Move by three pixels along both axes, in any of the four directions."""
    across, down = 3 * _signs(random, len(images)), 3 * _signs(random, len(images))
    return _warp(images, [np.eye(2)] * len(images), np.stack([across, down], axis=1))


def stripe(images: Images, random: np.random.Generator) -> Images:
    """Invert the seven columns at the left and at the right."""
    del random
    return np.where((_COLUMNS < 7) | (_COLUMNS >= 21), 1 - images, images)


def fog(images: Images, random: np.random.Generator) -> Images:
    """Lay clouds over it that are three times as strong as the digit, then bring the sum back into the range."""
    peak = images.max(axis=(1, 2), keepdims=True)
    clouds = np.concatenate([_clouds(min(64, len(images) - i), random) for i in range(0, len(images), 64)])
    return np.asarray((images + 3 * clouds) * peak / (peak + 3), np.float32)


def spatter(images: Images, random: np.random.Generator) -> Images:
    """Spatter it with mud: opaque spots of grey 63 of 255."""
    liquid = _blur(random.normal(0.65, 0.3, images.shape).astype(np.float32), 1.0)
    mud = _blur((liquid > 0.65).astype(np.float32), 1.5)
    mud[mud < 0.8] = 0
    return np.asarray(images * (1 - mud) + mud * 63 / 255, np.float32)


def dotted_line(images: Images, random: np.random.Generator) -> Images:
    """Draw a dotted line from side to side: two columns of it, two columns of gap."""
    ends = random.integers(0, 27, (len(images), 2))
    dots = (_COLUMNS % 4 >= 2) & (_COLUMNS < 27)
    return np.stack([image + dots * _line(0, a, 27, b) for image, (a, b) in zip(images, ends, strict=True)])


def zigzag(images: Images, random: np.random.Generator) -> Images:
    """Draw a zigzag across the picture, nearly level: teeth of four pixels, two high to either side."""
    starts, rises = random.integers(0, 27, len(images)), random.integers(-5, 5, len(images))
    drawn = images.copy()
    for image, start, rise in zip(drawn, starts, rises, strict=True):
        corners = _zigzag_corners(float(start), float(rise))
        for (x0, y0), (x1, y1) in pairwise(corners):
            np.minimum(image + _line(x0, y0, x1, y1), 1, out=image)
    return drawn


def canny_edges(images: Images, random: np.random.Generator) -> Images:
    """Leave the outline alone, one pixel wide: Canny's edges at σ = 1, thresholds 0.1 and 0.2 of Sobel's gradient.

    OpenCV's edges are not scikit-image's to the pixel; networks read both equally well, within a point.
    """
    del random
    edges = []
    for smooth in _blur(images, 1.0):
        # OpenCV takes whole numbers: gradients in thousandths.
        x, y = (np.rint(1000 * cv2.Sobel(smooth, cv2.CV_32F, *way)).astype(np.int16) for way in ((1, 0), (0, 1)))
        edges.append(cv2.Canny(x, y, 100, 200, L2gradient=True).astype(np.float32) / 255)
    return np.stack(edges)


CORRUPTIONS: dict[str, Callable[[Images, np.random.Generator], Images]] = {
    f.__name__: f
    for f in (shot_noise, impulse_noise, glass_blur, motion_blur, shear, scale, rotate, brightness, translate, stripe,
              fog, spatter, dotted_line, zigzag, canny_edges)
}  # fmt: skip


def _signs(random: np.random.Generator, count: int) -> npt.NDArray[np.int64]:
    return 2 * random.integers(0, 2, count) - 1


def _blur(images: Images, sigma: float, across: bool = True) -> Images:
    """Blur each picture by a Gaussian cut off at four σ, across and down or down alone; its border goes on as it is."""
    side = 2 * round(4 * sigma) + 1
    size = (side if across else 1, side)
    blurred = [cv2.GaussianBlur(image, size, sigma, borderType=cv2.BORDER_REPLICATE) for image in images]
    return np.asarray(np.stack(blurred), np.float32)


def _warp(
    images: Images, matrices: list[npt.NDArray[np.float64]], shifts: npt.NDArray[np.int64] | None = None
) -> Images:
    """Resample each picture: its matrix takes (x, y) of the result to that of the picture; the middle stays where it is."""
    middle = np.full(2, (_SIDE - 1) / 2)
    warped = []
    for i, (image, matrix) in enumerate(zip(images, matrices, strict=True)):
        shift = middle - matrix @ middle + (0 if shifts is None else shifts[i])
        whole = np.column_stack([matrix, shift])
        warped.append(cv2.warpAffine(image, whole, (_SIDE, _SIDE), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP))
    return np.asarray(np.stack(warped), np.float32)


def _clouds(count: int, random: np.random.Generator, side: int = 256) -> Images:
    """Return the corners, (count, 28, 28), of plasma fractals of side 256 that range from 0 to 1.

    Diamond-square (Fournier, Fussell and Carpenter 1982) on a torus; the offsets shrink by 1.4² from level to level.
    """
    field = np.zeros((count, side, side), np.float32)
    strength = 1.0

    def offset(mean: npt.NDArray[Any]) -> npt.NDArray[Any]:
        return mean + random.uniform(-strength, strength, mean.shape)

    step = side
    while step > 1:
        half = step // 2
        corners = field[:, ::step, ::step]
        level = corners + np.roll(corners, -1, axis=1)
        field[:, half::step, half::step] = offset((level + np.roll(level, -1, axis=2)) / 4)
        centres = field[:, half::step, half::step]
        beside = corners + np.roll(corners, -1, axis=2) + centres + np.roll(centres, 1, axis=1)
        field[:, ::step, half::step] = offset(beside / 4)
        above = corners + np.roll(corners, -1, axis=1) + centres + np.roll(centres, 1, axis=2)
        field[:, half::step, ::step] = offset(above / 4)
        step, strength = half, strength / 1.4**2
    low, high = (f(field, axis=(1, 2), keepdims=True) for f in (np.min, np.max))
    return np.asarray(((field - low) / (high - low))[:, :_SIDE, :_SIDE], np.float32)


def _line(x0: float, y0: float, x1: float, y1: float) -> npt.NDArray[np.float32]:
    """Return a soft line between two points, (28, 28): 1 on it, falling to 0 about 1.5 pixels above and below."""
    slope = (y1 - y0) / (x1 - x0)
    off = np.minimum(np.abs(_ROWS - (slope * (_COLUMNS - x0) + y0)) / 2.3, 1 - 1e-6)
    inside = (np.floor(x0) <= _COLUMNS) & (np.ceil(x1) > _COLUMNS)
    return np.asarray(np.where(inside, np.maximum(np.log(1 - off) + 1, 0), 0), np.float32)


def _zigzag_corners(start: float, rise: float) -> npt.NDArray[np.float64]:
    """Return the corners (x, y), shape (n, 2), of a zigzag from column 2, row `start`, to column 25, `rise` rows lower."""
    angle = np.arctan(rise / 23)
    length = 23 / np.cos(angle)
    teeth = int((length - 2) // 4) + 1
    corners = [(0.0, 0.0)] + [(4.0 * i + 2, 2.0 * (-1) ** i) for i in range(teeth)]
    rest = length - 4 * (length // 4)
    if rest:  # it ends on the way back to the middle
        corners.append((length, corners[-1][1] / (2 * rest)))
    turn = np.array([[np.cos(angle), np.sin(angle)], [-np.sin(angle), np.cos(angle)]])
    return np.asarray(np.array(corners) @ turn + (2, start), np.float64)
