"""The ways in which people write each digit, as strokes of a pen: control points in a unit square (forms.json).

x runs to the right and y down, 0 to 1 over the digit's height; a digit is as wide as its points say. A stroke is a list of
points that the pen passes through; a corner is a point written twice. `strokes` joins and draws them.

The forms are those of school hands and of ordinary haste: continental, American and Indian, open and closed, in one stroke
or two, with and without serif, bar, loop and tail.
"""

from __future__ import annotations

import json
from pathlib import Path

Stroke = list[tuple[float, float]]


def _forms() -> dict[int, list[list[Stroke]]]:
    stored = json.loads(Path(__file__).with_name("forms.json").read_text(encoding="utf-8"))
    return {
        int(digit): [[[(float(x), float(y)) for x, y in stroke] for stroke in form] for form in forms]
        for digit, forms in stored.items()
    }


FORMS = _forms()  # for each digit the ways in which people write it
