"""A number on a page → its strip: level, its digits 28 pixels high, what stands beside it left in; and the way back."""

from __future__ import annotations

from dataclasses import dataclass

import cv2
import numpy as np
import numpy.typing as npt

Grey = npt.NDArray[np.uint8]
Boxes = npt.NDArray[np.float32]
Points = npt.NDArray[np.float64]

HEIGHT = 48  # pixels of a strip, from above the digits to below their tails
DIGIT = 28.0  # pixels of the strip: median height of a number's digits
STRIDE = 2  # pixels of a strip in one column of what the network says: a 1 is three wide, and a blank parts two of them
MARGIN = 0.7  # heights of a digit: what is left in beside a number, so that a digit that was missed there is seen
# Heights of a digit between two numbers up to which they are read together: a missed one may stand there. A wide digit
# with room on both sides takes as much; two columns of a table may stand as close, and stay two numbers.
ROOM = 2.2
# How much a number's own slope is believed against the page's: as if the page's were of numbers with digits so many heights
# apart, squared and summed. Two digits of unequal height tell nothing about a slope, ten do.
_PAGE = 2.0


@dataclass(frozen=True)
class Frame:
    """Where a strip is in a picture.

    `corner` is the strip's left upper corner in the picture, `angle` by how much the strip's lines fall there, in radians,
    `scale` how many of the strip's pixels are one of the picture's, `width` the strip's pixels across.
    """

    corner: tuple[float, float]
    angle: float
    scale: float
    width: int

    @property
    def columns(self) -> int:
        """Columns of what the network says of the strip."""
        return -(-self.width // STRIDE)

    def to_picture(self, points: Points) -> Points:
        """Return points of the strip, (N, 2), in the picture."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        turn = np.array([[c, s], [-s, c]])
        return np.asarray(points / self.scale @ turn + np.array(self.corner))

    def to_strip(self, points: Points) -> Points:
        """Return points of the picture, (N, 2), in the strip."""
        c, s = np.cos(self.angle), np.sin(self.angle)
        turn = np.array([[c, -s], [s, c]])
        return np.asarray((points - np.array(self.corner)) @ turn * self.scale)

    def of_column(self, columns: npt.NDArray[np.intp], level: float = HEIGHT / 2) -> Points:
        """Return where columns of what the network says are in the picture, (N, 2), at a level of the strip."""
        across = (np.asarray(columns, np.float64) + 0.5) * STRIDE
        return self.to_picture(np.stack([across, np.full(len(across), level)], axis=1))


def around(boxes: Boxes, page_angle: float = 0.0) -> Frame:
    """Return the frame of the strip around a number's digits, boxes (N, 4) from left to right, N at least 1.

    `page_angle` is by how much the page's lines fall, in radians; a number of many digits has a slope of its own.
    """
    own = boxes.astype(np.float64)
    centres = (own[:, :2] + own[:, 2:]) / 2
    half = (own[:, 2:] - own[:, :2]) / 2
    height = max(float(np.median(2 * half[:, 1])), 1.0)
    level = _turned(centres, -page_angle)
    x, y = (level - level.mean(axis=0)).T
    angle = page_angle + float(np.arctan2(x @ y, x @ x + _PAGE * height**2))
    level = _turned(centres, -angle)
    left = float((level[:, 0] - half[:, 0]).min()) - MARGIN * height
    right = float((level[:, 0] + half[:, 0]).max()) + MARGIN * height
    middle = (np.median(level[:, 1] - half[:, 1]) + np.median(level[:, 1] + half[:, 1])) / 2
    scale = DIGIT / height
    corner = _turned(np.array([[left, middle - HEIGHT / 2 / scale]]), angle)[0]
    return Frame((float(corner[0]), float(corner[1])), angle, scale, max(STRIDE, round((right - left) * scale)))


def _turned(points: Points, angle: float) -> Points:
    """Return points turned about the origin, clockwise as one sees them."""
    c, s = np.cos(angle), np.sin(angle)
    return np.asarray(points @ np.array([[c, s], [-s, c]]))


def cut(grey: Grey, frame: Frame, outside: int) -> Grey:
    """Return a strip of a picture, uint8 (48, width); beyond the picture's edge it is as bright as `outside` says."""
    corners = np.array([[0.0, 0.0], [1.0, 0.0], [0.0, 1.0]])
    origin, across, down = frame.to_picture(corners)
    matrix = np.stack([across - origin, down - origin, origin], axis=1)
    # OpenCV's whole numbers are the pixels' middles; ours are their edges, half a pixel before.
    matrix[:, 2] += 0.5 * (matrix[:, 0] + matrix[:, 1]) - 0.5
    strip = cv2.warpAffine(
        grey,
        matrix,
        (frame.width, HEIGHT),
        flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP,
        borderMode=cv2.BORDER_CONSTANT,
        borderValue=float(outside),
    )
    return np.asarray(strip, np.uint8)
