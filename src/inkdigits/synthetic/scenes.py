"""Ink → a random picture of it, as people send them: any size, pen, light, noise, crop and polarity.

This is the variety that the default network is trained on. Every picture made here then goes the way of every picture
(`reading.prepare`), so the network learns what that way makes of bad pictures, its mistakes included.
"""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.synthetic import clutter

Ink = npt.NDArray[np.uint8]


_BITMAPS = 0.14  # share of pictures of few pixels
_CUT = 0.25  # share of tight crops that cut strokes
_CLUTTERED = 0.16  # share of pictures with something over the digit
_SURROUNDED = 0.05  # share of pictures with room around the digit in which it stands in a ring, a box or a disc


def picture(ink: Ink, random: np.random.Generator) -> tuple[Ink, Ink]:
    """Return a grey picture, uint8 (H, W), with this ink (white on black, any size) in it, and that ink as it lies there.

    Digits are 9 to 90 pixels high, pens thin to thick, the paper flat or unevenly lit, sometimes with ruled lines or a box;
    a few have a stray line, a scrawl, a crack, blots, specks or ink that covers badly, a ring or a disc around the digit;
    tight crops may cut strokes; the whole may be noisy, blurred, JPEG-compressed or binary, and of either polarity. One in
    seven is a bitmap of few pixels (see `bitmap`).
    """
    if random.random() < _BITMAPS:
        return bitmap(ink, random)
    height = int(np.exp(random.uniform(np.log(9), np.log(90))))
    drawn = _pen(_resize(_turn(ink, random), height), random)
    margin = random.choice([0.0, 0.05, 0.3, 1.0], p=[0.15, 0.15, 0.4, 0.3]) * height
    left, right, top, bottom = (round(margin * random.uniform(0.5, 1.5)) + (margin > 0) for _ in range(4))
    cover = cv2.copyMakeBorder(drawn, top, bottom, left, right, cv2.BORDER_CONSTANT, value=0).astype(np.float32) / 255
    if margin == 0 and random.random() < _CUT:
        cover = _without_an_edge(cover, random)
    if min(cover.shape) < 8:
        missing = 8 - min(cover.shape)
        cover = cv2.copyMakeBorder(cover, missing, missing, missing, missing, cv2.BORDER_CONSTANT, value=0)
    alone = np.asarray(np.rint(255 * cover), np.uint8)
    if random.random() < 0.12 and margin >= 0.3 * height:
        _rule(cover, random)
    if margin >= 0.3 * height and random.random() < _SURROUNDED:
        clutter.surround(cover, random)
    if height >= 16 and random.random() < _CLUTTERED:
        clutter.KINDS[int(random.integers(len(clutter.KINDS)))](cover, random)
    contrast = random.uniform(0.25, 1.0)
    lit = random.random() < 0.5
    paper = 1.0 - 0.2 * random.random() * _light(cover.shape, random) if lit else np.float32(1.0)
    page = paper * (1.0 - contrast * cover)
    return _camera(page, random, binary=not lit and random.random() < 0.3), alone


def bitmap(ink: Ink, random: np.random.Generator) -> tuple[Ink, Ink]:
    """Return ink as a picture of 8 to 20 pixels a side, stretched to a square or squeezed, and that ink, white on black.

    Four of ten are of the other polarity, six black and white; some are enlarged, each pixel a square.
    """
    drawn = _pen(_resize(_turn(ink, random), 64), random)
    height = int(random.integers(8, 21))
    width = height if random.random() < 0.6 else max(5, round(height * random.uniform(0.5, 1.2)))
    margin = int(random.integers(0, 2))
    small = np.asarray(cv2.resize(drawn, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    if random.random() < 0.6:
        level = min(random.uniform(70, 150), 0.8 * float(small.max()))
        small = np.where(small > level, np.uint8(255), np.uint8(0))
    small = cv2.copyMakeBorder(small, margin, margin, margin, margin, cv2.BORDER_CONSTANT, value=0)
    if random.random() < 0.25:
        side = int(random.integers(2, 6))
        small = np.repeat(np.repeat(small, side, axis=0), side, axis=1)
    return np.asarray(255 - small if random.random() < 0.4 else small, np.uint8), np.asarray(small, np.uint8)


def _without_an_edge(cover: npt.NDArray[np.float32], random: np.random.Generator) -> npt.NDArray[np.float32]:
    """Cut up to a tenth of a picture away at one or two of its sides."""
    for _ in range(int(random.integers(1, 3))):
        rows, columns = (round(random.uniform(0, 0.1) * side) for side in cover.shape)
        cover = [cover[rows:], cover[: len(cover) - rows], cover[:, columns:], cover[:, : cover.shape[1] - columns]][
            int(random.integers(4))
        ]
    return cover


def _turn(ink: Ink, random: np.random.Generator) -> Ink:
    """Rotate and slant a little."""
    angle, shear = random.normal(0, 0.09), random.normal(0, 0.15)
    height, width = ink.shape
    side = max(height, width) + 8
    matrix = np.array([[np.cos(angle), shear - np.sin(angle), 0], [np.sin(angle), np.cos(angle), 0]])
    matrix[:, 2] = np.array([side, side]) - matrix[:, :2] @ np.array([width / 2, height / 2])
    turned = cv2.warpAffine(ink, matrix, (2 * side, 2 * side), flags=cv2.INTER_CUBIC)
    x, y, w, h = cv2.boundingRect((turned > 24).astype(np.uint8))
    return np.asarray(turned[y : y + h, x : x + w] if w and h else ink, np.uint8)


def _resize(ink: Ink, height: int) -> Ink:
    """Scale so that the longer side is `height`."""
    scale = height / max(ink.shape)
    size = (max(2, round(ink.shape[1] * scale)), max(2, round(ink.shape[0] * scale)))
    interpolation = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    return np.asarray(cv2.resize(ink, size, interpolation=interpolation), np.uint8)


def _pen(ink: Ink, random: np.random.Generator) -> Ink:
    """Make the strokes thinner or thicker, by up to a tenth of the height."""
    change = random.normal(0, 0.035) * max(ink.shape)
    reach = round(abs(change))
    if reach == 0:
        return ink
    reach = min(reach, max(1, max(ink.shape) // 10))
    kernel = cv2.getStructuringElement(cv2.MORPH_ELLIPSE, (reach + 1, reach + 1))
    if change > 0:
        wide = cv2.copyMakeBorder(ink, reach, reach, reach, reach, cv2.BORDER_CONSTANT, value=0)
        return np.asarray(cv2.dilate(wide, kernel), np.uint8)
    thin = np.asarray(cv2.erode(ink, kernel), np.uint8)
    # A pen that would vanish stays as it was.
    return thin if int((thin > 127).sum()) > 0.35 * int((ink > 127).sum()) else ink


def _rule(cover: npt.NDArray[np.float32], random: np.random.Generator) -> None:
    """Draw a ruled line, or the sides of a box, along the frame; whole or in part, fainter than the pen or as dark."""
    height, width = cover.shape
    strength, thick = random.uniform(0.3, 0.9), max(1, round(height * random.uniform(0.005, 0.03)))
    sides = random.random(4) < random.choice([0.3, 1.0], p=[0.7, 0.3])
    near = round(random.uniform(0.0, 0.12) * min(height, width))
    parts = [
        (slice(near, near + thick), slice(None)),
        (slice(height - near - thick, height - near), slice(None)),
        (slice(None), slice(near, near + thick)),
        (slice(None), slice(width - near - thick, width - near)),
    ]
    for i in np.flatnonzero(sides):
        rows, columns = parts[i]
        if random.random() < 0.5:  # the rest of it is worn, or was taken away as background
            first, last = np.sort(random.uniform(0, 1, 2)) * (width if i < 2 else height)
            within = slice(int(first), int(last) + 1)
            rows, columns = (rows, within) if i < 2 else (within, columns)
        cover[rows, columns] = np.maximum(cover[rows, columns], np.float32(strength))


def _light(shape: tuple[int, ...], random: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return a smooth field from 0 to 1: a slope of light, or the soft edge of a shadow."""
    angle = random.uniform(0, 2 * np.pi)
    y, x = np.ogrid[0 : shape[0], 0 : shape[1]]
    across = np.cos(angle) * (x / shape[1] - 0.5) + np.sin(angle) * (y / shape[0] - 0.5) + random.uniform(-0.3, 0.3)
    steep = random.choice([1.0, 12.0], p=[0.75, 0.25])
    return np.asarray(np.clip(0.5 + steep * across, 0, 1) * random.choice([1.0, 2.5]), np.float32)


def _camera(page: npt.NDArray[np.float32], random: np.random.Generator, binary: bool) -> npt.NDArray[np.uint8]:
    """Blur, add grain, quantise, compress and invert, each in some of the pictures."""
    page = page.astype(np.float32)
    if random.random() < 0.5:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), random.uniform(0.3, 0.02 * max(page.shape) + 0.5)), np.float32)
    brightness = random.uniform(0.55, 1.0)
    page = page * brightness
    if random.random() < 0.5:
        coarse = not binary and random.random() < 0.15  # as in the dark; a good deal weaker than the ink
        strength = random.uniform(0.05, 0.2) * float(np.ptp(page)) if coarse else random.uniform(0.005, 0.05)
        page = page + random.normal(0, strength, page.shape).astype(np.float32)
    if binary and min(page.shape) >= 24 and random.random() < 0.5:  # the edges of a coarse scan are ragged
        ragged = cv2.GaussianBlur(random.normal(0, 1, page.shape).astype(np.float32), (0, 0), 0.6)
        soft = cv2.GaussianBlur(page, (0, 0), 0.8)
        page = np.asarray(soft + float(np.ptp(soft)) * random.uniform(0.05, 0.25) * ragged, np.float32)
    grey = np.clip(np.rint(page * 255), 0, 255).astype(np.uint8)
    if binary:
        _, grey = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
    elif random.random() < 0.25:
        _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(25, 90))])
        grey = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.asarray(255 - grey if random.random() < 0.4 else grey, np.uint8)
