"""Flatten the outlines of printed and handwriting fonts and pack them into src/inkdigits/synthetic/font_outlines/.

Not the fonts: polygons of the characters that stand on forms, letters and receipts. The fonts come from the npm packages
@fontsource/NAME (5.3), all under SIL Open Font License 1.1, Apache License 2.0 or Ubuntu Font Licence 1.0. Outlines are a
modified form of a font: they stay under its licence, whose text is written beside them, and must not bear its reserved
name, so faces are numbered; README.md there tells which font each number comes from.

    npm install @fontsource/caveat @fontsource/arimo …    (the lists are HANDWRITING and PRINT below)
    pip install fonttools skia-pathops numpy opencv-python-headless

Usage: python scripts/pack_font_outlines.py NODE_MODULES
"""

from __future__ import annotations

import json
import lzma
import math
import re
import sys
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import numpy.typing as npt
import pathops
from fontTools.pens.basePen import BasePen
from fontTools.ttLib import TTFont

from pack_font_glyphs import FONTS as HANDWRITING

OUT = Path(__file__).parent.parent / "src" / "inkdigits" / "synthetic" / "font_outlines"
UNIT = 256  # coordinates are whole numbers of 1/256 em
TOLERANCE = UNIT / 400  # how far a polygon may be from its curve
STEPS = 12  # points on one curve before those that the tolerance does not need are dropped
# File in OUT of each licence's text, and where the text begins and ends in a package's LICENSE: before it stands the
# copyright notice, behind it how to apply the licence.
LICENCES = {
    "OFL-1.1": ("LICENSE-OFL.txt", "SIL OPEN FONT LICENSE Version 1.1", None),
    "Apache-2.0": ("LICENSE-APACHE.txt", "Apache License", "APPENDIX:"),
    "UFL-1.0": ("LICENSE-UFL.txt", "UBUNTU FONT LICENCE Version 1.0", None),
}
NAMES = {"handwriting": "handwriting-{:02d}", "print": "print-{:03d}"}
CHARACTERS = "".join(map(chr, range(33, 127))) + "£€§×÷°½–—“”’•✓✗№"
# fmt: off
PRINT = [
    # sans
    "arimo", "roboto", "open-sans", "lato", "noto-sans", "ubuntu", "fira-sans", "pt-sans", "montserrat", "work-sans",
    "inter", "ibm-plex-sans", "source-sans-3", "karla", "poppins", "josefin-sans", "libre-franklin", "varela-round",
    "b612", "comic-neue", "titillium-web", "atkinson-hyperlegible",
    # serif
    "tinos", "noto-serif", "pt-serif", "merriweather", "eb-garamond", "crimson-text", "libre-baskerville",
    "playfair-display", "lora", "old-standard-tt", "libre-caslon-text", "gelasio", "vollkorn", "im-fell-english",
    "bodoni-moda", "abril-fatface",
    # mono and typewriter
    "cousine", "courier-prime", "special-elite", "cutive-mono", "inconsolata", "space-mono", "vt323", "share-tech-mono",
    "anonymous-pro", "roboto-mono", "ibm-plex-mono", "lekton", "ubuntu-mono",
    # condensed
    "oswald", "roboto-condensed", "bebas-neue", "pt-sans-narrow", "barlow-condensed", "league-gothic",
    # slab
    "rokkitt", "arvo", "zilla-slab", "roboto-slab", "alfa-slab-one",
    # points, displays, stencils and headlines
    "dotgothic16", "press-start-2p", "silkscreen", "doto", "graduate", "saira-stencil-one", "orbitron",
    "unifrakturmaguntia",
]
BOLD = [
    "arimo", "open-sans", "lato", "ubuntu", "montserrat", "roboto-condensed", "tinos", "noto-serif", "libre-baskerville",
    "cousine", "courier-prime", "ibm-plex-mono",
]
ITALIC = ["arimo", "tinos", "lato", "eb-garamond", "courier-prime"]
# fmt: on


class Flattener(BasePen):
    """Collects a glyph's contours as points, in units of the font."""

    def __init__(self) -> None:
        super().__init__(None)
        self.contours: list[list[tuple[float, float]]] = []

    def _moveTo(self, pt: tuple[float, float]) -> None:  # noqa: N802  the names are fontTools'
        self.contours.append([pt])

    def _lineTo(self, pt: tuple[float, float]) -> None:  # noqa: N802
        self.contours[-1].append(pt)

    def _curveToOne(  # noqa: N802
        self, pt1: tuple[float, float], pt2: tuple[float, float], pt3: tuple[float, float]
    ) -> None:
        t = np.linspace(0, 1, STEPS + 1)[1:, None]
        start, one, two, end = (np.array(p, np.float64) for p in (self.contours[-1][-1], pt1, pt2, pt3))
        points = (1 - t) ** 3 * start + 3 * t * (1 - t) ** 2 * one + 3 * t * t * (1 - t) * two + t**3 * end
        self.contours[-1].extend((float(x), float(y)) for x, y in points)


@dataclass
class Face:
    """A face as it is packed: characters, their advances, and their contours in whole units, y down."""

    name: str
    kind: str
    cap_height: float
    x_height: float
    characters: str
    advances: list[int]
    contours: list[list[npt.NDArray[np.int64]]]


def flattened(path: pathops.Path, scale: float) -> list[npt.NDArray[np.int64]]:
    """Return the contours of a path without overlaps as polygons in whole units, y down."""
    pen = Flattener()
    path.draw(pen)
    kept = []
    for contour in pen.contours:
        curve = (np.array(contour, np.float64) * (scale, -scale)).astype(np.float32)
        polygon = cv2.approxPolyDP(curve[:, None], TOLERANCE, closed=True)[:, 0]
        whole = np.round(polygon).astype(np.int64)
        whole = whole[np.any(whole != np.roll(whole, 1, axis=0), axis=1)]
        if len(whole) >= 3 and abs(cv2.contourArea(whole.astype(np.float32))) >= 2:
            kept.append(whole)
    return kept


def read(path: Path, name: str, kind: str) -> Face:
    """Return one file's face."""
    font = TTFont(path)
    glyphs, codes, scale = font.getGlyphSet(), font.getBestCmap(), UNIT / font["head"].unitsPerEm
    face = Face(name, kind, 0.0, 0.0, "", [], [])
    for character in CHARACTERS:
        if ord(character) not in codes:
            continue
        glyph = glyphs[codes[ord(character)]]
        outline = pathops.Path()
        glyph.draw(outline.getPen(glyphSet=glyphs))
        # Where a font's strokes overlap, filling by the even-odd rule would punch holes: they are united here.
        outline.simplify(fix_winding=True, keep_starting_points=True)
        contours = flattened(outline, scale)
        if not contours:  # an empty place in the font
            continue
        face.characters += character
        face.advances.append(round(glyph.width * scale))
        face.contours.append(contours)
    # From top to bottom, which in a handwriting need not be the baseline.
    rows = [np.concatenate(face.contours[face.characters.index(c)])[:, 1] for c in "Hx"]
    face.cap_height, face.x_height = (float(np.ptp(row)) / UNIT for row in rows)
    return face


def licence(folder: Path) -> str:
    """Return the name of a package's licence; an error if it is not one of the free ones."""
    name = str(json.loads((folder / "package.json").read_text(encoding="utf-8"))["license"])
    if name not in LICENCES:
        raise ValueError(f"{folder.name}: licence {name}")
    return name


def licence_text(folder: Path) -> str:
    """Return the text of a package's licence without any copyright notice."""
    _, first, behind = LICENCES[licence(folder)]
    text = (folder / "LICENSE").read_text(encoding="utf-8")
    text = text[text.index(first) :]
    if behind is not None:
        text = text[: text.index(behind)]
    return text.rstrip() + "\n"


def notice(folder: Path, file: Path, faces: str) -> str:
    """Return a font's line for the README: the faces' numbers, where they come from, licence and copyright notice."""
    package = json.loads((folder / "package.json").read_text(encoding="utf-8"))
    first = (folder / "LICENSE").read_text(encoding="utf-8").strip().splitlines()[0].strip()
    if not first.lower().startswith("copyright"):
        first = " ".join((TTFont(file)["name"].getDebugName(0) or "").split())
    # Several files of a family repeat the same notice, each after its own name.
    parts = dict.fromkeys(part.strip() for part in re.split(r"\S+\.ttf:", first) if part.strip())
    origin = f"{package['name']} {package['version']}"
    return "; ".join([f"- {faces}: {origin}, {licence(folder)}", *parts])


def packed(faces: list[Face]) -> bytes:
    """Return the file: a line of JSON about the faces, then one array after the other, each of one sort of number."""
    glyphs = [glyph for face in faces for glyph in face.contours]
    contours = [contour for glyph in glyphs for contour in glyph]
    # Each contour's first point is a step from the origin, each other one a step from the point before it.
    steps = np.concatenate([np.diff(c, axis=0, prepend=0) for c in contours]).astype("<i2")
    sizes = [len(c) for c in contours]
    head = {
        "unit": UNIT,
        "glyphs": len(glyphs),
        "contours": len(contours),
        "points": len(steps),
        "faces": [[f.name, f.kind, round(f.cap_height, 4), round(f.x_height, 4), f.characters] for f in faces],
    }
    arrays = [
        np.array([advance for face in faces for advance in face.advances], "<u2"),
        np.array([len(glyph) for glyph in glyphs], "<u2"),
        np.array(sizes, "<u2"),
        steps[:, 0],
        steps[:, 1],
    ]
    # Low bytes and high bytes apart: nearly all high bytes are 0 or 255, and pack to almost nothing.
    planes = b"".join(np.ascontiguousarray(a).view(np.uint8).reshape(-1, 2).T.tobytes() for a in arrays)
    line = json.dumps(head, ensure_ascii=True, separators=(",", ":")).encode() + b"\n"
    lzma2 = {"id": lzma.FILTER_LZMA2, "preset": 9 | lzma.PRESET_EXTREME, "lc": 4, "lp": 0, "pb": 0}
    return lzma.compress(line + planes, filters=[lzma2])


def main(modules: Path) -> None:
    faces: list[Face] = []
    notices: list[str] = []
    texts: dict[str, str] = {}
    count = dict.fromkeys(NAMES, 0)
    styles = {"": ("400", "normal"), "bold": ("700", "normal"), "italic": ("400", "italic")}
    for kind, fonts in (("handwriting", sorted(HANDWRITING)), ("print", sorted(PRINT))):
        for font in fonts:
            folder = modules / "@fontsource" / font
            paths, named = [], []
            for style in [""] + ["bold"] * (font in BOLD) + ["italic"] * (font in ITALIC):
                count[kind] += 1
                name = NAMES[kind].format(count[kind])
                paths.append(folder / "files" / "{}-latin-{}-{}.woff".format(font, *styles[style]))
                faces.append(read(paths[-1], name, kind))
                named.append(f"{name} ({style})" if style else name)
            notices.append(notice(folder, paths[0], ", ".join(named)))
            text = licence_text(folder)
            if texts.setdefault(licence(folder), text).split() != text.split():
                raise ValueError(f"{folder.name}: its text of {licence(folder)} is not that of the other packages")
    OUT.mkdir(parents=True, exist_ok=True)
    data = packed(faces)
    (OUT / "outlines.xz").write_bytes(data)
    for name, text in texts.items():
        (OUT / LICENCES[name][0]).write_text(text, encoding="utf-8")
    readme = (
        "# Outlines of fonts\n\n"
        f"Outlines of the characters of {count['handwriting']} handwriting faces and {count['print']} print faces, made by "
        "`scripts/pack_font_outlines.py`: polygons\n"
        "without curves, overlaps, kerning or hints. `inkdigits.synthetic.outlines` reads them and draws words with them.\n\n"
        "Outlines are a modified form of the fonts, so they are not under this project's licence but stay under the licence of\n"
        "the font that they come from: SIL Open Font License 1.1 (`LICENSE-OFL.txt`), Apache License 2.0 (`LICENSE-APACHE.txt`)\n"
        "or Ubuntu Font Licence 1.0 (`LICENSE-UFL.txt`). What is drawn with them is under none of these. The faces are numbered,\n"
        "since the names of the fonts may be reserved for the originals; the authors of the fonts have not endorsed this form of\n"
        "them. Each number with the package that it comes from, its licence and its copyright notice:\n\n"
        + "\n".join(notices)
        + "\n"
    )
    (OUT / "README.md").write_text(readme, encoding="utf-8")
    glyphs = sum(len(face.characters) for face in faces)
    points = sum(len(c) for face in faces for glyph in face.contours for c in glyph)
    print(f"{glyphs} characters of {count}, {points} points, {math.ceil(len(data) / 1e3)} kB")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
