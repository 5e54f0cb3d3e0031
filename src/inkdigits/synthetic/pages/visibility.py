"""What of a page's truth can be seen in its picture: marks that the border has cut, and marks without contrast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from inkdigits.synthetic.pages.truth import Box, Mark, Truth

Cover = npt.NDArray[np.uint8]

# Of a digit that the picture's border has cut, so much must be left for it to be one; of less than the second share nothing
# is left that a person would take for a digit. Between the two it is ignored.
_WHOLE, _NOTHING = 0.85, 0.3
# A digit is seen if its ink differs from its ground by so many of 255 levels, and if brightness and ink correlate so well:
# what grain, a coarse threshold or a printer's screen has broken up does not.
_LEAST_CONTRAST, _LEAST_CORRELATION = 9.0, 0.45


def cut(truth: Truth, frame: Box) -> None:
    """Take out of a truth, in place, what lies outside of a frame; what its edge has cut is kept, ignored or taken out."""
    kept: list[Mark] = []
    for mark in truth.marks:
        share = _visible(mark.box, frame)
        if share >= _WHOLE:
            kept.append(replace(mark, box=_within(mark.box, frame)))
        elif share > _NOTHING:
            truth.ignored.append(_within(mark.box, frame))
    truth.marks[:] = kept
    truth.ignored[:] = [_within(box, frame) for box in truth.ignored if _visible(box, frame) > 0]


def hide(truth: Truth, sheet: npt.NDArray[np.float32]) -> None:
    """Take out of a truth, in place, what does not lie on the sheet; `sheet` is how much of each pixel does, (H, W)."""
    kept: list[Mark] = []
    for mark in truth.marks:
        left, top, right, bottom = (int(v) for v in mark.box)
        place = sheet[max(0, top) : max(0, bottom) + 1, max(0, left) : max(0, right) + 1]
        share = float(place.mean()) if place.size else 1.0
        if share >= _WHOLE:
            kept.append(mark)
        elif share > _NOTHING:
            truth.ignored.append(mark.box)
    truth.marks[:] = kept


def _within(box: Box, frame: Box) -> Box:
    return max(box[0], frame[0]), max(box[1], frame[1]), min(box[2], frame[2]), min(box[3], frame[3])


def _visible(box: Box, frame: Box) -> float:
    left, top, right, bottom = _within(box, frame)
    area = max(1e-6, (box[2] - box[0]) * (box[3] - box[1]))
    return max(0.0, right - left) * max(0.0, bottom - top) / area


def drop_unseen(truth: Truth, grey: Cover, cover: Cover, ruling: Cover) -> None:
    """Ignore, in place, what cannot be seen in a picture, uint8 (H, W): ink as bright as its ground, or drowned in grain.

    `cover`, uint8 (H, W), is how much of each pixel is ink or print, `ruling` how much of it is lines.
    """
    kept: list[Mark] = []
    for mark in truth.marks:
        left, top, right, bottom = (int(v) for v in mark.box)
        place = slice(max(0, top - 2), bottom + 3), slice(max(0, left - 2), right + 3)
        values, covered = grey[place].astype(np.float32).ravel(), cover[place].astype(np.float32).ravel()
        lines = ruling[place].astype(np.float32).ravel()
        if len(values) < 2 or float(np.ptp(covered)) == 0:
            kept.append(mark)
            continue
        seen, there = _without(values, lines), _without(covered, lines)
        strength = float(np.sqrt((seen @ seen) * (there @ there)))
        # How far the ink's brightness differs from that of its ground, in levels.
        contrast = 255 * abs(float(seen @ there)) / max(float(there @ there), 1e-6)
        if contrast >= _LEAST_CONTRAST and abs(float(seen @ there)) >= _LEAST_CORRELATION * strength:
            kept.append(mark)
        else:
            truth.ignored.append(mark.box)
    truth.marks[:] = kept


def _without(values: npt.NDArray[np.float32], lines: npt.NDArray[np.float32]) -> npt.NDArray[np.float32]:
    """Return what is left of values, less their mean, when what ruling explains of them is taken out."""
    rest, ruled = values - values.mean(), lines - lines.mean()
    weight = float(ruled @ ruled)
    return np.asarray(rest - ruled * (float(rest @ ruled) / weight) if weight > 0 else rest, np.float32)
