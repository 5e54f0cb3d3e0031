"""What a picture's row holds: checked where it comes from a worker, and described to Arrow and to Spark."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any, TypeAlias

import msgspec

from inkdigits.results import Digit, Line, Page

if TYPE_CHECKING:
    import pyarrow


# What Arrow's int32 holds.
Whole: TypeAlias = Annotated[int, msgspec.Meta(ge=-(2**31), lt=2**31)]


class LineRow(msgspec.Struct, frozen=True):
    """A line of digits: `inkdigits.Line` without its digits, and the page of the document that it is on, from 1."""

    page: Whole
    text: str
    number_text: str
    confidence: float
    expected: bool | None
    box: list[Whole]
    polygon: list[list[float]]


class Row(msgspec.Struct, frozen=True):
    """What was read in a picture or document.

    text         the lines' texts, one below the other; of `classify` the digit, or ? where it abstained
    number_text  the same with digits and ? alone
    confidence   float 0-1: of `classify` the digit's, of `read` that of the line that is least sure; None without lines
    reason       why there is no answer, or not a whole one; None where there is
    pages        pages that were read
    lines        one of each line, of `classify` one of the digit
    sheets       of `form`: JSON, a list of what `Sheet.to_dict` returns
    """

    text: str = ""
    number_text: str = ""
    confidence: float | None = None
    reason: str | None = None
    pages: Whole = 0
    lines: list[LineRow] = []
    sheets: str | None = None


NO_ROW = Row()
NAMES = ("text", "number_text", "confidence", "reason", "pages", "lines", "warnings", "error", "model_hash")
# Beside these, of `form`.
SHEETS = "sheets"

# The columns as Spark declares them, for `mapInPandas`.
SPARK = (
    "text string, number_text string, confidence double, reason string, pages int, "
    "lines array<struct<page: int, text: string, number_text: string, confidence: double, expected: boolean, "
    "box: array<int>, polygon: array<array<double>>>>, warnings array<string>, error string, model_hash string"
)


def names(verb: str) -> tuple[str, ...]:
    """Return the names of the columns that a verb gives."""
    return (*NAMES, SHEETS) if verb == "form" else NAMES


def arrow_types(verb: str) -> dict[str, pyarrow.DataType]:
    """Return the Arrow type of each column that a verb gives."""
    import pyarrow as pa

    polygon = pa.list_(pa.list_(pa.float64()))
    line = pa.struct([
        ("page", pa.int32()), ("text", pa.string()), ("number_text", pa.string()), ("confidence", pa.float64()),
        ("expected", pa.bool_()), ("box", pa.list_(pa.int32())), ("polygon", polygon),
    ])  # fmt: skip
    of = {"confidence": pa.float64(), "pages": pa.int32(), "lines": pa.list_(line), "warnings": pa.list_(pa.string())}
    return {name: of.get(name, pa.string()) for name in names(verb)}


def of_digit(digit: Digit) -> Row:
    """Return the row of a digit."""
    text = "?" if digit.label is None else str(digit.label)
    confidence = round(digit.confidence, 6)
    lines = []
    if digit.box is not None and digit.polygon is not None:
        place = list(digit.box), [list(point) for point in digit.polygon]
        lines = [LineRow(1, text, text, confidence, None, *place)]
    return Row(text, text, confidence, digit.reason, 1, lines)


def of_pages(pages: list[Page]) -> Row:
    """Return the row of a document, or of a picture, which is one page."""
    lines = [_line(line, page.number) for page in pages for line in page.lines]
    text = "\n".join(line.text for line in lines)
    least = min((line.confidence for line in lines), default=None)
    return Row(text, "\n".join(line.number_text for line in lines), least, _reason(lines), len(pages), lines)


def _line(line: Line, page: int) -> LineRow:
    place = list(line.box), [list(point) for point in line.polygon]
    return LineRow(page, line.text, line.number_text, round(line.confidence, 6), line.expected, *place)


def _reason(lines: list[LineRow]) -> str | None:
    if not lines:
        return "no digits"
    if any(line.expected is False for line in lines):
        return "not as expected"
    return "unsure" if any("?" in line.text for line in lines) else None


def of_sheets(sheets: list[dict[str, Any]]) -> Row:
    """Return the row of a document of filled sheets, each as `Sheet.to_dict` has it."""
    cells = [cell for sheet in sheets for cell in sheet.get("cells", ())]
    text = "\n".join(f"{cell['key']}: {'' if cell['value'] is None else cell['value']}" for cell in cells)
    least = min((float(cell["confidence"]) for cell in cells), default=None)
    review = any(cell["status"] == "review" for cell in cells)
    reason = "review" if review else None
    pages = sum(len(sheet.get("pages", ())) for sheet in sheets)
    said = msgspec.json.encode(sheets).decode()
    return Row(text, "", least, reason, pages, [], said)


def from_json(line: str) -> Row:
    """Return the row that a worker has sent. Raises ValueError for anything else: a decoder may have been taken over."""
    return msgspec.json.decode(line, type=Row)
