"""Pictures that have been made black and white: their edges are stairs, and their greys are dots, which no pen draws."""

from __future__ import annotations

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.image.measure import stroke_width

# Standard deviation in pixels of what softens stairs. Of 0 to 0.8, the network reads MNIST's validation digits best with
# it, made black and white at 14 to 60 pixels.
_STAIRS = 0.6
# And of what makes greys of dots: every fourth pixel, in the palest grey that matters.
_DOTS = 1.5
# Where a larger share of the pixels differs from the median around it, there are dots: of a digit 14 pixels high up to a
# tenth does so at its edges, of dithered photos a sixth and more.
_DOTTED = 0.13
# Strokes narrower than this, in pixels, are hairlines: a thin pen's, or outlines, whose two sides softening runs together.
_HAIRLINE = 1.8


def softened(grey: npt.NDArray[np.uint8], *, hairlines: bool = True) -> npt.NDArray[np.uint8] | None:
    """Return a picture of two levels, uint8 (H, W), as a camera might have seen it.

    None for one that has more levels; and, unless `hairlines`, for one that is drawn in lines about a pixel wide.
    """
    if len(set(grey[len(grey) // 2].tolist())) > 2:  # a row tells of nearly every other picture at once
        return None
    darkest, lightest, _, _ = cv2.minMaxLoc(grey)
    if cv2.countNonZero(cv2.inRange(grey, darkest + 1, lightest - 1)):
        return None
    differs = cv2.countNonZero(cv2.absdiff(grey, cv2.medianBlur(grey, 3)))
    if differs > _DOTTED * grey.size:
        return np.asarray(cv2.GaussianBlur(grey, (0, 0), _DOTS), np.uint8)
    if not hairlines:
        light = grey == lightest
        rarer = light if 2 * np.count_nonzero(light) <= grey.size else ~light
        if stroke_width(rarer) < _HAIRLINE:
            return None
    return np.asarray(cv2.GaussianBlur(grey, (0, 0), _STAIRS), np.uint8)
