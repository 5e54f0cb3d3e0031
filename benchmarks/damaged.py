"""Digits that a crop has cut into, that a crack parts, boxed, tiny or at the frame: what the picture work can make of them.

MNIST's validation writers, whom `default` has not seen; each digit is damaged in one way at a time and read as any picture is,
in either polarity. The rules that see to it were chosen with these pictures (`image.polarity`, `image.segment`), so the
table tells where the way from picture to glyph is weak, not how people's pictures are.

Usage: python benchmarks/damaged.py [--digits N] [--model NAME]
writes benchmarks/results/damaged.json, where all digits are read by default
"""

from __future__ import annotations

import argparse
from collections.abc import Callable
from functools import partial
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

import inkdigits
from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.training import split
from machine import write_results

Ink = npt.NDArray[np.uint8]
Light = npt.NDArray[np.float64]  # (H, W): how light the paper is, 0 to 255
SIDES = ("top", "bottom", "left", "right")


def box(ink: Ink) -> tuple[int, int, int, int]:
    """Return (left, top, width, height) of what is ink for sure."""
    left, top, width, height = cv2.boundingRect((ink > 64).astype(np.uint8))
    return left, top, width, height


def cropped(ink: Ink, inside: int = 0, pen: int = 1, scale: int = 1) -> Ink:
    """Crop to the strokes, or `inside` pixels into them; drawn with a pen wider by `pen` − 1, and enlarged."""
    wide = cv2.dilate(ink, np.ones((pen, pen), np.uint8))
    left, top, width, height = box(np.asarray(wide, np.uint8))
    part = wide[top + inside : top + height - inside, left + inside : left + max(width, inside * 2 + 4) - inside]
    return np.asarray(cv2.resize(part, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def cracked(ink: Ink, degrees: float, width: int, place: float = 0.5, scale: int = 1) -> Ink:
    """Leave a bare line across the digit, at a share of its extent; 0 degrees is level."""
    left, top, across, down = box(ink)
    y, x = np.mgrid[0 : ink.shape[0], 0 : ink.shape[1]]
    angle = np.radians(degrees)
    middle = (
        left + across / 2 + np.sin(angle) * (place - 0.5) * across,
        top + down / 2 + np.cos(angle) * (place - 0.5) * down,
    )
    off = (x + 0.5 - middle[0]) * np.sin(angle) + (y + 0.5 - middle[1]) * np.cos(angle)
    bare = np.where((off >= -width / 2) & (off < width / 2), np.uint8(0), ink)
    return np.asarray(cv2.resize(bare, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def at_side(ink: Ink, side: str, cut: float = 0) -> Ink:
    """Let the digit touch one side of its picture, or be cut there by a share of its extent."""
    part = cropped(ink)
    rows, columns = (round(cut * extent) for extent in part.shape)
    height, width = part.shape
    first, last = (rows if side == "top" else 0), height - (rows if side == "bottom" else 0)
    left, right = (columns if side == "left" else 0), width - (columns if side == "right" else 0)
    above, below, before, behind = (0 if side == name else 6 for name in SIDES)
    inner = part[first:last, left:right]
    return np.asarray(cv2.copyMakeBorder(inner, above, below, before, behind, cv2.BORDER_CONSTANT, value=0), np.uint8)


def tiny(ink: Ink, height: int) -> Ink:
    """Make the digit so many pixels high, in a picture of 28×28."""
    part = cropped(ink)
    scale = height / max(part.shape)
    size = (max(2, round(part.shape[1] * scale)), max(2, round(part.shape[0] * scale)))
    small = cv2.resize(part, size, interpolation=cv2.INTER_AREA)
    field = np.zeros((28, 28), np.uint8)
    field[9 : 9 + size[1], 9 : 9 + size[0]] = small
    return field


def boxed(ink: Ink, edge: int, scale: int = 1) -> Ink:
    """Put the digit into the box of a form, cropped with all its edges, `edge` pixels wide and a little paler than the pen."""
    cell = cv2.copyMakeBorder(ink, edge, edge, edge, edge, cv2.BORDER_CONSTANT, value=200)
    return np.asarray(cv2.resize(cell, None, fx=scale, fy=scale, interpolation=cv2.INTER_CUBIC), np.uint8)


def coloured(ink: Ink, pen: tuple[int, int, int], paper: tuple[int, int, int]) -> Ink:
    """Write the digit with a pen of one colour on paper of another, RGB."""
    share = ink[..., None] / 255
    return np.rint(np.array(pen) * share + np.array(paper) * (1 - share)).astype(np.uint8)


def on_paper(ink: Ink, change: Callable[[Light], Light]) -> Ink:
    """Write the digit, three times as large, with a dark pen on paper that `change` makes of a plain one."""
    large = np.asarray(cv2.resize(ink, None, fx=3, fy=3, interpolation=cv2.INTER_CUBIC), np.uint8)
    return np.rint(change(np.full(large.shape, 225.0)) * (1 - 0.8 * large / 255)).astype(np.uint8)


def ruled(paper: Light, lines: float, width: int, first: int, pitch: int) -> Light:
    for thick in range(width):
        paper[first + thick :: pitch] = lines
    return paper


def squared(paper: Light, lines: float, square: int) -> Light:
    paper[::square] = paper[:, ::square] = lines
    return paper


def in_shadow(paper: Light, width: float) -> Light:
    """Halve the light on the right; the shadow's edge is `width` of the page wide."""
    across = np.arange(paper.shape[1]) / paper.shape[1]
    light = np.interp(across, [0.5 - width / 2 - 1e-3, 0.5 + width / 2 + 1e-3], [1.0, 0.5])
    return np.asarray(paper * light, np.float64)


Damage = Callable[[Ink], Ink]
DAMAGES: dict[str, Damage] = {
    "as they are": lambda ink: ink,
    "cropped to the strokes": cropped,
    "a pixel into the strokes": partial(cropped, inside=1),
    "into the strokes, three times as large": partial(cropped, inside=1, scale=3),
    "into the strokes of a pen a pixel wider": partial(cropped, inside=1, pen=2, scale=3),
    "cracked across, 1 pixel": partial(cracked, degrees=0, width=1),
    "cracked across, 2 pixels": partial(cracked, degrees=0, width=2),
    "cracked across, three times as large": partial(cracked, degrees=0, width=2, scale=3),
    "cracked across in the upper third": partial(cracked, degrees=0, place=0.35, width=2),
    "cracked down, 2 pixels": partial(cracked, degrees=90, width=2),
    "cracked aslant, 2 pixels": partial(cracked, degrees=45, width=2),
    "in a box, its edges 1 pixel wide": partial(boxed, edge=1),
    "in a box, its edges 2 pixels wide": partial(boxed, edge=2),
    "in a box, three times as large": partial(boxed, edge=2, scale=3),
    "orange on grey of the same brightness": partial(coloured, pen=(230, 140, 40), paper=(150, 150, 150)),
    "on squared paper": partial(on_paper, change=partial(squared, lines=150, square=14)),
    "on ruled paper, lines through it": partial(
        on_paper, change=partial(ruled, lines=120, width=1, first=13, pitch=28)
    ),
    "the edge of a shadow across it": partial(on_paper, change=partial(in_shadow, width=0.0)),
    "8 pixels high": partial(tiny, height=8),
    "12 pixels high": partial(tiny, height=12),
    **{f"touches the frame, {side}": partial(at_side, side=side) for side in SIDES},
    **{f"cut by a twentieth, {side}": partial(at_side, side=side, cut=1 / 20) for side in SIDES},
}


def main() -> None:
    parser = argparse.ArgumentParser()
    parser.add_argument("--model", default=network.DEFAULT)
    parser.add_argument("--digits", type=int, help="only so many")
    arguments = parser.parse_args()
    data = split.by_writer(mnist.train(), 0.1)[1]
    images, labels = data.images[: arguments.digits], data.labels[: arguments.digits]
    rows: dict[str, dict[str, Any]] = {}
    for name, damage in DAMAGES.items():
        damaged = [damage(image) for image in images]
        # Every other one is dark on light.
        pictures = [255 - picture if number % 2 else picture for number, picture in enumerate(damaged)]
        digits = inkdigits.classify_many(pictures, model=arguments.model, trust="strict")
        wrong = np.array([digit.best != label for digit, label in zip(digits, labels, strict=True)])
        sure = np.array([digit.label is not None for digit in digits])
        rows[name] = {
            "wrong": float(wrong.mean()),
            "answered": float(sure.mean()),
            "answered_wrong": float((wrong & sure).sum() / max(sure.sum(), 1)),
        }
        print(
            f"{name:38} {wrong.mean():7.2%} wrong; strict: {sure.mean():6.1%} answered, {rows[name]['answered_wrong']:.2%} of them wrong",
            flush=True,
        )
    if arguments.digits is None and arguments.model == network.DEFAULT:
        write_results("damaged", {"digits": len(labels), "model": arguments.model, "damages": rows})


if __name__ == "__main__":
    main()
