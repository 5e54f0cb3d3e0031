"""The pool: digits and what is none as pictures, brought to glyphs by the way that every picture takes.

Most are pictures of one digit; "pages" are synthetic pages, with the glyphs of all that the locator finds on them.

`build` makes the same pool for the same seed and number of parts, in as many processes as there are cores.
"""

from __future__ import annotations

from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing import get_context

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.datasets.dataset import Dataset
from inkdigits.errors import InputError
from inkdigits.image import normalise
from inkdigits.image.ink import STROKE
from inkdigits.locating import glyphs, locate
from inkdigits.locating.maps import FIRST_SEPARATOR
from inkdigits.network.session import cores
from inkdigits.reading import candidates
from inkdigits.reading.single import prepare
from inkdigits.synthetic import fonts, hands, not_digits, scenes
from inkdigits.synthetic.held_out import Part, is_held_out
from inkdigits.synthetic.pages import page
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.synthetic.pages.truth import SyntheticPage
from inkdigits.training import drawing
from inkdigits.training.locator import known_pages

NOT_DIGIT = 10  # the label of what is not a digit
KINDS = (
    "mnist", "strokes", "fonts", "letters", "scribbles", "several", "plain", "pages", "own_letters", "print", "halves",
)  # fmt: skip
_HEIGHTS = (9.0, 60.0)  # pixels: of the digits on every second page; on the others they are as on most pages
_CLOSE_UPS = 0.3  # share of pages that are a picture of one number
_CANDIDATES = 0.15  # share of pictures of which not the glyph first found is taken
# Glyphs are alike whose correlation is at least that, when softened by so many pixels and moved by up to so many.
_LIKE, _SOFT, _OFF = 0.8, 1.5, 2
_PART = 2000  # pictures in one piece of work; a part's randomness depends on seed and number alone

Glyph = npt.NDArray[np.uint8]
Glyphs = npt.NDArray[np.uint8]


@dataclass(frozen=True)
class _Part:
    kind: str
    seed: int
    number: int
    count: int


_digits: list[Dataset] = []  # of a worker process: sent once, not with every part


def _remember(digits: Dataset) -> None:
    _digits[:] = [digits]


def build(counts: dict[str, int], seed: int, digits: Dataset, classes: int = 11) -> Dataset:
    """Return `digits` and the pool's pictures, labels 0 to 10. `counts` says how many of each of KINDS.

    With 10 `classes`, ink that was told wrongly, for which such a network has no class, is left out.
    Takes about a minute for 150,000 pictures on two cores. Pictures in which no ink is found are left out.
    """
    parts = [
        _Part(kind, seed, number, min(_PART, count - number * _PART))
        for kind, count in counts.items()
        for number in range(-(-count // _PART))
    ]
    # "spawn": a fork of a process that has TensorFlow's threads may never wake up.
    with ProcessPoolExecutor(cores(), get_context("spawn"), _remember, (digits,)) as pool:
        made = list(pool.map(_make, parts))
    images = np.concatenate([digits.images, *(images for images, _ in made)])
    labels = np.concatenate([digits.labels, *(labels for _, labels in made)])
    kept = labels < classes
    return Dataset(f"{digits.name} and synthetic", images[kept], labels[kept])


def _make(part: _Part) -> tuple[npt.NDArray[np.uint8], npt.NDArray[np.uint8]]:
    """Return the glyphs and labels of one part."""
    cv2.setNumThreads(1)
    random = np.random.default_rng([part.seed, KINDS.index(part.kind), part.number])
    found, labels = [], []
    if part.kind == "pages":
        return _located(part.count, random)
    if part.kind == "plain":  # the digits as they are: they weigh more the more often they come
        rows = random.integers(len(_digits[0]), size=part.count)
        return _digits[0].images[rows], _digits[0].labels[rows]
    for _ in range(part.count):
        piece, label = ink(part.kind, _digits[0], random)
        try:
            made = glyph(*scenes.picture(piece, random), label, random)
        except InputError:  # a random crop of a few pixels
            continue
        if made is not None:
            found.append(made[0])
            labels.append(made[1])
    return np.stack(found), np.array(labels, np.uint8)


def glyph(picture: Glyph, alone: Glyph, label: int, random: np.random.Generator) -> tuple[Glyph, int] | None:
    """Return a glyph of a picture, uint8 (H, W), and its label: as first found, or one of its candidates; None if blank.

    The label is the one of the ink that was drawn, `alone` (H, W), where the glyph looks like it. Where ink was told
    wrongly (light for dark, a ring for the digit in it) it is that of what is no digit.
    """
    prepared = prepare(picture)
    made = prepared.glyph
    if prepared.views is not None and random.random() < _CANDIDATES:
        others = list(candidates.candidates(prepared.views))
        made = others[int(random.integers(len(others)))].glyph if others else made
    if made is None or not made.any():
        return None
    return made, label if is_like(made, alone) else NOT_DIGIT


def is_like(made: Glyph, alone: Glyph) -> bool:
    """Tell whether a glyph, uint8 (28, 28), is about that of ink alone, uint8 (H, W), a little out of place or not."""
    if not (alone > STROKE).any():
        return False
    drawn = normalise.glyph(_cut(np.where(alone > STROKE, alone, np.uint8(0))))
    soft = [cv2.GaussianBlur(one.astype(np.float32), (0, 0), _SOFT) for one in (made, drawn)]
    around = cv2.copyMakeBorder(soft[1], _OFF, _OFF, _OFF, _OFF, cv2.BORDER_CONSTANT, value=0)
    return float(cv2.matchTemplate(around, soft[0], cv2.TM_CCOEFF_NORMED).max()) >= _LIKE


@lru_cache(maxsize=1)
def _sources() -> Sources:
    """Return what this process draws pages with."""
    return drawing.build_sources(_digits[0], "training", len(_digits[0]))


def _located(count: int, random: np.random.Generator) -> tuple[Glyphs, npt.NDArray[np.uint8]]:
    """Return so many glyphs of what the locator finds on synthetic pages, and their labels."""
    images: list[Glyphs] = []
    labels: list[npt.NDArray[np.uint8]] = []
    while sum(map(len, labels)) < count:
        size = int(random.integers(64, 257)), int(random.integers(128, 321))
        tall = float(np.exp(random.uniform(*np.log(_HEIGHTS)))) if random.random() < 0.5 else None
        scene = "close-up" if random.random() < _CLOSE_UPS else None
        found, said = labelled(page.draw(_sources(), random, size, scene, clean=0.5, tall=tall))
        images.append(found)
        labels.append(said)
    return np.concatenate(images)[:count], np.concatenate(labels)[:count]


def labelled(drawn: SyntheticPage) -> tuple[Glyphs, npt.NDArray[np.uint8]]:
    """Return the glyphs of the marks that the locator finds on a page, uint8 (N, 28, 28), and their labels, 0 to 10.

    What lies on a digit without being it (a second mark, a half of it) is left out, and what is open or has no ink.
    """
    located = locate.locate(drawn.grey)
    found = located.found
    rows = np.flatnonzero(found.kinds < FIRST_SEPARATOR)
    digits = [mark for mark in drawn.truth.marks if mark.sign.isdigit()]
    truth = known_pages.matched(found, rows, digits, drawn)
    labels = np.array([int(digits[i].sign) if i >= 0 else NOT_DIGIT for i in truth], np.uint8)
    on_digit = np.zeros(len(rows), bool)
    for mark in digits:
        left, top, right, bottom = mark.box
        x, y = found.centres[rows].T
        on_digit |= (x >= left) & (x <= right) & (y >= top) & (y <= bottom)
    made = glyphs.glyphs(located, rows)
    kept = (truth >= 0) | ((truth == known_pages.UNMATCHED) & ~on_digit)
    kept &= made.any(axis=(1, 2))
    return made[kept], labels[kept]


def ink(kind: str, digits: Dataset, random: np.random.Generator, part: Part = "training") -> tuple[Glyph, int]:
    """Return one random piece of ink of a kind (of KINDS, without "plain" and "pages"), uint8 (H, W), and its label.

    It is in forms and fonts of the part, and by the writers of `digits`.
    """
    if kind == "mnist":
        row = int(random.integers(len(digits)))
        return _cut(digits.images[row]), int(digits.labels[row])
    if kind == "strokes":
        label = int(random.integers(10))
        return hands.written(label, random, part), label
    if kind in ("fonts", "letters"):
        characters = _characters(kind, part)
        row = int(random.integers(len(characters.codes)))
        return characters.pictures[row], int(chr(characters.codes[row])) if kind == "fonts" else NOT_DIGIT
    if kind == "several":
        rows = random.integers(len(digits), size=int(random.choice([2, 3], p=[0.8, 0.2])))
        return not_digits.several([_cut(digits.images[row]) for row in rows], random), NOT_DIGIT
    if kind == "own_letters":
        return not_digits.letter(random, part), NOT_DIGIT
    if kind == "print":
        return not_digits.character(random, part), NOT_DIGIT
    if kind == "halves":
        return not_digits.half(digits.labels, lambda row: _cut(digits.images[row]), random), NOT_DIGIT
    return not_digits.FAMILIES[int(random.integers(len(not_digits.FAMILIES)))](random), NOT_DIGIT


@lru_cache(maxsize=4)
def _characters(kind: str, part: Part) -> fonts.Characters:
    """Return the digits, or the letters and signs, of the handwriting fonts of a part."""
    every = fonts.digits() if kind == "fonts" else fonts.others()
    rows = np.array([not is_held_out(int(font), part) for font in every.fonts])
    return fonts.Characters(every.pictures[rows], every.codes[rows], every.fonts[rows])


def _cut(glyph: Glyph) -> Glyph:
    rows, columns = np.flatnonzero(glyph.any(axis=1)), np.flatnonzero(glyph.any(axis=0))
    return glyph[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]
