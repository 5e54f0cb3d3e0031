"""The ways in which people write digits and letters, as strokes of a pen: control points (forms.json, letters.json).

x runs to the right and y down, 0 to 1 over the height of a digit or a capital; small letters begin at about 0.43, tails
reach to 1.35. A sign is as wide as its points say. A stroke is a list of points that the pen passes through; a corner is a
point written twice. `strokes` joins and draws them.

The forms are those of school hands and of ordinary haste: continental, American and Indian, open and closed, in one stroke
or two, with and without serif, bar, loop and tail. Letters are printed or cursive.
"""

from __future__ import annotations

import json
from pathlib import Path

Stroke = list[tuple[float, float]]


def _forms(name: str) -> dict[str, list[list[Stroke]]]:
    stored = json.loads(Path(__file__).with_name(name).read_text(encoding="utf-8"))
    return {
        sign: [[[(float(x), float(y)) for x, y in stroke] for stroke in form] for form in forms]
        for sign, forms in stored.items()
    }


FORMS = {int(digit): forms for digit, forms in _forms("forms.json").items()}  # for each digit how people write it
LETTERS = _forms("letters.json")  # the same for each letter of the alphabet, A to Z and a to z
