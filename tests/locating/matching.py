"""What was found against what was written: which mark is which digit."""

from __future__ import annotations

import numpy as np

from inkdigits.locating.maps import FIRST_SEPARATOR, HANDWRITTEN
from inkdigits.locating.peaks import Found
from tests.written import Written

SURE = 0.3


def matched(page: Written, found: Found, centres: np.ndarray | None = None) -> dict[int, int]:
    """The written digits that were found: the row in `found` of each, the nearest mark within 0.4 of its height.

    `centres` are those of the written digits if they are not where they were written.
    """
    rows: dict[int, int] = {}
    sure = np.flatnonzero((found.kinds == HANDWRITTEN) & (found.scores >= SURE))
    for i, (centre, box) in enumerate(zip(page.centres if centres is None else centres, page.boxes, strict=True)):
        off = np.hypot(*(found.centres[sure] - centre).T)
        if len(off) and off.min() < 0.4 * (box[3] - box[1]) and sure[off.argmin()] not in rows.values():
            rows[i] = int(sure[off.argmin()])
    return rows


def told(page: Written, found: Found) -> int:
    """How many of the written digits were found, and as what they are."""
    return sum(found.classes[row].argmax() == page.labels[i] for i, row in matched(page, found).items())


def sure_digits(found: Found) -> int:
    """How many marks are sure to be digits, whoever wrote or printed them."""
    return int(((found.kinds < FIRST_SEPARATOR) & (found.scores >= SURE)).sum())


def off(page: Written, found: Found) -> list[float]:
    """How far the sides of the boxes that were found are from the ink, as shares of what is allowed.

    Allowed are three pixels, or 15 % of the height.
    """
    return [
        float(np.abs(found.boxes[row] - page.boxes[i]).max()) / max(3.0, 0.15 * (page.boxes[i][3] - page.boxes[i][1]))
        for i, row in matched(page, found).items()
    ]
