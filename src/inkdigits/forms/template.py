"""Templates: what stands where on a form, in millimetres from the top left, and what each field may hold.

These are the values of a TOML file as they are; `loading` reads and checks it, `places` knows where each cell is. The
names of the attributes are those of the file, and its JSON Schema is made of them.
"""

from __future__ import annotations

from typing import Annotated, Literal

from msgspec import UNSET, Meta, Struct, UnsetType, field

from inkdigits.options import AskedInk, Trust

FORMAT = 1  # of the file; it grows when older versions of Inkdigits must refuse a file

PAPERS = {"A4": (210.0, 297.0), "Letter": (215.9, 279.4)}

Millimetres = Annotated[float, Meta(ge=0, le=2000)]
Extent = Annotated[float, Meta(gt=0, le=2000)]
Angle = Annotated[float, Meta(ge=-45, le=45, description="Degrees by which it is turned clockwise, about its middle.")]
Name = Annotated[str, Meta(pattern=r"^[A-Za-z][A-Za-z0-9_]{0,39}$")]
Count = Annotated[int, Meta(ge=1, le=40)]
CheckDigit = Literal["luhn", "mod11", "mod97"]


class Area(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A rectangle of a page, in millimetres; with `angle`, turned about its middle."""

    left: Millimetres
    top: Millimetres
    width: Extent
    height: Extent
    angle: Angle = 0.0


class Boxes(Area):
    """One digit in each box, from left to right: a comb, or boxes with a `gap` between them.

    `groups` divide the boxes: [2, 2, 4] are two, two and four, with `space` more millimetres between groups.
    """

    count: Count
    gap: Millimetres = 0.0
    groups: list[Count] | UnsetType = UNSET
    space: Millimetres = 0.0


class Number(Area):
    """Free space for one number, on one line."""


class Date(Area):
    """A date; `boxes` says that there is a box for each digit of `format`, whose parts are DD, MM and YY or YYYY."""

    format: Annotated[str, Meta(pattern=r"^(DD|MM|YYYY|YY)([./-]?)(DD|MM|YYYY|YY)([./-]?)(DD|MM|YYYY|YY)$")] = (
        "DD.MM.YYYY"
    )
    boxes: bool = False
    gap: Millimetres = 0.0
    space: Millimetres = 0.0


class Amount(Area):
    """An amount with so many `decimals`; with `boxes`, one digit in each, the decimals `space` mm behind the rest."""

    decimals: Annotated[int, Meta(ge=0, le=4)] = 2
    boxes: Count | UnsetType = UNSET
    gap: Millimetres = 0.0
    space: Millimetres = 0.0


class Mark(Area):
    """A box that is checked or not."""


class ListFile(Struct, forbid_unknown_fields=True, omit_defaults=True):
    """The values that a field may have: a column of a CSV file, whose path is relative to the template's folder."""

    file: Annotated[str, Meta(min_length=1, max_length=400)]
    column: str | UnsetType = UNSET
    once: bool = False


class Constraints(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """What may be written in a field, or in the cells of a table's column."""

    length: Count | UnsetType = UNSET
    bounds: Annotated[list[float], Meta(min_length=2, max_length=2)] | UnsetType = field(name="range", default=UNSET)
    pattern: Annotated[str, Meta(min_length=1, max_length=400)] | UnsetType = UNSET
    values: Annotated[list[str], Meta(min_length=1, max_length=10_000)] | UnsetType = UNSET
    listed: ListFile | UnsetType = field(name="list", default=UNSET)
    check: CheckDigit | UnsetType = UNSET
    decimals: Annotated[int, Meta(ge=0, le=4)] | UnsetType = UNSET
    required: bool | UnsetType = UNSET
    empty: Annotated[str, Meta(max_length=40)] | UnsetType = UNSET
    ink: AskedInk | UnsetType = UNSET
    trust: Trust | UnsetType = UNSET


class Column(Constraints):
    """A column of a table: its name, and what its cells may hold, if it is not what the field says."""

    name: Name


class Table(Area):
    """Rows × columns of free space, each for a number.

    `rows` are names, or a range such as "1..30"; `columns` are names, or columns with constraints of their own. Rows
    are equally high and columns equally wide, unless `row_edges` and `column_edges` say where each line is, in
    millimetres from the table's top and left, the outer ones included. `boxes` in each cell, one digit in each, or free
    space.
    """

    rows: str | Annotated[list[str], Meta(min_length=1, max_length=200)]
    columns: Annotated[list[str | Column], Meta(min_length=1, max_length=60)]
    row_edges: list[Millimetres] | UnsetType = UNSET
    column_edges: list[Millimetres] | UnsetType = UNSET
    boxes: Count | UnsetType = UNSET


class Field(Constraints):
    """A field: where it is (exactly one of the kinds), and what may be written in it."""

    label: Annotated[str, Meta(max_length=200)] = ""
    page: Annotated[int, Meta(ge=1, le=50)] = 1
    boxes: Boxes | UnsetType = UNSET
    number: Number | UnsetType = UNSET
    table: Table | UnsetType = UNSET
    date: Date | UnsetType = UNSET
    amount: Amount | UnsetType = UNSET
    mark: Mark | UnsetType = UNSET

    @property
    def kind(self) -> str:
        """Which of the kinds it is."""
        return next(kind for kind in KINDS if getattr(self, kind) is not UNSET)

    @property
    def area(self) -> Area:
        """Where it is, and what its kind says more."""
        area = getattr(self, self.kind)
        assert isinstance(area, Area)
        return area


KINDS = ("boxes", "number", "table", "date", "amount", "mark")


class Page(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A page of the form.

    `size` is "A4", "Letter" or [width, height] in millimetres. `blank` is a picture of the empty page, its path
    relative to the template's folder; without one the page is drawn as `form print` prints it. `marks` says that ArUco
    marks stand in its corners, as on pages that `form print` makes. `filled` says that the blank had been filled in: some
    of what is taken for print is handwriting.
    """

    size: Literal["A4", "Letter"] | Annotated[list[Extent], Meta(min_length=2, max_length=2)] = "A4"
    blank: Annotated[str, Meta(min_length=1, max_length=400)] | UnsetType = UNSET
    marks: bool | UnsetType = UNSET
    filled: bool = False
    title: Annotated[str, Meta(max_length=200)] | UnsetType = UNSET

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in millimetres."""
        if isinstance(self.size, str):
            return PAPERS[self.size]
        return float(self.size[0]), float(self.size[1])

    @property
    def has_marks(self) -> bool:
        """Whether ArUco marks are to be expected: unless it is said, where there is no picture of the blank."""
        return self.blank is UNSET if self.marks is UNSET else bool(self.marks)


class Template(Struct, forbid_unknown_fields=True, kw_only=True, omit_defaults=True):
    """A form: its pages, its fields by name, and the rules between them."""

    format: Literal[1] = 1
    name: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9_-]{0,39}$")]
    title: Annotated[str, Meta(max_length=200)] = ""
    trust: Trust = "strict"
    pages: Annotated[list[Page], Meta(min_length=1, max_length=50)] = field(default_factory=lambda: [Page()])
    fields: dict[Name, Field]
    rules: Annotated[list[Annotated[str, Meta(min_length=3, max_length=400)]], Meta(max_length=400)] = field(
        default_factory=list
    )
