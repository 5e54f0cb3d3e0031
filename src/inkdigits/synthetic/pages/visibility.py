"""What of a page's truth can be seen in its picture: marks that the border has cut, and marks without contrast."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import numpy.typing as npt

from inkdigits.synthetic.pages.truth import Box, Mark, Truth

Cover = npt.NDArray[np.uint8]

# Of a digit that the picture's border has cut, so much must be left for it to be one; of less than the second share nothing
# is left that anybody would take for a digit. Between the two it is ignored.
_WHOLE, _NOTHING = 0.85, 0.3
# A digit is seen if its ink differs from its ground by so many of 255 levels, and by so much of the ground's own spread.
_LEAST_CONTRAST, _LEAST_SHARE = 9.0, 0.7


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


def _within(box: Box, frame: Box) -> Box:
    return max(box[0], frame[0]), max(box[1], frame[1]), min(box[2], frame[2]), min(box[3], frame[3])


def _visible(box: Box, frame: Box) -> float:
    left, top, right, bottom = _within(box, frame)
    area = max(1e-6, (box[2] - box[0]) * (box[3] - box[1]))
    return max(0.0, right - left) * max(0.0, bottom - top) / area


def drop_unseen(truth: Truth, grey: Cover, cover: Cover) -> None:
    """Ignore, in place, what cannot be seen in a picture, uint8 (H, W): ink as bright as its ground, or drowned in grain.

    `cover`, uint8 (H, W), is how much of each pixel is ink or print.
    """
    kept: list[Mark] = []
    for mark in truth.marks:
        left, top, right, bottom = (int(v) for v in mark.box)
        place = slice(max(0, top - 2), bottom + 3), slice(max(0, left - 2), right + 3)
        values, covered = grey[place].astype(np.float32), cover[place]
        inked, bare = values[covered > 100], values[covered < 20]
        if len(inked) < 2 or len(bare) < 2:
            kept.append(mark)
            continue
        contrast = abs(float(inked.mean()) - float(bare.mean()))
        if contrast >= _LEAST_CONTRAST and contrast >= _LEAST_SHARE * float(bare.std()):
            kept.append(mark)
        else:
            truth.ignored.append(mark.box)
    truth.marks[:] = kept
