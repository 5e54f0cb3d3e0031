"""An existing form → its template: the blank's pages as pictures, their sizes, and the fields that are found on them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import cv2
import numpy as np
import numpy.typing as npt
from PIL import Image

from inkdigits.errors import InputError
from inkdigits.files import written_aside
from inkdigits.forms import blank, finding, loading, places
from inkdigits.forms.blank import Blank
from inkdigits.forms.template import PAPERS, Area, Boxes, Field, Page, Table, Template
from inkdigits.image import colour
from inkdigits.image.load import Picture, load_page, load_pages
from inkdigits.locating import locate
from inkdigits.locating.locate import Pass
from inkdigits.locating.maps import HANDWRITTEN, sigmoid

Grey = npt.NDArray[np.uint8]

_DPI = 200  # of the pictures of a PDF's pages
_SAME = 1.5  # millimetres by which a page may differ from A4 or Letter, and is that
_PROPORTION = 0.02
_MOST_PAGES = 50
_SURE, _DIGITS = 0.6, 3  # score of handwritten digits, and how many of them tell that a form has been filled in
_INK = 0.5  # probability of handwriting from which a pixel is painted over


@dataclass(frozen=True, eq=False)
class Made:
    """A template that was made of an empty form, and the pictures of its pages."""

    template: Template
    blanks: list[Blank]

    def write(self, path: Path) -> list[Path]:
        """Write the template, and beside it the pictures of its pages; return all files."""
        files = self.write_pictures(path)
        loading.write(self.template, path)
        return [path, *files]

    def write_pictures(self, path: Path) -> list[Path]:
        """Write the pictures of the pages beside where the template is to be; return their files."""
        files = []
        for number, one in enumerate(self.blanks, 1):
            file = path.with_name(f"{path.stem}-{number}.png")
            with written_aside(file) as aside:
                Image.fromarray(one.grey).save(aside, "PNG", optimize=True, dpi=(_DPI, _DPI))
            files.append(file)
        return files


def make(
    source: str,
    name: str,
    stem: str,
    size: tuple[float, float] | None = None,
    filled: bool = False,
    page: int | None = None,
    may_be_empty: bool = False,
) -> Made:
    """Return a template of an empty form, a picture or document; `stem` begins the names of its pages' pictures.

    `size` is that of the pages, in millimetres, where the file does not tell. `filled` says that the form has been
    filled in: its handwriting is painted over. `page` is the one page of a document that is meant, from 1, or None for
    all of them. Raises InputError for a file that is no form: without pages, filled in, or without fields, unless
    `may_be_empty`.
    """
    pages: list[Page] = []
    blanks: list[Blank] = []
    fields: dict[str, Field] = {}
    for picture in load_pages(source) if page is None else [load_page(source, page)]:
        number = len(pages) + 1
        if number > _MOST_PAGES:
            raise InputError(source, f"has more than {_MOST_PAGES} pages", "give the pages with fields alone")
        grey = colour.grey(picture.pixels)
        extent = size or _extent(picture, source)
        if filled:
            grey = without_handwriting(grey)
        else:
            _check_empty(grey, picture, number)
        one = blank.of_grey(grey, extent, source)
        fields |= finding.fields(one, number, fields)
        blanks.append(one)
        pages.append(Page(size=_named(extent), blank=f"{stem}-{number}.png", filled=filled))
    if not fields and not may_be_empty:
        remedy = "write its fields into a template by hand, or give a better picture of the empty form"
        raise InputError(source, "has no boxes, combs or tables that could be found", remedy)
    made = Template(name=name, pages=pages, fields=fields)
    return Made(made, blanks)


def name_for(path: Path) -> str:
    """Return the name of a form whose template is in a file."""
    name = re.sub("[^A-Za-z0-9_-]+", "-", path.stem).strip("-_")[:40]
    return name or "form"


def described(fields: Mapping[str, Field]) -> list[str]:
    """Return a line about each field: its name, its kind and where it is."""
    return [f"{name}: {_kind(field.area)}, page {field.page}, {_place(field.area)}" for name, field in fields.items()]


def _kind(area: Area) -> str:
    if isinstance(area, Boxes):
        return f"{area.count} boxes" if area.count > 1 else "one box"
    if isinstance(area, Table):
        return f"table of {len(places.row_names(area))} × {len(area.columns)}"
    return {"Mark": "box to be ticked", "Number": "free space"}.get(type(area).__name__, type(area).__name__.lower())


def _place(area: Area) -> str:
    return f"{area.width:.0f} × {area.height:.0f} mm at ({area.left:.0f}, {area.top:.0f})"


def _extent(picture: Picture, source: str) -> tuple[float, float]:
    """Return a page's size in millimetres: as a PDF has it, or by its proportions."""
    width, height = picture.size
    if _is_pdf(source):
        extent = width * 25.4 / _DPI, height * 25.4 / _DPI
        return next((p for p in _papers() if max(abs(p[0] - extent[0]), abs(p[1] - extent[1])) <= _SAME), extent)
    off = {paper: abs(np.log(width / height) - np.log(paper[0] / paper[1])) for paper in _papers()}
    best = min(off, key=lambda paper: off[paper])
    if off[best] > _PROPORTION:
        raise InputError(
            source, f"is {width} × {height} pixels, which is neither A4 nor Letter", "give --size, such as 210x297"
        )
    return best


def _papers() -> list[tuple[float, float]]:
    return [*PAPERS.values(), *((height, width) for width, height in PAPERS.values())]


def _is_pdf(source: str) -> bool:
    return source.lower().endswith(".pdf")


def _named(extent: tuple[float, float]) -> Literal["A4", "Letter"] | list[float]:
    if extent == PAPERS["A4"]:
        return "A4"
    return "Letter" if extent == PAPERS["Letter"] else [round(v, 1) for v in extent]


def _check_empty(grey: Grey, picture: Picture, number: int) -> None:
    """Raise InputError for a form that has been filled in."""
    found = locate.locate(grey).found
    digits = int(((found.kinds == HANDWRITTEN) & (found.scores >= _SURE)).sum())
    if digits >= _DIGITS:
        problem = f"has about {digits} handwritten digits on page {number}: it has been filled in"
        raise InputError(picture.name, problem, "give the empty form, or add --filled to leave its handwriting out")


def without_handwriting(grey: Grey) -> Grey:
    """Return a page, uint8 (H, W), in which handwriting is painted over with paper."""
    first = locate.coarse(grey)
    located = locate.locate(grey, first=first)
    written = np.zeros(grey.shape, np.float32)
    for one in (*first[:1], *located.passes):
        _lay(one, written)
    reach = max(1, round(grey.shape[0] / 297 / 4))  # a quarter of a millimetre
    mask = cv2.dilate((written > _INK).astype(np.uint8), np.ones((2 * reach + 1, 2 * reach + 1), np.uint8))
    return np.where(mask > 0, 255, blank.on_white(grey)).astype(np.uint8)


def _lay(one: Pass, written: npt.NDArray[np.float32]) -> None:
    """Lay what a pass says of handwriting over a page: its probability, where it is more probable than print and lines."""
    by_hand, *others = (sigmoid(layer) for layer in one.maps.ink)
    own = np.where(by_hand >= np.max(others, axis=0), by_hand, 0).astype(np.float32)
    height, width = written.shape
    (across, down), (x, y) = one.scale, one.corner
    # From the page's pixels to the map's, which has a cell for two pixels of what the pass has read.
    matrix = np.array([[across / 2, 0, x / 2 + across / 4 - 0.5], [0, down / 2, y / 2 + down / 4 - 0.5]])
    laid = cv2.warpAffine(own, matrix, (width, height), flags=cv2.INTER_LINEAR | cv2.WARP_INVERSE_MAP)
    np.maximum(written, laid, out=written)
