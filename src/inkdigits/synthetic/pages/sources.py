"""What pages are drawn with: paths of digits and letters by many hands, and print fonts; one part of each is held out."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from inkdigits.synthetic import fonts, hands, outlines, strokes
from inkdigits.synthetic.forms import FORMS, LETTERS, Stroke
from inkdigits.synthetic.held_out import Part, is_held_out
from inkdigits.synthetic.outlines import Font
from inkdigits.synthetic.skeletons import Path, Skeletons, packed, skeletons, without_specks

_VARIANTS = 60  # of each form of a digit, from the least varied to the most
_VARIED = (0.05, 1.3)
_LETTER_HANDS = {"training": 60, "validation": 10}  # hands that write letters of our own
_LETTER_VARIANTS = 2  # of each letter of such a hand
_DRAWN = ("print-013",)  # print faces that imitate a pen: they cannot be told from a neat hand
# Strokes of a digit in MNIST wider than this many of its pixels have filled its loops: its thinned path is another digit's.
_WIDEST_PEN = 3.7


@dataclass(frozen=True, eq=False)
class Sources:
    """Paths and fonts of one part.

    `mnist` are MNIST digits redrawn: `rows_of[writer][label]` are rows of it, `writers` the writers with all ten digits.
    `own` are strokes of our own: `own_of[label][form]` are the rows of a form's variants, the neatest first. `letters` are
    letters and signs of handwriting fonts, and letters of our own: `letters_of[hand][sign]` are rows; a font is one
    hand. `fonts` are print fonts.
    """

    mnist: Skeletons
    rows_of: dict[int, list[npt.NDArray[np.intp]]]
    writers: npt.NDArray[np.intp]
    own: Skeletons
    own_of: list[list[npt.NDArray[np.intp]]]
    letters: Skeletons
    letters_of: list[dict[str, npt.NDArray[np.intp]]]
    fonts: tuple[Font, ...]


def build(
    images: npt.NDArray[np.uint8],
    labels: npt.NDArray[np.uint8],
    writers: npt.NDArray[np.int16],
    part: Part,
    most: int = 30_000,
) -> Sources:
    """Return the sources of a part from its MNIST digits, uint8 (N, 28, 28), at most so many; whole writers.

    Takes about half a second for a thousand digits. Equal arguments give equal sources.
    """
    random = np.random.default_rng(7)
    people = random.permutation(np.unique(writers))
    counts = np.array([int((writers == who).sum()) for who in people])
    chosen = people[: int(np.searchsorted(np.cumsum(counts), most)) + 1]
    rows = np.flatnonzero(np.isin(writers, chosen))
    redrawn = skeletons(images[rows])
    mnist = packed(without_specks(redrawn[i]) for i in range(len(redrawn)))
    usable = np.array([_is_thin(images[row], mnist[i]) for i, row in enumerate(rows)])
    rows_of = {}
    for who in chosen:
        mine = [np.flatnonzero((writers[rows] == who) & (labels[rows] == d) & usable) for d in range(10)]
        if all(len(m) for m in mine):
            rows_of[int(who)] = mine
    own, own_of = _own_strokes(part, random)
    letters, letters_of = _letters(part, random)
    return Sources(
        mnist,
        rows_of,
        np.array(sorted(rows_of)),
        own,
        own_of,
        letters,
        letters_of,
        tuple(f for i, f in enumerate(outlines.fonts("print")) if not is_held_out(i, part) and f.name not in _DRAWN),
    )


def _is_thin(picture: npt.NDArray[np.uint8], paths: list[Path]) -> bool:
    """Tell whether a digit's pen was thin enough for its path to be the digit."""
    length = sum(float(np.hypot(*np.diff(path, axis=0).T).sum()) for path in paths) * 20
    return length > 8 and float(picture.sum()) / 255 / length < _WIDEST_PEN


def _own_strokes(part: Part, random: np.random.Generator) -> tuple[Skeletons, list[list[npt.NDArray[np.intp]]]]:
    """Return many variants of our own forms of the digits, packed as skeletons are."""
    made: list[list[Path]] = []
    own_of: list[list[npt.NDArray[np.intp]]] = []
    for label in range(10):
        forms = [form for i, form in enumerate(FORMS[label]) if not is_held_out(i, part)]
        own_of.append([])
        for form in forms:
            own_of[-1].append(np.arange(len(made), len(made) + _VARIANTS))
            made += [_written(form, float(amount), random) for amount in np.linspace(*_VARIED, _VARIANTS)]
    return packed(made), own_of


def _letters(part: Part, random: np.random.Generator) -> tuple[Skeletons, list[dict[str, npt.NDArray[np.intp]]]]:
    """Return letters and signs of handwriting fonts, then letters of our own by random hands, each with its own forms.

    Fonts of one part are not in the other; of our own letters the hands are others, but not the forms.
    """
    every = fonts.characters()
    rows = [
        i
        for i in range(len(every.codes))
        if not chr(every.codes[i]).isdigit() and not is_held_out(int(every.fonts[i]), part)
    ]
    from_fonts = skeletons(every.pictures[rows])
    made = [from_fonts[i] for i in range(len(from_fonts))]
    of_font: dict[int, dict[str, npt.NDArray[np.intp]]] = {}
    for place, i in enumerate(rows):
        of_font.setdefault(int(every.fonts[i]), {})[chr(every.codes[i])] = np.array([place], np.intp)
    by_hand = list(of_font.values())
    for _ in range(_LETTER_HANDS[part]):
        amount = random.uniform(0.3, 1.3)
        hand: dict[str, npt.NDArray[np.intp]] = {}
        for letter, forms in LETTERS.items():
            form = forms[int(random.integers(len(forms)))]
            hand[letter] = np.arange(len(made), len(made) + _LETTER_VARIANTS)
            made += [_written(form, amount, random) for _ in range(_LETTER_VARIANTS)]
        by_hand.append(hand)
    return packed(made), by_hand


def _written(form: list[Stroke], amount: float, random: np.random.Generator) -> list[Path]:
    """Return the paths of a form as some hand writes it, 1 high; `amount` is how far from the form."""
    curves = strokes.vary(hands.drawn(form, random), random, amount)
    every = np.concatenate(curves)
    low, high = every.min(axis=0), every.max(axis=0)
    paths = (np.asarray((curve - low) / max(float(high[1] - low[1]), 1e-3), np.float32) for curve in curves)
    return [path[:: 2 if len(path) > 16 else 1] if len(path) % 2 else path for path in paths]
