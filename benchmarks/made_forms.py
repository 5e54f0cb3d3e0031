"""Filled sheets of the four worked examples made to measure with, each with its truth; sheets that are none, and sibling forms.

FROZEN with `made_ink`: the hands are MNIST's validation writers. Half of the sheets have the strokes as they are, half are
redrawn with a pen 0.06 to 0.14 of the height wide (but for digits that would lose a loop so). A tenth of the numbers in free
space have two digits that touch, or overlap by up to the pen's width.
`fingerprint()` is the SHA-256 of the sources and of the first pictures of each kind; it stands in every results file.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt

import inkdigits.forms.examples
from inkdigits.forms import places
from inkdigits.forms.examples import filling, made, seeing, values
from inkdigits.forms.examples.filling import Line
from inkdigits.forms.examples.made import Filled
from inkdigits.forms.template import Amount, Boxes, Date, Field, Mark, Number, Page, Table, Template
from made_ink import FINE, Glyph, Hand, Row, written

Grey = npt.NDArray[np.uint8]
Random = np.random.Generator
SEED = 1919
_LOOPS = {0: 1, 6: 1, 8: 2, 9: 1}


class _Writer(Hand):
    """A hand of `made_ink` that takes another of its digits where one would lose a loop: an 8 whose half is full of ink."""

    def _digit(self, label: int, scale: float) -> Glyph:
        for _ in range(12):
            glyph = super()._digit(label, scale)
            if not self._redrawn or _loops(glyph) >= _LOOPS.get(label, 0):
                return glyph
        self._redrawn = False
        glyph = super()._digit(label, scale)
        self._redrawn = True
        return glyph


def _loops(glyph: Glyph) -> int:
    count, _ = cv2.connectedComponents((np.pad(glyph.ink, 1) < 0.5).astype(np.uint8), connectivity=4)
    return count - 2  # what is no ink, and what is around


class WriterHand:
    """A writer of MNIST's validation part, with a pen."""

    def __init__(self, random: Random) -> None:
        self._random = random
        self._pen = random.uniform(0.06, 0.14) if random.random() < 0.5 else None
        self._state = int(random.integers(1 << 31))

    def line(self, text: str, height: float) -> Line:
        """Return a text in this hand; `filling.Hand` says what it is."""
        # The same writer each time: `Hand` draws one when it is made.
        hand = _Writer(np.random.default_rng(self._state), height / FINE, self._pen)
        hand._random = self._random
        touching = "one pair" if len(text) > 1 and self._random.random() < 0.1 else "none"
        return _joined(written(hand, text, self._random, touching))


def _joined(row: Row) -> Line:
    foot = max(glyph.height + rise for glyph, rise in zip(row.glyphs, row.rises, strict=True))
    below = max(-rise for rise in row.rises)
    cover = np.zeros((int(np.ceil(foot + max(below, 0))) + 2, int(np.ceil(row.width)) + 2), np.float32)
    for glyph, left, rise in zip(row.glyphs, row.lefts, row.rises, strict=True):
        top = round(foot - rise - glyph.height)
        part = cover[top : top + glyph.height, round(left) : round(left) + glyph.width]
        np.maximum(part, glyph.ink[: part.shape[0], : part.shape[1]], out=part)
    return Line(cover, foot)


def sheet(name: str, form: Template, number: int) -> Filled:
    """Return sheet `number` of an example."""
    return made.sheet(name, form, number, hand=WriterHand, seed=SEED)


def desk(number: int) -> Grey:
    """Return a photo of a desk, without any form: wood, a keyboard of boxes, a lamp's light, perhaps paper with writing."""
    random = np.random.default_rng((SEED, 7, number))
    size = int(random.integers(900, 1500)), int(random.integers(900, 1500))
    y, x = np.mgrid[0 : size[1], 0 : size[0]].astype(np.float32)
    turn = random.uniform(0, np.pi)
    along = x * np.cos(turn) + y * np.sin(turn)
    rings = np.sin(along / random.uniform(8, 40) + 3 * np.sin((x - y) / random.uniform(90, 300)))
    light = random.uniform(0.2, 0.7) + random.uniform(0, 0.15) * rings
    for _ in range(int(random.integers(0, 4))):  # sheets of paper and books
        middle = random.uniform(0.2, 0.8, 2) * size
        sides = random.uniform(0.2, 0.6, 2) * size
        box = cv2.boxPoints(((float(middle[0]), float(middle[1])), tuple(sides.tolist()), random.uniform(0, 90)))
        cv2.fillPoly(light, [np.rint(box).astype(np.int32)], random.uniform(0.1, 1.0), cv2.LINE_AA)
    if random.random() < 0.5:  # keys in rows
        side = int(random.integers(25, 60))
        left, top = random.uniform(0, 0.3, 2) * size
        for row in range(4):
            for column in range(12):
                corner = (round(left + column * side * 1.1 + row * side * 0.3), round(top + row * side * 1.1))
                cv2.rectangle(light, corner, (corner[0] + side, corner[1] + side), random.uniform(0, 0.3), 2)
    if random.random() < 0.5:  # somebody's notes
        hand = WriterHand(random)
        for _ in range(int(random.integers(1, 8))):
            ink = hand.line("".join(map(str, random.integers(0, 10, 6).tolist())), random.uniform(25, 60)).cover
            left, top = (int(v) for v in random.uniform(0, 0.7, 2) * size)
            part = light[top : top + ink.shape[0], left : left + ink.shape[1]]
            part -= (ink * 0.6)[: part.shape[0], : part.shape[1]]
    grey = cv2.GaussianBlur(light, (0, 0), random.uniform(0.5, 2)) + random.normal(0, 0.02, light.shape)
    return np.clip(grey * 255, 0, 255).astype(np.uint8)


def empty(number: int) -> Grey:
    """Return a sheet of paper with nothing on it, or with writing alone, as one of the cameras sees it."""
    random = np.random.default_rng((SEED, 8, number))
    page = np.full((2480 * 297 // 210, 2480), 255, np.uint8)
    if number % 2:
        hand = WriterHand(random)
        for _ in range(int(random.integers(3, 25))):
            ink = hand.line("".join(map(str, random.integers(0, 10, int(random.integers(1, 9))).tolist())), 70).cover
            left, top = int(random.uniform(0, 0.75) * 2480), int(random.uniform(0, 0.95) * 3500)
            part = page[top : top + ink.shape[0], left : left + ink.shape[1]]
            part[:] = np.minimum(part, 255 - 200 * ink[: part.shape[0], : part.shape[1]])
    return seeing.see(page, (210.0, 297.0), seeing.CAMERAS[number % 3], random).picture


_ROWS, _DOWN, _FIRST = (
    9,
    27.0,
    38.0,
)  # rows of blocks on a sibling form, millimetres from one to the next, and of the first
_CHANGED = 0.3  # share of the blocks that differ on the sibling
_WORDS = [
    "Name",
    "Date",
    "Plot",
    "Weight",
    "Count",
    "Number",
    "Total",
    "Result",
    "Age",
    "Height",
    "Series",
    "Group",
    "Batch",
    "Page",
    "Sample",
    "Depth",
    "Width",
    "Time",
    "Code",
    "Room",
    "Score",
    "Level",
    "Price",
    "Tax",
    "Yield",
    "Meter",
    "Reading",
    "Zone",
    "Branch",
    "Account",
    "Visit",
    "Dose",
    "Pulse",
    "Station",
    "Route",
    "Mileage",
    "Rate",
    "Share",
    "Term",
]


def siblings(number: int) -> tuple[Template, Template]:
    """Return two forms without marks, the second of which has about 70 % of the print of the first."""
    random = np.random.default_rng((SEED, 9, number))
    blocks = [_block(random, i) for i in range(2 * _ROWS)]
    changed = set(random.permutation(len(blocks))[: round(_CHANGED * len(blocks))].tolist())
    others = [_block(random, i) if i in changed else block for i, block in enumerate(blocks)]
    title = " ".join(random.choice(_WORDS, 3))
    return _form("first", title, blocks), _form("second", title, others)


def _form(name: str, title: str, blocks: list[Field]) -> Template:
    fields = {f"f{i}": block for i, block in enumerate(blocks)}
    return Template(name=name, title=title, pages=[Page(marks=False)], fields=fields)


def _block(random: Random, place: int) -> Field:
    """Return a field of any kind in one of the places of a sibling form."""
    left = 20.0 + 92.0 * (place % 2) + random.uniform(0, 8)
    top = _FIRST + _DOWN * (place // 2) + random.uniform(0, 3)
    label = " ".join(random.choice(_WORDS, int(random.integers(1, 4)), replace=False))
    kind = str(
        random.choice(["boxes", "number", "table", "date", "amount", "mark"], p=[0.3, 0.2, 0.25, 0.1, 0.1, 0.05])
    )
    high = random.uniform(8, 12)
    if kind == "boxes":
        count = int(random.integers(3, 10))
        area = Boxes(left=left, top=top, width=count * random.uniform(6.5, 8.5), height=high, count=count)
        return Field(label=label, boxes=area)
    if kind == "number":
        return Field(label=label, number=Number(left=left, top=top, width=random.uniform(25, 75), height=high))
    if kind == "table":
        rows, columns = int(random.integers(2, 4)), int(random.integers(1, 5))
        names = [f"c{i}" for i in range(columns)]
        width = random.uniform(columns * 14, 78)
        area = Table(left=left, top=top, width=width, height=6.0 * rows, rows=f"1..{rows}", columns=names)
        return Field(label=label, table=area)
    if kind == "date":
        return Field(label=label, date=Date(left=left, top=top, width=70, height=high, boxes=True, space=3))
    if kind == "amount":
        return Field(label=label, amount=Amount(left=left, top=top, width=random.uniform(40, 70), height=high, boxes=6))
    return Field(label=label, mark=Mark(left=left, top=top, width=6, height=6))


def filled_sibling(form: Template, number: int) -> Filled:
    """Return a sheet of a sibling form, three quarters of its fields filled in with digits."""
    random = np.random.default_rng((SEED, 10, number))
    texts: dict[str, str | bool] = {}
    for slot in places.slots(form):
        if random.random() < 0.25:
            continue
        if isinstance(form.fields[slot.field].area, Mark):
            texts[slot.key] = True
        else:
            count = len(slot.boxes) or int(random.integers(1, 5))
            texts[slot.key] = "".join(map(str, random.integers(0, 10, count).tolist()))
    camera = seeing.CAMERAS[number % 3]
    return made.filled(form, texts, camera, WriterHand(random), random)


def fingerprint() -> dict[str, str]:
    """Return the hashes of what makes the sheets, and of the first pictures."""
    folder = Path(inkdigits.forms.examples.__file__).parent
    sources = [*sorted(folder.glob("*.py")), *sorted(folder.glob("*.toml")), *map(Path(__file__).with_name, _OWN)]
    code, pictures = hashlib.sha256(), hashlib.sha256()
    for path in sources:
        code.update(path.read_bytes())
    for name in values.NAMES:
        pictures.update(sheet(name, made.template(name), 2).seen.picture.tobytes())
    return {"sources": code.hexdigest(), "pictures": pictures.hexdigest()}


_OWN = ("made_forms.py", "made_ink.py")
__all__ = ["SEED", "WriterHand", "desk", "empty", "filling", "fingerprint", "sheet"]
