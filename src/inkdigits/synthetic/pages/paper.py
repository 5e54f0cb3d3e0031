"""Paper and camera: the brightness that a page's layers lie on, and what a scanner, a camera or a fax makes of them."""

from __future__ import annotations

from functools import lru_cache

import cv2
import numpy as np
import numpy.typing as npt

Light = npt.NDArray[np.float32]  # (H, W): brightness, 0 black to 1 white

_FIELD = 1024  # side of the stored fields of noise, from which pieces are taken


@lru_cache(maxsize=1)
def _fields() -> list[Light]:
    """Return fields of noise of mean 0 and spread 1, from fine to coarse grain."""
    random = np.random.default_rng(3)
    fields = []
    for grain in (0.0, 0.8, 2.0, 6.0, 25.0):
        noise = random.standard_normal((_FIELD, _FIELD), np.float32)
        if grain:
            noise = np.asarray(cv2.GaussianBlur(noise, (0, 0), grain, borderType=cv2.BORDER_REFLECT), np.float32)
        fields.append(np.asarray(noise / noise.std(), np.float32))
    return fields


def noise(shape: tuple[int, int], random: np.random.Generator, grain: int | None = None) -> Light:
    """Return a piece of noise of mean 0 and spread 1; `grain` from 0, pixel by pixel, to 4, clouds of 25 pixels."""
    field = _fields()[int(random.integers(5)) if grain is None else grain]
    height, width = shape
    rows, columns = min(height, _FIELD), min(width, _FIELD)
    top, left = int(random.integers(_FIELD - rows + 1)), int(random.integers(_FIELD - columns + 1))
    piece = field[top : top + rows, left : left + columns]
    if random.random() < 0.5:
        piece = piece[::-1]
    if random.random() < 0.5:
        piece = piece[:, ::-1]
    if (rows, columns) != shape:
        piece = cv2.copyMakeBorder(piece, 0, height - rows, 0, width - columns, cv2.BORDER_REFLECT)
    return np.asarray(piece, np.float32)


def slope(shape: tuple[int, int], random: np.random.Generator, steep: float = 1.0) -> Light:
    """Return a field from 0 to 1 that rises in a random direction, `steep` times over the picture's length."""
    height, width = shape
    angle = random.uniform(0, 2 * np.pi)
    x = np.cos(angle) * (np.arange(width, dtype=np.float32) / width - 0.5)
    y = np.sin(angle) * (np.arange(height, dtype=np.float32) / height - 0.5)
    field = y[:, None] + x[None, :] + np.float32(random.uniform(-0.3, 0.3) if steep > 1 else 0.0)
    return np.asarray(np.clip(0.5 + steep * field, 0, 1), np.float32)


def sheet(shape: tuple[int, int], random: np.random.Generator) -> Light:
    """Return bare paper under some light: clean or grained, with shadow, folds, stains or a printed ground."""
    paper = np.full(shape, random.uniform(0.6, 1.0), np.float32)
    if random.random() < 0.5:
        paper *= 1 - np.float32(random.uniform(0, 0.45)) * slope(shape, random)
    if random.random() < 0.18:  # the edge of a shadow
        paper *= 1 - np.float32(random.uniform(0.1, 0.6)) * slope(shape, random, random.uniform(4, 60))
    if random.random() < 0.4:
        paper += np.float32(_between(random, 0.003, 0.05)) * noise(shape, random)
    if random.random() < 0.12:
        paper += np.float32(random.uniform(0.02, 0.08)) * noise(shape, random, 4)
    if random.random() < 0.08:
        _fold(paper, random)
    if random.random() < 0.08:
        _stain(paper, random)
    ground = random.random()
    if ground < 0.06:
        paper -= np.float32(random.uniform(0.03, 0.15)) * guilloche(shape, random)
    elif ground < 0.18:
        paper -= np.float32(random.uniform(0.05, 0.35)) * screen(shape, random)
    return paper


def _fold(paper: Light, random: np.random.Generator) -> None:
    """Put a thin dark line, with a bright one beside it, across the paper."""
    height, width = paper.shape
    ends = random.uniform(-0.2, 1.2, (2, 2)) * (width, height)
    axis = int(random.integers(2))
    ends[0, axis], ends[1, axis] = 0, (width, height)[axis]
    for shift, strength in ((0, -random.uniform(0.03, 0.15)), (1, random.uniform(0, 0.08))):
        line = np.zeros(paper.shape, np.uint8)
        points = np.rint(ends + shift).astype(np.int32)
        cv2.line(line, points[0].tolist(), points[1].tolist(), 255, int(random.integers(1, 3)), cv2.LINE_AA)
        soft = cv2.GaussianBlur(line, (0, 0), random.uniform(0.5, 2))
        paper += np.float32(strength / 255) * soft.astype(np.float32)


def _stain(paper: Light, random: np.random.Generator) -> None:
    """Spill something: a soft-edged blot or its rim."""
    height, width = paper.shape
    blot = np.zeros(paper.shape, np.uint8)
    centre = (int(random.integers(width)), int(random.integers(height)))
    axes = (int(random.integers(8, max(9, width // 2))), int(random.integers(8, max(9, height // 2))))
    thick = -1 if random.random() < 0.5 else int(random.integers(2, 8))
    cv2.ellipse(blot, centre, axes, float(random.uniform(0, 180)), 0, 360, 255, thick, cv2.LINE_AA)
    soft = cv2.GaussianBlur(blot, (0, 0), random.uniform(0.7, 5)).astype(np.float32)
    paper -= np.float32(random.uniform(0.03, 0.25) / 255) * soft


def guilloche(shape: tuple[int, int], random: np.random.Generator) -> Light:
    """Return a fine printed pattern of waves, 0 to 1, as cheques and certificates have it, or dots, or a weave."""
    height, width = shape
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    total = np.zeros(shape, np.float32)
    for _ in range(int(random.integers(1, 4))):
        angle, period = random.uniform(0, np.pi), random.uniform(4, 16)
        along, across = np.cos(angle) * x + np.sin(angle) * y, np.cos(angle) * y - np.sin(angle) * x
        wave = across + random.uniform(0, 8) * np.sin(along * np.float32(2 * np.pi / random.uniform(20, 120)))
        total = np.maximum(total, 0.5 + 0.5 * np.cos(wave * np.float32(2 * np.pi / period)))
    return np.asarray(total ** np.float32(random.uniform(1, 6)), np.float32)


def screen(shape: tuple[int, int], random: np.random.Generator, finest: float = 3.0, even: bool = False) -> Light:
    """Return a printer's screen, 0 to 1: dots or dashes in a lattice of `finest` to three times as many pixels.

    It is on all of the paper or, unless it is `even`, a part.
    """
    height, width = shape
    x = np.arange(width, dtype=np.float32)[None, :]
    y = np.arange(height, dtype=np.float32)[:, None]
    angle, period = random.uniform(0, np.pi / 2), random.uniform(finest, 3 * finest)
    longer = random.uniform(1, 2.5) if random.random() < 0.4 else 1.0
    u = (np.cos(angle) * x + np.sin(angle) * y) * np.float32(2 * np.pi / period / longer)
    v = (np.cos(angle) * y - np.sin(angle) * x) * np.float32(2 * np.pi / period)
    level = np.float32(random.uniform(-0.5, 1.2))
    dots = 1 / (1 + np.exp(-np.float32(random.uniform(3, 9)) * (np.cos(u) + np.cos(v) - level)))
    if not even and random.random() < 0.35:
        dots *= slope(shape, random, random.uniform(1, 40))
    return np.asarray(dots, np.float32)


def desk(
    page: Light, matrix: npt.NDArray[np.float64], region: tuple[float, float, float, float], random: np.random.Generator
) -> Light:
    """Lay a page on a desk, in place: one to three of its edges are seen, and what lies around it, dark or light.

    Returns how much of each pixel is the sheet, (H, W), 0 to 1.
    """
    height, width = page.shape
    left, top, right, bottom = region
    x1, y1, x2, y2 = left - 999.0, top - 999.0, right + 999.0, bottom + 999.0
    for side in random.choice(4, size=int(random.integers(1, 4)), replace=False):
        inward = random.uniform(0.0, 0.25)
        if side == 0:
            x1 = left + inward * (right - left)
        elif side == 1:
            x2 = right - inward * (right - left)
        elif side == 2:
            y1 = top + inward * (bottom - top)
        else:
            y2 = bottom - inward * (bottom - top)
    corners = np.array([[x1, y1], [x2, y1], [x2, y2], [x1, y2]], np.float64) + random.normal(0, 4, (4, 2))
    mapped = np.clip(corners @ matrix[:, :2].T + matrix[:, 2], -5000, 5000)
    inside = np.zeros(page.shape, np.uint8)
    cv2.fillPoly(inside, [np.rint(mapped * 16).astype(np.int32)], 255, cv2.LINE_AA, 4)
    around = np.full(
        page.shape, random.uniform(0.0, 1.0) if random.random() < 0.3 else random.uniform(0.0, 0.4), np.float32
    )
    around += np.float32(random.uniform(0, 0.12)) * noise(page.shape, random)
    if random.random() < 0.3:  # the grain of wood, the weave of cloth
        around += np.float32(random.uniform(0.02, 0.15)) * guilloche((height, width), random)
    if random.random() < 0.4:  # the sheet's shadow
        soft = cv2.GaussianBlur(inside, (0, 0), random.uniform(2, 8)).astype(np.float32) / 255
        around *= 1 - np.float32(random.uniform(0.2, 0.8)) * soft
    cover = np.asarray(inside.astype(np.float32) / 255, np.float32)
    page += (1 - cover) * (around - page)
    return cover


def camera(page: Light, finest: float, random: np.random.Generator, clean: bool = False) -> npt.NDArray[np.uint8]:
    """Return a page as a picture, uint8 (H, W): low resolution, blur, noise, compression, two levels, polarity.

    `finest` is the height of the smallest digit in pixels: blur stays below a twentieth of it. A `clean` picture is hardly
    blurred, grained or compressed.
    """
    if clean:
        return _scanned(page, finest, random)
    height, width = page.shape
    kind = random.random()
    if kind < 0.35:  # fewer pixels, enlarged afterwards
        share = max(float(random.uniform(0.3, 0.9)), 9.0 / finest)
        if share < 1:
            size = (max(8, round(width * share)), max(8, round(height * share)))
            page = np.asarray(cv2.resize(page, size, interpolation=cv2.INTER_AREA), np.float32)
    if random.random() < 0.5:
        page = np.asarray(
            cv2.GaussianBlur(page, (0, 0), random.uniform(0.3, max(0.35, min(2.0, finest / 18)))), np.float32
        )
    if random.random() < 0.04:
        page = _shaken(page, finest, random)
    if random.random() < 0.1:  # sharpened, as phones do: bright rims
        page = page + np.float32(random.uniform(0.3, 1.5)) * (
            page - cv2.GaussianBlur(page, (0, 0), random.uniform(0.8, 2))
        )
    if random.random() < 0.5:
        page = page + np.float32(_between(random, 0.003, 0.06)) * noise(
            (page.shape[0], page.shape[1]), random, int(random.integers(2))
        )
    if random.random() < 0.5:
        page = np.clip(page, 0, 1.2) ** np.float32(np.exp(random.normal(0, 0.3)))
    grey = np.clip(np.rint(page * 255), 0, 255).astype(np.uint8)
    two_levels = random.random() < 0.1
    if two_levels:
        grey = _binarised(grey, random)
    if not two_levels and random.random() < 0.3:
        _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(20, 95))])
        grey = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    if grey.shape != (height, width):
        way = int(random.choice([cv2.INTER_CUBIC, cv2.INTER_LINEAR, cv2.INTER_NEAREST], p=[0.5, 0.4, 0.1]))
        grey = np.asarray(cv2.resize(grey, (width, height), interpolation=way), np.uint8)
    return np.asarray(255 - grey if random.random() < 0.22 else grey, np.uint8)


def _between(random: np.random.Generator, low: float, high: float) -> float:
    """Return a number between two, its logarithm uniformly distributed."""
    return float(np.exp(random.uniform(np.log(low), np.log(high))))


def _scanned(page: Light, finest: float, random: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return a page as a good scanner or a drawing program stores it, uint8 (H, W), in either polarity."""
    height, width = page.shape
    way = random.random()
    if way < 0.22 and finest > 12:  # scanned with fewer dots, enlarged afterwards
        share = max(float(random.uniform(0.35, 0.9)), 10.0 / finest)
        size = (max(8, round(width * share)), max(8, round(height * share)))
        small = cv2.resize(page, size, interpolation=cv2.INTER_AREA)
        page = np.asarray(cv2.resize(small, (width, height), interpolation=cv2.INTER_CUBIC), np.float32)
    elif way < 0.45:
        page = np.asarray(cv2.GaussianBlur(page, (0, 0), random.uniform(0.3, max(0.35, finest / 40))), np.float32)
    if random.random() < 0.2:
        page = page + np.float32(_between(random, 0.002, 0.015)) * noise((height, width), random, 0)
    grey = np.clip(np.rint(page * 255), 0, 255).astype(np.uint8)
    kind = random.random()
    if kind < 0.12:  # black and white
        grey = np.where(grey > int(random.integers(90, 190)), 255, 0).astype(np.uint8)
    elif kind < 0.3:
        _, data = cv2.imencode(".jpg", grey, [cv2.IMWRITE_JPEG_QUALITY, int(random.integers(50, 95))])
        grey = np.asarray(cv2.imdecode(data, cv2.IMREAD_GRAYSCALE), np.uint8)
    return np.asarray(255 - grey if random.random() < 0.22 else grey, np.uint8)


def _shaken(page: Light, finest: float, random: np.random.Generator) -> Light:
    """Return a page blurred along a line, as a hand that moves blurs it."""
    length = max(2, round(random.uniform(0.05, 0.15) * finest))
    kernel = np.zeros((2 * length + 1, 2 * length + 1), np.float32)
    angle = random.uniform(0, np.pi)
    ends = [
        (round(length + s * length * np.cos(angle) / 2), round(length + s * length * np.sin(angle) / 2))
        for s in (-1, 1)
    ]
    cv2.line(kernel, ends[0], ends[1], 1.0, 1)
    return np.asarray(cv2.filter2D(page, -1, kernel / kernel.sum()), np.float32)


def _binarised(grey: npt.NDArray[np.uint8], random: np.random.Generator) -> npt.NDArray[np.uint8]:
    """Return a picture in two levels: by one threshold, by a local one, or in dots as newspapers and faxes have them."""
    way = random.random()
    if way < 0.45:
        level, _ = cv2.threshold(grey, 0, 255, cv2.THRESH_BINARY + cv2.THRESH_OTSU)
        return np.asarray((grey > level + random.uniform(-10, 25)).astype(np.uint8) * 255, np.uint8)
    if way < 0.85:
        window, less = 2 * int(random.integers(8, 30)) + 1, float(random.uniform(4, 20))
        return np.asarray(
            cv2.adaptiveThreshold(grey, 255, cv2.ADAPTIVE_THRESH_MEAN_C, cv2.THRESH_BINARY, window, less), np.uint8
        )
    return np.asarray(
        (grey.astype(np.float32) + 45 * noise((grey.shape[0], grey.shape[1]), random, 0) > 128).astype(np.uint8) * 255,
        np.uint8,
    )
