"""A template → sheets to be printed, as PDF: each copy with its own QR code. Needs the extra `forms`."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from inkdigits.errors import InputError, one_line, require
from inkdigits.files import written_aside
from inkdigits.forms import layout, raster
from inkdigits.forms.layout import Filled, Label, Outline, Shape
from inkdigits.forms.qr import Code
from inkdigits.forms.template import Template

_POINT = 72 / 25.4  # points in a millimetre
_FONT = "label"
MOST_PAGES = 10_000
_MOST_BYTES = 16 << 20  # of a list


def write(
    template: Template, path: Path, copies: int, entries: Sequence[str] = (), font: Path | None = None, first: int = 1
) -> int:
    """Write copies of a form's pages to a PDF, numbered from `first`, and return how many pages there are.

    `entries` are texts, one a copy, that are printed below the title and stand in the QR code if they are digits:
    numbers of a class's students. Pages without marks have no code and no footer.
    `font` is a TrueType file for labels that Aileron does not have the letters of.
    Raises InputError for a form that has its own paper, and for letters that the font does not have.
    """
    require("form print", "forms", "reportlab", "segno")
    from reportlab.pdfgen.canvas import Canvas

    for number, page in enumerate(template.pages, 1):
        if isinstance(page.blank, str):
            problem = f"has its own paper for page {number}, {page.blank}"
            raise InputError(template.name, problem, "print that; form print is for forms without a blank")
    count = copies * len(template.pages)
    if not 1 <= count <= MOST_PAGES:
        raise InputError(template.name, f"would be {count:,} pages", f"print 1 to {MOST_PAGES:,} at a time")
    _use_font(template, entries, font)
    drawn = [list(layout.shapes(template, number)) for number in range(len(template.pages))]
    with written_aside(path) as aside:
        canvas = Canvas(str(aside), pageCompression=1, invariant=1)
        canvas.setTitle(template.title or template.name)
        for copy in range(copies):
            entry = entries[copy] if copy < len(entries) else None
            for number, page in enumerate(template.pages):
                width, height = page.extent
                canvas.setPageSize((width * _POINT, height * _POINT))
                for shape in drawn[number]:
                    _draw(canvas, shape, height)
                if page.has_marks:  # elsewhere fields may stand where the code and the footer would
                    digits = entry if entry is not None and entry.isdigit() and len(entry) <= 20 else None
                    _draw_code(canvas, Code(template.name, number + 1, first + copy, digits), page.extent)
                    _draw(canvas, _footer(template, number, first + copy, entry, page.extent), height)
                canvas.showPage()
        canvas.save()
    return count


def entries(path: Path) -> list[str]:
    """Return the first column of a text or CSV file in UTF-8, a text a line. Raises InputError for a file that is none."""
    try:
        with path.open("rb") as file:
            data = file.read(_MOST_BYTES + 1)
        if len(data) > _MOST_BYTES:
            raise InputError(path, f"is longer than {_MOST_BYTES >> 20} MB", "give a shorter list")
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise InputError(path, "is no text in UTF-8", "save it as CSV in UTF-8") from None
    rows = list(csv.reader(text.splitlines()))
    made = [one_line(row[0].strip(), 60) for row in rows if row and row[0].strip()]
    if made and any(sign.isdigit() for sign in "".join(made[1:])) and not any(sign.isdigit() for sign in made[0]):
        made = made[1:]  # the column's name
    if not made:
        raise InputError(path, "is empty", "give a line for each copy")
    return made


def _footer(template: Template, page: int, copy: int, entry: str | None, extent: tuple[float, float]) -> Label:
    words = [template.name, f"page {page + 1} of {len(template.pages)}", f"copy {copy}", *([entry] if entry else [])]
    return Label(extent[0] / 2, extent[1] - 11.0, " · ".join(words), 2.4, "middle")


def _use_font(template: Template, entries: Sequence[str], font: Path | None) -> None:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.ttfonts import TTFError, TTFont

    try:
        source = str(font) if font is not None else io.BytesIO(raster.font_bytes())
        made = TTFont(_FONT, source)
    except (OSError, TTFError) as error:
        raise InputError(font, f"is no TrueType font ({error})", "give a .ttf file") from None
    pdfmetrics.registerFont(made)
    known = made.face.charToGlyph
    texts = [template.title, *entries, *(field.label or name for name, field in template.fields.items())]
    for text in texts:
        if lacking := sorted({sign for sign in text if ord(sign) not in known}):
            remedy = "give a font that has it with --font"
            raise InputError(template.name, f"has the label {text[:40]!r}, and the font has no {lacking[0]!r}", remedy)


def _draw(canvas: Any, shape: Shape, height: float) -> None:
    if isinstance(shape, Outline):
        canvas.setLineWidth(shape.width * _POINT)
        canvas.setStrokeGray(shape.brightness)
        path = canvas.beginPath()
        points = [(float(x) * _POINT, (height - float(y)) * _POINT) for x, y in shape.corners]
        path.moveTo(*points[0])
        for point in points[1:]:
            path.lineTo(*point)
        path.close()
        canvas.drawPath(path)
    elif isinstance(shape, Filled):
        canvas.setFillGray(0)
        bottom = height - shape.top - shape.height
        canvas.rect(shape.left * _POINT, bottom * _POINT, shape.width * _POINT, shape.height * _POINT, stroke=0, fill=1)
    else:
        canvas.saveState()
        canvas.setFillGray(0)
        canvas.setFont(_FONT, shape.size * raster.EM * 0.75 * _POINT)
        canvas.translate(shape.x * _POINT, (height - shape.y) * _POINT)
        canvas.rotate(-shape.angle)
        way = {"left": canvas.drawString, "middle": canvas.drawCentredString, "right": canvas.drawRightString}
        way[shape.anchor](0, 0, shape.text)
        canvas.restoreState()


def _draw_code(canvas: Any, code: Code, extent: tuple[float, float]) -> None:
    import segno

    modules = [list(row) for row in segno.make(code.text(), error="m", micro=False).matrix]
    side = layout.QR_SIDE / len(modules)
    left, top = layout.qr_place(extent)
    canvas.setFillGray(0)
    for row, cells in enumerate(modules):
        start = None
        for column, dark in enumerate([*cells, 0]):
            if dark and start is None:
                start = column
            elif not dark and start is not None:
                _draw(canvas, Filled(left + start * side, top + row * side, (column - start) * side, side), extent[1])
                start = None
