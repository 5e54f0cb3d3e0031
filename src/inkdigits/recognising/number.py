"""The network that reads whole numbers, in ONNX Runtime: numbers of a located page → what it says column by column."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import numpy as np
import numpy.typing as npt

from inkdigits.locating.locate import Located, Pass, resized
from inkdigits.locating.maps import HANDWRITTEN, inputs
from inkdigits.locating.numbers import Row
from inkdigits.locating.numbers import angle as page_angle
from inkdigits.locating.peaks import Found
from inkdigits.network.onnx_file import OnnxFile
from inkdigits.recognising import strips
from inkdigits.recognising.ctc import Logs
from inkdigits.recognising.strips import Frame, Grey, Points

MODEL = Path(__file__).parent / "number_model" / "model.onnx"  # the shipped one
_FILE = OnnxFile(MODEL)
using = _FILE.using

_MOST = 200  # numbers of a page
_WIDEST = 1024  # pixels of a strip: what is longer is no number
_AT_ONCE = 16  # strips
_PADDED = 16  # widths are padded to multiples of so many pixels


@dataclass(frozen=True, eq=False)
class StripOutput:
    """What the network says of a number.

    `logs` float32 (T, 16): log-probabilities of ctc.SIGNS and of the blank in each column; `frame` is the strip in the
    pixels of the pass `one` of the page, which is pass number `of_pass`.
    """

    logs: Logs
    frame: Frame
    one: Pass
    of_pass: int

    def in_picture(self, columns: npt.NDArray[np.intp], level: float = strips.HEIGHT / 2) -> Points:
        """Return where columns are in the picture that was located, (N, 2), at a level of the strip."""
        points = self.frame.of_column(columns, level)
        return np.asarray((points - np.array(self.one.corner)) / np.array(self.one.scale))

    @property
    def digit_height(self) -> float:
        """Pixels of the picture that are as high as the number's digits, which are strips.DIGIT high in the strip."""
        return strips.DIGIT / self.frame.scale / self.one.scale[1]


def is_there() -> bool:
    """Tell whether there is such a network."""
    return _FILE.path.exists()


def config() -> Path:
    """Return the path of what is known of the network that is used."""
    return _FILE.path.with_name("config.json")


@dataclass(frozen=True, eq=False)
class Group:
    """So many numbers beside each other, and what the network says of all of them; None where it is not asked."""

    count: int
    said: StripOutput | None


StripOutputs = list[list[Group]]  # for each row


def read_rows(located: Located, rows: list[Row]) -> StripOutputs:
    """Have the network of numbers read rows, numbers that stand close together at once: a digit may be missed between them.

    Numbers with printed digits are left out: it knows handwriting alone.
    """
    found = located.found
    groups = [_groups(found, row) for row in rows]
    asked = [
        [mark for part in group for mark in part] if (found.kinds[group[0]] == HANDWRITTEN).all() else []
        for of_row in groups
        for group in of_row
    ]
    said = iter(read(located, asked, page_angle(found)))
    return [[Group(len(group), next(said)) for group in of_row] for of_row in groups]


def _groups(found: Found, row: Row) -> list[list[list[int]]]:
    """Return a row's numbers, those together between which there is hardly room for more than a digit."""
    groups: list[list[list[int]]] = []
    for part in row.numbers:
        if groups and _is_close(found, groups[-1][-1], part):
            groups[-1].append(part)
        else:
            groups.append([part])
    return groups


def _is_close(found: Found, before: list[int], after: list[int]) -> bool:
    """Tell whether a number begins where another one ends, both written by hand."""
    if (found.kinds[before + after] != HANDWRITTEN).any():
        return False
    first, second = found.boxes[before[-1]], found.boxes[after[0]]
    height = float(np.median(found.boxes[before + after, 3] - found.boxes[before + after, 1]))
    off = abs(float(first[1] + first[3] - second[1] - second[3])) / 2
    return float(second[0] - first[2]) < strips.ROOM * height and off < 0.5 * height


def read(located: Located, numbers: Sequence[Sequence[int]], fall: float) -> list[StripOutput | None]:
    """Return what the network says of numbers, each given by its digits' rows from left to right.

    None for a number whose strip would be too long, and for those after the two-hundredth. The page's lines fall by
    `fall`, in radians.
    """
    said: list[StripOutput | None] = [None] * len(numbers)
    cuts: list[tuple[int, int, Frame, Grey]] = []
    outside = {i: int(np.median(one.grey)) for i, one in enumerate(located.passes)}
    for i, number in enumerate(numbers[:_MOST]):
        rows = np.array(number, np.intp)
        if not len(rows):
            continue
        of_pass = int(np.bincount(located.of_pass[rows]).argmax())  # the one that most of its digits are from
        one = located.passes[of_pass]
        scale, corner = np.array(one.scale * 2), np.array(one.corner * 2)
        frame = strips.around(np.asarray(located.found.boxes[rows] * scale + corner, np.float32), fall)
        if frame.width <= _WIDEST:
            cuts.append((i, of_pass, frame, _cut(located.grey, one, frame, outside[of_pass])))
    cuts.sort(key=lambda one: one[2].width)
    for start in range(0, len(cuts), _AT_ONCE):
        part = cuts[start : start + _AT_ONCE]
        for (i, of_pass, frame, _), logs in zip(part, run([strip for *_, strip in part]), strict=True):
            said[i] = StripOutput(logs, frame, located.passes[of_pass], of_pass)
    return said


def _cut(grey: Grey, one: Pass, frame: Frame, outside: int) -> Grey:
    """Return the strip of a frame in a pass's pixels: of what the pass read, or of the picture where it reaches beyond."""
    right, bottom = float(frame.width), float(strips.HEIGHT)
    corners = frame.to_picture(np.array([[0.0, 0.0], [right, 0.0], [0.0, bottom], [right, bottom]]))
    low, high = corners.min(axis=0), corners.max(axis=0)
    if (low >= 0).all() and (high <= one.grey.shape[::-1]).all():
        return strips.cut(one.grey, frame, outside)
    scale, corner = np.array(one.scale), np.array(one.corner)
    first = np.clip((low - corner) / scale - 1, 0, grey.shape[::-1]).astype(int)
    end = np.clip((high - corner) / scale + 2, 0, grey.shape[::-1]).astype(int)
    part = grey[first[1] : end[1], first[0] : end[0]]
    if not part.size:
        return strips.cut(one.grey, frame, outside)
    x, y = np.array(frame.corner) - corner - first * scale
    return strips.cut(resized(part, one.scale[0]), replace(frame, corner=(float(x), float(y))), outside)


def run(given: Sequence[Grey]) -> list[Logs]:
    """Return what the network says of strips, uint8 (48, W): log-probabilities (W / 2, 16) of each."""
    width = -(-max(strip.shape[1] for strip in given) // _PADDED) * _PADDED
    fed = np.zeros((len(given), 2, strips.HEIGHT, width), np.float32)
    for i, strip in enumerate(given):
        fed[i, :, :, : strip.shape[1]] = inputs(strip).transpose(2, 0, 1)
    (logits,) = _FILE.run(["signs"], {"strips": fed})
    logits = logits.transpose(0, 2, 1).astype(np.float64)
    logits -= logits.max(axis=-1, keepdims=True)
    logs = (logits - np.log(np.exp(logits).sum(axis=-1, keepdims=True))).astype(np.float32)
    return [logs[i, : -(-strip.shape[1] // strips.STRIDE)] for i, strip in enumerate(given)]
