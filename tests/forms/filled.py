"""Forms filled in with the package's own strokes, and seen by a camera: material for the tests of forms."""

from __future__ import annotations

import cv2
import numpy as np

from inkdigits.forms.blank import PX
from inkdigits.forms.places import moved
from tests.written import Written, write


class Pen:
    """Writes texts into slots of a page's picture; the same seed writes the same."""

    def __init__(self, grey, seed=0, ink=40):
        self._page = Written(grey.copy())
        self._seed, self._ink = seed, ink
        self._random = np.random.default_rng(seed)

    @property
    def grey(self):
        return self._page.grey

    def write(self, slot, text):
        """Write a text into a slot: a sign a box, or signs beside each other in free space; a space leaves a box out."""
        if not slot.boxes:
            left, top, width, height = slot.rect
            self._signs(slot, text, left + 0.25 * width, top, height, min(0.6 * height, 6.0))
            return
        for (left, top, width, height), sign in zip(slot.boxes, text, strict=False):
            if sign != " ":
                off = self._random.uniform(-0.06, 0.06) * width
                self._signs(slot, sign, left + 0.3 * width + off, top, height, 0.6 * height)

    def _signs(self, slot, text, left, top, height, size):
        base = top + height / 2 + size / 2 + self._random.uniform(-0.06, 0.06) * height
        x, y = moved(slot.frame, np.array([[left, base]]))[0] * PX
        self._seed += 1
        write(self._page, text, float(x), float(y), size * PX, seed=self._seed, ink=self._ink)

    def tick(self, slot):
        """Cross a box."""
        corners = slot.corners() * PX
        for a, b in ((0, 2), (1, 3)):
            first, last = corners[a], corners[b]
            ends = [tuple(np.round(first + (last - first) * t).astype(int).tolist()) for t in (0.15, 0.85)]
            cv2.line(self.grey, *ends, self._ink, 3, cv2.LINE_AA)


def filled(form, values, seed=0, page=0):
    """A page of a form with values, texts by key, written into it: uint8 (H, W)."""
    pen = Pen(form.blanks[page].grey, seed)
    for slot in form.slots:
        if slot.page == page and slot.key in values:
            if values[slot.key] is True:
                pen.tick(slot)
            else:
                pen.write(slot, values[slot.key])
    return pen.grey


def photographed(grey, seed=0, tilt=0.04, turns=0, curl=0.0):
    """A page as a camera sees it: on a dark desk, askew, in uneven light, with grain; and where its points are."""
    random = np.random.default_rng(seed)
    height, width = grey.shape
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    off = random.uniform(-tilt, tilt, (4, 2)) * width
    place = (corners * 0.85 + 0.07 * width + off).astype(np.float32)
    matrix = cv2.getPerspectiveTransform(corners, place)
    size = round(width * 1.02), round(height * 1.0)
    given = grey
    if curl:
        y, x = np.mgrid[0:height, 0:width].astype(np.float32)
        given = cv2.remap(grey, x, y + curl * PX * np.sin(np.pi * x / width), cv2.INTER_LINEAR, borderValue=255)
    seen = cv2.warpPerspective(given, matrix, size, borderValue=70)
    light = np.linspace(1.0, random.uniform(0.7, 0.9), size[0])[None] * np.linspace(1.0, 0.9, size[1])[:, None]
    seen = seen * 0.92 * light + random.normal(0, 4, seen.shape)
    seen = np.clip(cv2.GaussianBlur(seen, (0, 0), 0.8), 0, 255).astype(np.uint8)
    return np.ascontiguousarray(np.rot90(seen, turns)), matrix
