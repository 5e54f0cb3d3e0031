"""Decisions of people → pictures of single digits in folders 0 to 9, as `train finetune --data` takes them."""

from __future__ import annotations

import io
import re
from collections import Counter
from pathlib import Path

from PIL import Image

from inkdigits.errors import InputError
from inkdigits.files import make_folder, written_aside
from inkdigits.forms import loading, places
from inkdigits.forms.correcting import corrected
from inkdigits.forms.folder import Folder
from inkdigits.forms.places import Slot
from inkdigits.forms.reviewing import Review
from inkdigits.forms.tables import sheet_id
from inkdigits.geometry import Box

_MARGIN = 1.0  # mm that a crop has around its field
_INSET = 0.4  # mm from a box's printed line to its inside


def write(folder: Folder, out: Path) -> Counter[str]:
    """Write every digit whose place is known, of fields that a person decided; return how many of each digit.

    These are the digits of fields with a box for each, and of fields that hold one digit. Raises InputError where there is
    none, or where `out` is a folder of other files.
    """
    if out.is_dir() and any(out.iterdir()):
        raise InputError(out, "holds other files already", "give a folder that is new or empty")
    review = Review(folder)
    slots: dict[tuple[str, str], Slot] = {}
    for path in sorted((folder.path / "templates").glob("*.toml")):
        template = loading.read(path)
        slots |= {(template.name, slot.key): slot for slot in places.slots(template)}
    current = review.decisions.current()
    counts: Counter[str] = Counter()
    for sheet in corrected(folder.sheets(), current, review.kinds):
        for cell in sheet.get("cells", ()):
            one = current.get((sheet_id(sheet), cell["key"]))
            slot = slots.get((sheet["form"], cell["key"]))
            data = folder.crop(sheet, cell)
            if one is None or one.action != "value" or slot is None or data is None:
                continue
            with Image.open(io.BytesIO(data), formats=("PNG",)) as crop:
                for i, (digit, box) in enumerate(_digits(slot, one.value or "", crop.size)):
                    name = f"{sheet_id(sheet)}-{re.sub('[^A-Za-z0-9]+', '-', cell['key'])}-{i + 1}.png"
                    make_folder(out / digit)
                    with written_aside(out / digit / name) as aside:
                        crop.crop(box).save(aside, "PNG")
                    counts[digit] += 1
    if not counts:
        raise InputError(folder.path, "holds no decided digit whose place is known", "review fields with boxes first")
    return counts


def _digits(slot: Slot, text: str, size: tuple[int, int]) -> list[tuple[str, Box]]:
    """Return the digits of a text with their places in the field's crop; none where these are not known."""
    left, top, width, height = slot.rect
    rects = slot.boxes if len(slot.boxes) == len(text) else () if slot.boxes else [slot.rect] * (len(text) == 1)
    if not re.fullmatch("[0-9]+", text) or len(rects) != len(text):
        return []
    x, y = size[0] / (width + 2 * _MARGIN), size[1] / (height + 2 * _MARGIN)  # pixels a millimetre
    return [
        (
            digit,
            (
                round((x0 - left + _MARGIN + _INSET) * x),
                round((y0 - top + _MARGIN + _INSET) * y),
                round((x0 - left + w + _MARGIN - _INSET) * x),
                round((y0 - top + h + _MARGIN - _INSET) * y),
            ),
        )
        for digit, (x0, y0, w, h) in zip(text, rects, strict=True)
    ]
