"""Boxes that were found on a blank → fields: equal ones in one line are one number, in groups if they stand in groups."""

from __future__ import annotations

from itertools import pairwise

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from inkdigits.forms.template import Area, Boxes, Mark

Points = npt.NDArray[np.float64]

_GAP = 0.8  # of a box's width: how far boxes of one number stand apart; groups of them twice as far
ALIKE = 0.15  # by which the sizes of boxes of one number differ
ANGLE = 1.5  # degrees by which cells of one field are turned differently


def turned(angle: float) -> Points:
    """Return the matrix, (2, 2), that turns points by an angle in degrees, clockwise as one sees them."""
    c, s = np.cos(np.radians(angle)), np.sin(np.radians(angle))
    return np.array([[c, -s], [s, c]])


def joined(found: list[Area]) -> list[Area]:
    """Return areas with boxes, and groups of boxes, that stand in one line as one field."""
    boxes = [area for area in found if isinstance(area, Boxes | Mark)]
    other = [area for area in found if not isinstance(area, Boxes | Mark)]
    boxes.sort(key=lambda area: area.left)
    rows: list[list[Boxes | Mark]] = []
    for area in boxes:
        row = next((row for row in rows if _continues(row[-1], area)), None)
        if row is None:
            rows.append([area])
        else:
            row.append(area)
    return other + [joined for row in rows for joined in _as_fields(row)]


def _pitch(area: Boxes | Mark) -> float:
    """Return the width of one box."""
    return area.width / (area.count if isinstance(area, Boxes) else 1)


def _middle(area: Area) -> Points:
    return np.array([area.left + area.width / 2, area.top + area.height / 2])


def _continues(before: Boxes | Mark, after: Boxes | Mark) -> bool:
    """Tell whether boxes stand in one line with others, right behind them, and are as large."""
    pitch, other = _pitch(before), _pitch(after)
    if abs(np.log(pitch / other)) > ALIKE or abs(np.log(before.height / after.height)) > ALIKE:
        return False
    if abs(before.angle - after.angle) > ANGLE:
        return False
    across, down = turned(-before.angle) @ (_middle(after) - _middle(before))
    gap = across - (before.width + after.width) / 2
    return bool(-0.5 <= gap <= 2 * _GAP * pitch and abs(down) < 0.2 * before.height)


def _as_fields(row: list[Boxes | Mark]) -> list[Area]:
    """Return boxes in a line as one field, if gaps between them, and between groups, are each alike; or as they are."""
    if len(row) == 1:
        return list(row)
    turn = turned(-row[0].angle)
    ends = [
        (float((turn @ _middle(area))[0] - area.width / 2), float((turn @ _middle(area))[0] + area.width / 2))
        for area in row
    ]
    gaps = [after[0] - before[1] for before, after in pairwise(ends)]
    counts = [area.count if isinstance(area, Boxes) else 1 for area in row]
    pitch = float(np.median([_pitch(area) for area in row]))
    own = 0.0 if max(counts) > 1 else min(gaps)
    groups, spaces = [counts[0]], []
    for gap, count in zip(gaps, counts[1:], strict=True):
        if gap - own <= max(0.6, 0.1 * pitch):
            groups[-1] += count
        else:
            groups.append(count)
            spaces.append(gap - own)
    if spaces and max(spaces) - min(spaces) > 0.8:
        return list(row)
    if max(gaps) > _GAP * pitch and len(groups) == len(row) and max(counts) == 1:
        return list(row)  # far apart, one by one: boxes to be ticked
    left, right = ends[0][0], ends[-1][1]
    inner = [gap for gap in gaps if gap - own <= max(0.6, 0.1 * pitch)]
    gap = float(np.mean(inner)) if inner and max(counts) == 1 else 0.0
    level = np.mean([(turn @ _middle(area))[1] for area in row])
    middle = turned(row[0].angle) @ np.array([(left + right) / 2, level])
    width, height = right - left, float(np.median([area.height for area in row]))
    return [
        Boxes(
            left=float(middle[0] - width / 2),
            top=float(middle[1] - height / 2),
            width=width,
            height=height,
            angle=float(np.median([area.angle for area in row])),
            count=sum(counts),
            gap=gap,
            groups=groups if len(groups) > 1 else UNSET,
            space=float(np.mean(spaces)) if spaces else 0.0,
        )
    ]
