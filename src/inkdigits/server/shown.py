"""A page as a picture for the browser, which can show neither a PDF nor a TIFF itself."""

from __future__ import annotations

import base64

import cv2
import numpy as np
import numpy.typing as npt

# Pixels of the longer side: the first that makes a file of at most so many bytes. A page full of writing is smaller.
_SIDES = (1600, 1200, 800)
_MOST_BYTES = 512 * 1024
_QUALITY = 75


def data_url(picture: npt.NDArray[np.uint8]) -> str:
    """Return a picture, uint8 (H, W) or RGB (H, W, 3), as the data URL of a JPEG: at most 1,600 pixels and 0.7 MB long.

    It has the picture's sides in proportion. Noise at 800 pixels, of which no page consists, may take more.
    """
    for side in _SIDES:
        data = _jpeg(picture, side)
        if len(data) <= _MOST_BYTES:
            break
    return f"data:image/jpeg;base64,{base64.b64encode(data).decode('ascii')}"


def _jpeg(picture: npt.NDArray[np.uint8], side: int) -> bytes:
    height, width = picture.shape[:2]
    scale = min(1.0, side / max(height, width))
    size = (max(1, round(width * scale)), max(1, round(height * scale)))
    small = picture if scale == 1 else cv2.resize(picture, size, interpolation=cv2.INTER_AREA)
    if small.ndim == 3:
        small = cv2.cvtColor(small, cv2.COLOR_RGB2BGR)
    _, data = cv2.imencode(".jpg", small, [cv2.IMWRITE_JPEG_QUALITY, _QUALITY])
    return bytes(data)
