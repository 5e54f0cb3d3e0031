"""A synthetic page: a scene on paper, lit, turned, cut and photographed, with its truth."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.synthetic.pages import paper as papers
from inkdigits.synthetic.pages import visibility
from inkdigits.synthetic.pages.annotations import cancel
from inkdigits.synthetic.pages.canvas import Canvas
from inkdigits.synthetic.pages.layout import Layout
from inkdigits.synthetic.pages.printing import Press
from inkdigits.synthetic.pages.scenes import SCENES, singles
from inkdigits.synthetic.pages.sources import Sources
from inkdigits.synthetic.pages.truth import Box, SyntheticPage, Truth
from inkdigits.synthetic.pages.visibility import Cover

_HEIGHTS = (9.0, 64.0)  # of digits, in pixels
_LIGHT_INK = 0.4  # share of pictures of one digit that are negatives


def draw(
    sources: Sources,
    random: np.random.Generator,
    size: tuple[int, int] = (256, 256),
    scene: str | None = None,
    turned: float = 0.0,
    clean: float = 0.35,
    tall: float | None = None,
) -> SyntheticPage:
    """Return a page, or a part of one, of `size` (height, width) pixels.

    `scene` is a name from SCENES; else any. `turned` is the share of pages that lie on a side or upside down;
    `clean` the share of those that are as scanners and drawing programs make them: even paper, dark ink, hardly any grain.
    `tall` is the height of digits in pixels; None for any, mostly near that at which pages are read.
    """
    height, width = size
    given, tall = tall, tall or _height(random)
    name = scene or str(
        random.choice(
            list(SCENES), p=np.array([share for _, share in SCENES.values()]) / sum(s for _, s in SCENES.values())
        )
    )
    if name == "close-up" and not given:
        tall = float(np.clip(28 * np.exp(random.normal(0, 0.35)), 12, 0.6 * height))
    alone = name == "single"
    if alone and not given:
        tall = float(np.clip(31 * np.exp(random.normal(0, 0.4)), 9, 0.7 * min(size)))
    canvas = Canvas(height, width, _turn(size, random, alone))
    truth = Truth()
    layout = Layout(canvas, truth, sources, random, tall)
    SCENES[name][0](layout)
    if random.random() < 0.08:
        cancel(layout)
    ink, print_, ruling = (_reduced(layer) for layer in (canvas.ink, canvas.print, canvas.ruling))
    is_clean = random.random() < clean
    light = np.full(size, random.uniform(0.85, 1.0), np.float32) if is_clean else papers.sheet(size, random)
    if not is_clean and random.random() < 0.14:
        _bleed_through(light, sources, random)
    if random.random() < 0.1 and name not in ("close-up", "single"):
        sheet = papers.desk(light, canvas.matrix.astype(np.float64), canvas.region(), random)
        ink, print_, ruling = (np.asarray(layer * sheet, np.uint8) for layer in (ink, print_, ruling))
        visibility.hide(truth, sheet)
    if not is_clean and random.random() < 0.09:
        _bands(light, random)
    if not is_clean and random.random() < 0.1:
        _watermark(light, sources, random)
    if random.random() < 0.06:
        _panels(light, truth, random)
    light = _composed(light, ink, print_, ruling, random, is_clean)
    finest = min((m.box[3] - m.box[1] for m in truth.marks if m.sign.isdigit()), default=tall)
    grey = papers.camera(light, float(np.clip(min(finest, tall), 9, 64)), random, is_clean)
    rest = _frame(size, truth, name, random)
    if alone:
        rest = _alone(truth, ink, print_, random)
        singles.as_bitmap(grey, rest, finest, random)
        if random.random() < _LIGHT_INK:
            grey = np.asarray(255 - grey, np.uint8)
    if rest is not None:
        around = int(np.median(grey[rest[1] : rest[3], rest[0] : rest[2]]))
        grey, ink, print_, ruling = (
            _cut(layer, rest, around if layer is grey else 0) for layer in (grey, ink, print_, ruling)
        )
    visibility.cut(truth, rest or (0, 0, width, height))
    visibility.drop_unseen(truth, grey, np.maximum(ink, print_), ruling)
    quarters = int(random.integers(1, 4)) if turned and random.random() < turned else 0
    grey, ink, print_, ruling = (np.rot90(layer, quarters) for layer in (grey, ink, print_, ruling))
    return SyntheticPage(grey, truth, ink, print_, ruling, quarters)


def _height(random: np.random.Generator) -> float:
    """Return a height for digits: mostly near that at which pages are read, and every other one."""
    low, high = _HEIGHTS
    if random.random() < 0.72:
        return float(np.clip(28 * np.exp(random.normal(0, 0.27)), low, high))
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def _turn(size: tuple[int, int], random: np.random.Generator, alone: bool = False) -> npt.NDArray[np.float64]:
    """Return an affine map that turns a page a little, and shears and stretches it as a camera from aside does."""
    height, width = size
    angle = np.radians(random.normal(0, 1.0) if random.random() < 0.5 else random.uniform(-12, 12))
    if random.random() < 0.25:
        angle = 0.0
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    shear = np.array(
        [
            [np.exp(random.normal(0, 0.05)), random.normal(0, 0.03)],
            [random.normal(0, 0.02), np.exp(random.normal(0, 0.05))],
        ]
    )
    linear = turn @ shear
    if alone:
        linear = singles.turn(linear, random)
    middle = np.array([width / 2, height / 2])
    return np.concatenate([linear, (middle - linear @ middle)[:, None]], axis=1)


def _reduced(layer: Cover) -> Cover:
    height, width = layer.shape
    return np.asarray(cv2.resize(layer, (width // 2, height // 2), interpolation=cv2.INTER_AREA), np.uint8)


def _composed(
    light: papers.Light, ink: Cover, print_: Cover, ruling: Cover, random: np.random.Generator, clean: bool
) -> papers.Light:
    """Lay ruling, print and ink on paper: each has a tone and covers more or less; ink on a board is light.

    On a clean page ink and print are dark, and the pen does not run dry.
    """
    board = random.random() < 0.05
    if board:
        light = light * np.float32(random.uniform(0.1, 0.4))
    level = float(light.mean())
    least = 0.15 + 0.1 * random.random()
    for layer, faint in ((ruling, 0.55), (print_, 0.2), (ink, 0.3)):
        tone = random.uniform(0.75, 1.1) if board else random.uniform(0.0, 0.45) * level
        pale = 0.05 if clean and layer is not ruling else faint
        opacity = random.uniform(least, 0.7) if random.random() < pale else random.uniform(0.7, 1.0)
        cover = layer.astype(np.float32) * np.float32(opacity / 255)
        if layer is ink and not clean and random.random() < 0.2:  # a pencil's grain, a pen that runs dry
            worn = 1 - random.uniform(0.15, 0.5) * np.clip(
                0.5 + papers.noise((light.shape[0], light.shape[1]), random, int(random.integers(3))), 0, 1
            )
            cover *= worn.astype(np.float32)
        if layer is print_ and random.random() < 0.12:  # grey print is made of a screen's dots
            dots = papers.screen((light.shape[0], light.shape[1]), random, finest=2.2, even=True)
            cover *= 1 - np.float32(random.uniform(0.4, 1.0)) * (1 - dots)
        light = light + cover * (np.float32(tone) - light)
    return np.asarray(light, np.float32)


def _bleed_through(light: papers.Light, sources: Sources, random: np.random.Generator) -> None:
    """Let the other side of the sheet show through: faint, soft, mirrored."""
    canvas = Canvas(light.shape[0], light.shape[1], np.array([[1.0, 0, 0], [0, 1, 0]]))
    other = Layout(canvas, Truth(), sources, random, _height(random))
    if random.random() < 0.5:
        SCENES["print"][0](other)
    else:
        SCENES["words" if random.random() < 0.5 else "lines"][0](other)
    through = np.maximum(_reduced(canvas.ink), _reduced(canvas.print))[:, ::-1]
    soft = cv2.GaussianBlur(through, (0, 0), random.uniform(0.8, 2.5)).astype(np.float32)
    light -= np.float32(random.uniform(0.02, 0.16) / 255) * soft


def _bands(light: papers.Light, random: np.random.Generator) -> None:
    """Shade level or upright bands of the paper, as the rows and columns of tables are."""
    length = light.shape[0]
    pitch, start = random.uniform(10, 70), random.uniform(-70, 0)
    shade = np.ones(length, np.float32)
    each = random.random() < 0.5  # every second band alike, or each with its own tone
    tone = random.uniform(0.5, 0.93)
    for i, at in enumerate(np.arange(start, length, pitch)):
        if each and i % 2:
            continue
        own = tone if each else random.uniform(0.4, 1.0)
        shade[max(0, round(at)) : max(0, round(at + pitch))] = own
    if light.shape[0] == light.shape[1] and random.random() < 0.3:
        light *= shade[None, :]
    else:
        light *= shade[:, None]


def _watermark(light: papers.Light, sources: Sources, random: np.random.Generator) -> None:
    """Print large pale letters under everything, as forms and cheques have them."""
    canvas = Canvas(light.shape[0], light.shape[1], _turn((light.shape[0], light.shape[1]), random))
    press = Press(canvas, Truth(), sources.fonts, random)
    height = float(random.uniform(50, 160))
    font = press.font()
    for y in np.arange(random.uniform(0, height), light.shape[0] + height, height * random.uniform(1.0, 1.8)):
        text = "".join(chr(65 + int(i)) for i in random.integers(26, size=8))
        press.text(text, -random.uniform(0, height), float(y), height, font)
    light -= np.float32(random.uniform(0.04, 0.16) / 255) * _reduced(canvas.print).astype(np.float32)


def _panels(light: papers.Light, truth: Truth, random: np.random.Generator) -> None:
    """Put light panels, discs or labels on a darker ground where digits stand: bottle caps, stickers, shaded cells."""
    boxes = [m.box for m in truth.marks if m.kind == "handwritten" and m.sign.isdigit()]
    if not boxes:
        return
    cover = np.zeros(light.shape, np.uint8)
    disc = random.random() < 0.6
    whole: dict[int, list[Box]] = {}
    each = random.random() < 0.4  # a panel for each number, or for each digit
    for i, m in enumerate(truth.marks):
        if m.kind == "handwritten":
            whole.setdefault(i if each else m.number, []).append(m.box)
    for group in whole.values():
        own = np.array(group)
        left, top = own[:, :2].min(axis=0)
        right, bottom = own[:, 2:].max(axis=0)
        middle, half = ((left + right) / 2, (top + bottom) / 2), ((right - left) / 2 + 6, (bottom - top) / 2 + 6)
        if disc:
            cv2.ellipse(
                cover,
                (round(middle[0]), round(middle[1])),
                (round(1.3 * half[0]), round(1.3 * half[1])),
                0,
                0,
                360,
                255,
                -1,
                cv2.LINE_AA,
            )
        else:
            cv2.rectangle(cover, (round(left - 6), round(top - 6)), (round(right + 6), round(bottom + 6)), 255, -1)
    dark = np.float32(random.uniform(0.1, 0.85))
    light *= dark + (1 - dark) * cover.astype(np.float32) / 255


def _frame(
    size: tuple[int, int], truth: Truth, scene: str, random: np.random.Generator
) -> tuple[int, int, int, int] | None:
    """Return the part of the picture that is kept (left, top, right, bottom), as of a small crop; None for all."""
    height, width = size
    if scene == "close-up" and truth.marks and random.random() < 0.85:
        first = min(m.number for m in truth.marks)
        boxes = np.array([m.box for m in truth.marks if m.number == first])
        tall = float(np.median(boxes[:, 3] - boxes[:, 1]))
        margins = np.abs(random.normal(0, 0.5, 4)) * tall + 1
        left, top = boxes[:, :2].min(axis=0) - margins[:2]
        right, bottom = boxes[:, 2:].max(axis=0) + margins[2:]
    elif random.random() < 0.1:
        left, top = random.uniform(0, 0.4, 2) * (width, height)
        right, bottom = (width, height) - random.uniform(0, 0.4, 2) * (width, height)
    else:
        return None
    box = (max(0, int(left)), max(0, int(top)), min(width, int(right) + 1), min(height, int(bottom) + 1))
    return box if box[2] - box[0] >= 12 and box[3] - box[1] >= 12 else None


def _alone(truth: Truth, ink: Cover, print_: Cover, random: np.random.Generator) -> tuple[int, int, int, int]:
    """Return the part of a picture that is kept of what stands in it alone: a digit, or whatever is drawn in its place."""
    boxes = np.array([m.box for m in truth.marks if m.kind == "handwritten" and m.sign.isdigit()])
    if len(boxes):
        left, top = boxes[:, :2].min(axis=0)
        right, bottom = boxes[:, 2:].max(axis=0)
    else:
        x, y, width, height = cv2.boundingRect((np.maximum(ink, print_) > 64).astype(np.uint8))
        left, top, right, bottom = (x, y, x + width, y + height) if width else (0, 0, ink.shape[1], ink.shape[0])
    return singles.frame((float(left), float(top), float(right), float(bottom)), (ink.shape[0], ink.shape[1]), random)


def _cut(layer: Cover, box: tuple[int, int, int, int], around: int) -> Cover:
    """Return a layer with one value around a box, as a small picture gets when it is read (see `locating.frames`)."""
    left, top, right, bottom = box
    height, width = layer.shape
    part = layer[top:bottom, left:right]
    return np.asarray(
        cv2.copyMakeBorder(part, top, height - bottom, left, width - right, cv2.BORDER_CONSTANT, value=around), np.uint8
    )
