"""Full pages of print, on which nothing is written by hand: 300 words in one of ten fonts that training does not use.

Words, and numbers, dates and prices among them (one in twelve), in five paragraphs, on A4 at 150 dots an inch (1,240 ×
1,754 pixels). Letters are 14 to 40 pixels high (from ascender to descender), as far as 300 words fit; contrast 0.4 to 1, tilt −3
to 3 degrees, blur with a standard deviation of 0 to 2 pixels, at most a twentieth of the letters' height. The fonts are those
that come with matplotlib (DejaVu, STIX, Computer Modern). Frozen like `made_pages.py`; training never calls this module.
"""

from __future__ import annotations

import hashlib
import importlib.util
import math
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image, ImageDraw, ImageFont

Picture = npt.NDArray[np.uint8]
WIDTH, HEIGHT, WORDS = 1240, 1754, 300
FONTS = ("DejaVuSans", "DejaVuSans-BoldOblique", "DejaVuSansMono", "DejaVuSerif", "DejaVuSerif-Italic", "STIXGeneral",
         "STIXGeneralBolIta", "cmr10", "cmss10", "cmtt10")  # fmt: skip
VOCABULARY = """
the of and to in is that for it as was with be by on not he his but at are this have from or had an they which one you
were all her she there would their we him been has when who will no more if out so said what up its about into than
them can only other new some could time these two may then do first any my now such like our over man me even most
made after also did many before must through years where much your way well down should because each just those people
how too little state good very make world still own see men work long get here between both life being under never day
same another know while last might us great old year off come since against go came right used take three account
balance invoice order number total paid received page copy customer address street city office report table figure
section chapter result method value measured average sample water pressure meter reading hours temperature machine
service monthly annual payment please return signature witness license department
""".split()  # noqa: SIM905


def fonts() -> Path:
    """Return the folder of matplotlib's fonts. Raises ImportError where it is not installed."""
    found = importlib.util.find_spec("matplotlib")
    if found is None or found.origin is None:
        raise ImportError("pages of print need the fonts that come with matplotlib: pip install matplotlib")
    return Path(found.origin).parent / "mpl-data" / "fonts" / "ttf"


def words(random: np.random.Generator) -> list[str]:
    """Draw the words of a page: sentences, and one word in twelve a number as print has it."""
    said: list[str] = []
    start = True
    for _ in range(WORDS):
        word = number(random) if random.random() < 1 / 12 else str(random.choice(VOCABULARY))
        said.append(word.capitalize() if start else word)
        start = random.random() < 1 / 10
        said[-1] += "." if start else "," if random.random() < 0.06 else ""
    return said


def number(random: np.random.Generator) -> str:
    """Draw a printed number: a count, a price, a date, a time, a reference."""
    a, b, c = (int(v) for v in random.integers(1, 100, 3))
    forms = (f"{a}", f"{a * 37:,}", f"{a}.{b:02}", f"{a % 28 + 1}/{b % 12 + 1}/20{c:02}", f"{a % 24}:{b % 60:02}", f"({a})", f"{1900 + a}",
             f"{a:03}-{b:04}", f"{b}%")  # fmt: skip
    return forms[int(random.integers(len(forms)))]


def page(index: int) -> Picture:
    """Return a page of print, grey, always the same for a number; its font is the number's remainder by ten."""
    random = np.random.default_rng(int.from_bytes(hashlib.sha256(f"print/{index}".encode()).digest()[:8], "big"))
    size = random.uniform(14, 40)
    path, said, spacing = fonts() / f"{FONTS[index % len(FONTS)]}.ttf", words(random), random.uniform(1.15, 1.5)
    while True:  # the largest letters, no larger than drawn, with which 300 words fit
        sheet = set_in_type(path, size, said, spacing)
        if sheet is not None:
            return photographed(sheet, size, random)
        size *= 0.9


def empty(index: int) -> Picture:
    """Return the same sheet with nothing on it."""
    random = np.random.default_rng(int.from_bytes(hashlib.sha256(f"empty/{index}".encode()).digest()[:8], "big"))
    return photographed(np.zeros((HEIGHT, WIDTH), np.float32), 30, random)


def set_in_type(path: Path, size: float, said: list[str], spacing: float) -> npt.NDArray[np.float32] | None:
    """Return the ink of words in lines, 0 to 1, or None where they do not fit on the page."""
    image = Image.new("L", (WIDTH, HEIGHT))
    pen, font = ImageDraw.Draw(image), ImageFont.truetype(str(path), round(size / 1.15))
    left, right, y, space = WIDTH * 0.09, WIDTH * 0.91, HEIGHT * 0.07, 0.3 * size
    x = left
    for i, word in enumerate(said):
        width = pen.textlength(word, font)
        paragraph = i and i % 60 == 0
        if x + width > right or paragraph:
            x, y = left, y + size * spacing * (1.6 if paragraph else 1)
        if y + size > HEIGHT * 0.95:
            return None
        pen.text((x, y), word, 255, font)
        x += width + space
    return np.asarray(image, np.float32) / 255


def photographed(ink: npt.NDArray[np.float32], size: float, random: np.random.Generator) -> Picture:
    """Return the picture of a printed sheet."""
    contrast, blur = random.uniform(0.4, 1.0), random.uniform(0, min(2.0, size / 20))
    matrix = cv2.getRotationMatrix2D((WIDTH / 2, HEIGHT / 2), random.uniform(-3, 3), 1.0)
    turned = cv2.warpAffine(ink, matrix, (WIDTH, HEIGHT), flags=cv2.INTER_LINEAR)
    angle = random.uniform(0, 2 * math.pi)
    y, x = np.mgrid[0:HEIGHT, 0:WIDTH].astype(np.float32)
    slope = 1 - random.uniform(0, 0.25) * (
        0.5 + 0.5 * (math.cos(angle) * (x / WIDTH - 0.5) + math.sin(angle) * (y / HEIGHT - 0.5))
    )
    light = random.uniform(0.75, 1.0) * slope * (1 - contrast * turned)
    light = cv2.GaussianBlur(light, (0, 0), blur) if blur > 0.05 else light
    light = light + random.normal(0, 0.03 * random.random(), light.shape)
    return np.clip(np.rint(255 * light), 0, 255).astype(np.uint8)
