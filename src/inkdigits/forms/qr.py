"""The QR code on a printed sheet: which form, page and copy it is. Codes of any other kind are left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import cv2
import numpy as np
import numpy.typing as npt

from inkdigits.forms import layout

_CONTENT = re.compile(r"inkdigits:([A-Za-z0-9][A-Za-z0-9_-]{0,39})/([1-9]\d?)/(\d{1,6})(?:/([0-9]{1,20}))?")
_SIDES = (1000, 2048)  # pixels of the longer side of the pictures in which codes are looked for
_QUIET, _RES = 2.5, 12.0  # millimetres around a code, and pixels in a millimetre, where its place is known

Grey = npt.NDArray[np.uint8]
Homography = npt.NDArray[np.float64]


@dataclass(frozen=True)
class Code:
    """What a code says: the form's name, the page and the copy, from 1 (0: no copy), and for whom the sheet was printed."""

    form: str
    page: int
    copy: int
    entry: str | None = None

    def text(self) -> str:
        """Return the content of the code."""
        return f"inkdigits:{self.form}/{self.page}/{self.copy}" + (f"/{self.entry}" if self.entry else "")


def parse(text: str) -> Code | None:
    """Return what the content of a code says; None for every other one."""
    found = _CONTENT.fullmatch(text)
    return None if found is None else Code(found[1], int(found[2]), int(found[3]), found[4])


def find(grey: Grey) -> Code | None:
    """Return what the first code of ours on a sheet, uint8 (H, W), says; None if there is none."""
    for side in _SIDES:
        scale = min(1.0, side / max(grey.shape))
        code = _decoded(cv2.resize(grey, None, fx=scale, fy=scale, interpolation=cv2.INTER_AREA) if scale < 1 else grey)
        if code is not None or scale == 1:
            return code
    return None


def at(grey: Grey, page: Homography, extent: tuple[float, float]) -> Code | None:
    """Return what the code says that is printed on a page of this extent, if `page` takes its millimetres to the sheet."""
    left, top = layout.qr_place(extent)
    side = round((layout.QR_SIDE + 2 * _QUIET) * _RES)
    own = np.array([[1 / _RES, 0, left - _QUIET], [0, 1 / _RES, top - _QUIET], [0, 0, 1]])
    part = cv2.warpPerspective(grey, page @ own, (side, side), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    return _decoded(np.asarray(part, np.uint8))


def _decoded(grey: Grey) -> Code | None:
    try:
        found, texts, _, _ = _detector().detectAndDecodeMulti(grey)
    except (cv2.error, UnicodeDecodeError):  # what it takes for a code is none, or says what is no text
        return None
    return next((code for text in (texts if found else ()) if (code := parse(text)) is not None), None)


@lru_cache(maxsize=1)
def _detector() -> Any:
    return cv2.QRCodeDetectorAruco()
