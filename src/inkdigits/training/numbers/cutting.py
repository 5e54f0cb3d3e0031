"""Strips with their texts, cut from synthetic pages as a reader cuts them around the numbers that it has located.

A strip's text are the digits and separators that stand in its rows and wholly within it, from left to right. Where that is
open (something is cut by the strip's end, or is to be ignored) there is no strip. Strips of words, print and signs have an
empty text.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.locating.locate import HEIGHT as READ_HEIGHT
from inkdigits.recognising import strips
from inkdigits.recognising.ctc import SIGNS
from inkdigits.recognising.strips import Frame, Grey
from inkdigits.synthetic.pages import page
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.synthetic.pages.truth import Mark, SyntheticPage

LONGEST = 24  # signs of a text
_MOST, _VIEWS = 12, 4  # strips of a page, and of one number: each is located and distorted a little otherwise
CLEAN = 0.5  # share of pages as scanners and drawing programs make them
# How often a strip is from a scene: where numbers are long more often than on pages.
_SHARES = {"lines": 0.26, "formulas": 0.06, "close-up": 0.26, "boxes": 0.15, "table": 0.09, "print": 0.02, "scatter": 0.06,
           "rings": 0.03, "words": 0.07}  # fmt: skip
# Share of pages whose digits have any height in this range, in pixels. Small ones are enlarged to be read, as in photos.
_ANY, _HEIGHTS = 0.45, (9.0, 45.0)
_TOGETHER = 0.3  # share of the numbers that are cut together with the next one, if that stands close by
_SHORT = 0.4  # share of the numbers of one digit that are cut
_NOTHING = 0.4  # strips around something else, for each that is around a number
# Share of a mark's width within the strip from which it is in the text, and up to which it is not.
_WITHIN, _BEYOND = 0.7, 0.3
_ROWS = (
    0.5  # heights of a digit: how far from the middle of the rows what is in the text may be; the rest is another line
)
_OTHER_ROWS = 0.9  # and from where on it is another line's for sure
_COMPONENT = (7, 80)  # pixels: heights of connected ink around which strips of nothing are cut


@dataclass(frozen=True, eq=False)
class Strip:
    """A strip, uint8 (48, W), its text, and the scene that it is from."""

    grey: Grey
    text: str
    scene: str


def draw(sources: Sources, random: np.random.Generator, widest: int, scene: str | None = None) -> list[Strip]:
    """Return the strips of a new page, of a scene or of any: none wider than `widest` pixels."""
    if scene is None:
        scene = str(random.choice(list(_SHARES), p=list(_SHARES.values())))
    tall, share = None, 1.0
    if random.random() < _ANY:
        tall = float(np.exp(random.uniform(*np.log(_HEIGHTS))))
        # Of a page of small digits a smaller part will do.
        share = float(np.clip(np.sqrt(tall / strips.DIGIT), 0.6, 1.0))
    size = int(share * random.integers(128, 257)), int(share * random.integers(256, 449))
    return cut(page.draw(sources, random, size, scene, clean=CLEAN, tall=tall), random, widest, scene)


def cut(drawn: SyntheticPage, random: np.random.Generator, widest: int, scene: str) -> list[Strip]:
    """Return strips of a page, at the size at which it is read; the same numbers are located otherwise each time."""
    digits = [mark for mark in drawn.truth.marks if mark.sign.isdigit()]
    heights = [mark.box[3] - mark.box[1] for mark in digits]
    scale = READ_HEIGHT / max(float(np.median(heights)) if heights else READ_HEIGHT, 4.0)
    scale *= float(np.exp(random.normal(0, 0.1)))
    way = cv2.INTER_AREA if scale < 1 else cv2.INTER_CUBIC
    grey = np.asarray(cv2.resize(drawn.grey, None, fx=scale, fy=scale, interpolation=way), np.uint8)
    marks = [(mark, np.array(mark.box) * scale) for mark in drawn.truth.marks]
    ignored = [np.array(box) * scale for box in drawn.truth.ignored]
    numbers = _numbers(marks, "handwritten")
    printed = _numbers(marks, "printed")
    by_hand = {mark.number for mark, _ in marks if mark.sign.isdigit() and mark.kind == "handwritten"}
    marks = [(mark, box) for mark, box in marks if mark.number in by_hand]  # separators of printed numbers are none
    angle = _page_angle(numbers)
    cut_out = [boxes for boxes in numbers if len(boxes) > 1 or random.random() < _SHORT]
    cut_out += _together(numbers, angle, random)
    chosen = [cut_out[i] for _ in range(_VIEWS) for i in random.permutation(len(cut_out))][:_MOST]
    others = printed + _pieces(drawn, scale, random)
    made: list[Strip] = []
    outside = int(np.median(grey))
    for boxes in chosen:
        frame = strips.around(_located(boxes, random), angle + random.normal(0, 0.02))
        made += _strip(grey, _jittered(frame, random), marks, ignored, widest, scene, outside, random)
    wanted = int(random.binomial(max(len(chosen), 2), _NOTHING))
    for i in random.permutation(len(others))[:wanted]:
        frame = _jittered(strips.around(np.asarray(others[i], np.float32), angle), random)
        made += _strip(grey, frame, marks, ignored, widest, scene, outside, random)
    return made


Placed = tuple[Mark, npt.NDArray[np.float64]]  # a mark and its box in the picture that is read


def _numbers(marks: list[Placed], kind: str) -> list[npt.NDArray[np.float32]]:
    """Return the boxes of each number's digits from left to right, of numbers written or printed."""
    found: dict[int, list[npt.NDArray[np.float64]]] = {}
    for mark, box in marks:
        if mark.sign.isdigit() and mark.kind == kind:
            found.setdefault(mark.number, []).append(box)
    return [np.asarray(sorted(boxes, key=lambda box: float(box[0] + box[2])), np.float32) for boxes in found.values()]


def _page_angle(numbers: list[npt.NDArray[np.float32]]) -> float:
    """Return by how much a page's lines fall, in radians, as `locating.numbers.angle` tells it."""
    along = across = 0.0
    for boxes in numbers:
        centres = (boxes[:, :2] + boxes[:, 2:]).astype(np.float64) / 2
        x, y = (centres - centres.mean(axis=0)).T
        along, across = along + float(x @ x), across + float(x @ y)
    return float(np.arctan2(across, along)) if along else 0.0


def _together(
    numbers: list[npt.NDArray[np.float32]], angle: float, random: np.random.Generator
) -> list[npt.NDArray[np.float32]]:
    """Return the boxes of some of the pairs of numbers that are read together, as they stand close beside each other."""
    made = []
    slope = np.tan(angle)
    for first in numbers:
        if random.random() >= _TOGETHER:
            continue
        near: list[tuple[float, npt.NDArray[np.float32]]] = []
        end = first[-1]
        for second in numbers:
            begin = second[0]
            tall = float(np.median(np.concatenate([first, second])[:, [1, 3]] @ (-1, 1)))
            gap = float(begin[0] - end[2])
            off = (
                float(begin[1] + begin[3] - end[1] - end[3]) / 2
                - slope * float(begin[0] + begin[2] - end[0] - end[2]) / 2
            )
            if begin[0] + begin[2] > end[0] + end[2] and gap < strips.ROOM * tall and abs(off) < 0.5 * tall:
                near.append((gap, second))
        if near:
            made.append(np.concatenate([first, min(near, key=lambda one: one[0])[1]]))
    return made


def _located(boxes: npt.NDArray[np.float32], random: np.random.Generator) -> npt.NDArray[np.float32]:
    """Return a number's boxes as a locator gives them: a little off, now and then without the first or last digit."""
    tall = float(np.median(boxes[:, 3] - boxes[:, 1]))
    if len(boxes) > 1 and random.random() < 0.2:
        boxes = boxes[1:] if random.random() < 0.5 else boxes[:-1]
    elif random.random() < 0.2:  # or with what is none, beside it
        way = 1 if random.random() < 0.5 else -1
        off = way * random.uniform(0.6, 2.0) * tall
        end = boxes[-1 if way > 0 else 0] + np.array([off, 0, off, 0], np.float32)
        boxes = np.concatenate([boxes, end[None]] if way > 0 else [end[None], boxes])
    return np.asarray(boxes + random.normal(0, 0.05 * tall, boxes.shape), np.float32)


def _jittered(frame: Frame, random: np.random.Generator) -> Frame:
    """Return a frame of another scale and place, by up to 20 % and a tenth of a digit; its middle moves hardly."""
    factor = float(np.exp(np.clip(random.normal(0, 0.09), -0.2, 0.2)))
    middle = np.array([[frame.width / 2, strips.HEIGHT / 2]])
    width = max(strips.STRIDE, round(frame.width * factor))
    moved = frame.to_picture(middle + random.normal(0, 0.05 * strips.DIGIT, 2))[0]
    other = Frame((0.0, 0.0), frame.angle, frame.scale * factor, width)
    corner = moved - other.to_picture(np.array([[width / 2, strips.HEIGHT / 2]]))[0]
    return Frame((float(corner[0]), float(corner[1])), frame.angle, other.scale, width)


def _strip(
    grey: Grey,
    frame: Frame,
    marks: list[Placed],
    ignored: list[npt.NDArray[np.float64]],
    widest: int,
    scene: str,
    outside: int,
    random: np.random.Generator,
) -> list[Strip]:
    """Return the strip of a frame, if it is told what its text is and it has columns enough to say it."""
    if not 2 * strips.STRIDE <= frame.width <= widest:
        return []
    text = _text(frame, marks, ignored)
    if text is None or len(text) > LONGEST:
        return []
    needed = len(text) + sum(a == b for a, b in pairwise(text))
    if 1.5 * needed > frame.columns:  # a distorted strip is narrower
        return []
    return [Strip(_distorted(strips.cut(grey, frame, outside), widest, random), text, scene)]


def _distorted(grey: Grey, widest: int, random: np.random.Generator) -> Grey:
    """Return a strip made narrower or wider by about a sixth, and slanted: other hands, from one that was drawn."""
    height, width = grey.shape
    factor = float(np.exp(np.clip(random.normal(0, 0.16), -0.4, 0.4)))
    across = int(np.clip(round(factor * width), 4 * strips.STRIDE, widest))
    factor = across / width
    slant = random.normal(0, 0.12)
    matrix = np.array([[factor, slant, -slant * height / 2], [0, 1, 0]])
    made = cv2.warpAffine(grey, matrix, (across, height), flags=cv2.INTER_LINEAR, borderMode=cv2.BORDER_REPLICATE)
    return np.asarray(made, np.uint8)


def _text(frame: Frame, marks: list[Placed], ignored: list[npt.NDArray[np.float64]]) -> str | None:
    """Return what stands in a strip, None if that is open."""
    signs: list[tuple[float, str]] = []
    for mark, box in marks:
        (x, y), half, inside = _in_strip(frame, box)
        if inside <= _BEYOND:
            continue
        # A separator stands higher or lower than the digits do, and is hardly ever another line's.
        off = abs(y - strips.HEIGHT / 2) / strips.DIGIT * (1.0 if mark.sign.isdigit() else 0.7)
        if off > _OTHER_ROWS:
            continue
        if off > _ROWS or inside < _WITHIN:
            return None
        signs.append((x, mark.sign))
    for box in ignored:
        (_, y), half, inside = _in_strip(frame, box)
        if inside > 0.15 and abs(y - strips.HEIGHT / 2) < strips.HEIGHT / 2 + 0.5 * half:
            return None
    return "".join(sign for _, sign in sorted(signs))


def _in_strip(frame: Frame, box: npt.NDArray[np.float64]) -> tuple[tuple[float, float], float, float]:
    """Return where a box's middle is in a strip, half its height there, and which share of its width is within it."""
    centre = frame.to_strip(np.array([[(box[0] + box[2]) / 2, (box[1] + box[3]) / 2]]))[0]
    half = max(float(box[2] - box[0]) * frame.scale / 2, 1.0)
    left, right = max(float(centre[0]) - half, 0.0), min(float(centre[0]) + half, float(frame.width))
    tall = float(box[3] - box[1]) * frame.scale / 2
    return (float(centre[0]), float(centre[1])), tall, max(0.0, right - left) / (2 * half)


def _pieces(drawn: SyntheticPage, scale: float, random: np.random.Generator) -> list[npt.NDArray[np.float32]]:
    """Return boxes of connected ink or print, in the picture that is read, and what is to the right of each."""
    covered = (np.maximum(drawn.ink, drawn.print) > 64).astype(np.uint8)
    _, _, stats, _ = cv2.connectedComponentsWithStats(covered)
    low, high = _COMPONENT
    tall = (stats[1:, cv2.CC_STAT_HEIGHT] >= low) & (stats[1:, cv2.CC_STAT_HEIGHT] <= high)
    chosen = stats[1:][tall]
    boxes = []
    for x, y, width, height, _ in chosen[random.permutation(len(chosen))[:3]].tolist():
        reach = width + random.uniform(0, 4) * height
        boxes.append(np.array([[x, y, x + reach, y + height]], np.float32) * np.float32(scale))
    return boxes


def numbers_of(text: str) -> list[int]:
    """Return a text as the classes of the network."""
    return [SIGNS.index(sign) for sign in text]
