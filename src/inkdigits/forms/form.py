"""`Form`: a template that is ready to be read by: pictures of filled sheets in, a `Sheet` for each out."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import numpy.typing as npt
from msgspec import UNSET

from inkdigits import network
from inkdigits.errors import InputError, unexpected
from inkdigits.forms import (
    aligning,
    constraints,
    deciding,
    ink,
    loading,
    mosaic,
    places,
    qr,
    raster,
    reading,
    rules,
    sorting,
)
from inkdigits.forms import blank as blanks
from inkdigits.forms.aligning import Aligned, Candidate
from inkdigits.forms.blank import Blank
from inkdigits.forms.cell import Cell
from inkdigits.forms.checking import PlaceError
from inkdigits.forms.decoding import Posterior
from inkdigits.forms.ink import Patch
from inkdigits.forms.places import Slot
from inkdigits.forms.reading import Asked, Written
from inkdigits.forms.sheet import PageOfSheet, Sheet
from inkdigits.forms.template import Mark, Template
from inkdigits.geometry import polygon
from inkdigits.image.load import Picture, Source, name_of
from inkdigits.recognising.automata import Walk

# Share of a box to be ticked that ink covers: below the first it is empty, from the second on it is ticked.
_UNTICKED, _TICKED = 0.012, 0.035


@dataclass(frozen=True, eq=False)
class ReadPage:
    """A page of a sheet as it was read: what is written in each of its slots, and where these are."""

    picture: Picture
    aligned: Aligned
    page: int
    code: qr.Code | None
    written: Mapping[int, Written]
    misfits: Mapping[int, str]
    patches: Mapping[str, Patch]


class Form:
    """A form that sheets are read by. `Form.load` makes one of a template's file.

    A form may be used by several threads, and goes to another process as the path of its template.
    """

    def __init__(self, template: Template, folder: Path, source: object, model: str = network.DEFAULT) -> None:
        """Make a form of a template; `folder` is what the paths in it are relative to. Raises InputError."""
        self.template, self.source, self.model = template, source, model
        self.slots = places.slots(template)
        self._net = network.load(model)
        try:
            self._allowed = constraints.allowed(template, self.slots, constraints.Lists(folder))
            self._rules = rules.parse(template.rules, self.slots)
        except PlaceError as error:
            raise InputError(source, f"{error.place}: {error.problem}", error.remedy) from None
        walks = {id(one): Walk(one.automata) for one in self._allowed if one is not None}
        self._walks = [None if one is None else walks[id(one)] for one in self._allowed]
        self.blanks = [self._blank(number, folder) for number in range(len(template.pages))]
        self.candidates = [
            Candidate(blank, number, template.pages[number].has_marks, template.pages[number].filled)
            for number, blank in enumerate(self.blanks)
        ]

    @classmethod
    def load(cls, path: str | os.PathLike[str], model: str | os.PathLike[str] = network.DEFAULT) -> Form:
        """Return the form of a template's TOML file. Raises InputError, which names the place in the file."""
        file = Path(path)
        return cls(loading.read(file), file.parent, file, os.fsdecode(model))

    @property
    def name(self) -> str:
        """The form's name."""
        return self.template.name

    def __repr__(self) -> str:
        return f"Form({self.name!r}, {len(self.template.fields)} fields, {len(self.template.pages)} pages)"

    def read(self, source: Source) -> Sheet:
        """Read a filled sheet: all pages of a picture or document.

        Raises InputError for a source that holds no picture, no page of the form (which says how far the best fit is off),
        or several sheets, which are for `read_many`.
        """
        sheets = list(sorting.sheets([self], source))
        failed = next((sheet.error for sheet in sheets if sheet.error is not None), None)
        if len(sheets) == 1 and failed is None:
            return sheets[0]
        if all(sheet.error is not None for sheet in sheets) and failed is not None:
            raise failed
        raise InputError(name_of(source), f"holds {len(sheets):,} sheets", "use read_many, which reads them all")

    def read_many(self, sources: Iterable[Source]) -> Iterator[Sheet]:
        """Read many filled sheets, one after the other; a document may hold several.

        What cannot be read, and a page that is of another form, is a Sheet with `error` and without cells.
        """
        if isinstance(sources, str | bytes | os.PathLike) or hasattr(sources, "read"):
            raise InputError(name_of(sources), "is one source", "give read_many a list, or use read")
        for source in sources:
            try:
                yield from sorting.sheets([self], source)
            except Exception as error:
                reason = error if isinstance(error, InputError) else unexpected(name_of(source), error)
                yield Sheet(self.name, {}, name_of(source), error=reason)

    def read_page(
        self, picture: Picture, sheet: aligning.Sheet, page: int, aligned: Aligned, code: qr.Code | None = None
    ) -> ReadPage:
        """Read a page of a sheet that has been aligned to page number `page` of this form, from 0."""
        written, misfits, patches = self._read_slots(sheet, page, aligned)
        return ReadPage(picture, aligned, page, code, written, misfits, patches)

    def _read_slots(
        self, sheet: aligning.Sheet, page: int, aligned: Aligned
    ) -> tuple[dict[int, Written], dict[int, str], dict[str, Patch]]:
        """Return what is written in the slots of a page, which of them fit badly, and their pictures by field."""
        asked: dict[int, Asked] = {}
        written: dict[int, Written] = {}
        misfits: dict[int, str] = {}
        numbers = {
            name: own
            for name in self.template.fields
            if (own := [i for i, slot in enumerate(self.slots) if slot.field == name and slot.page == page])
        }
        slots_of = [[self.slots[i] for i in own] for own in numbers.values()]
        patches = dict(zip(numbers, ink.patches(sheet, self.blanks[page], aligned, slots_of), strict=True))
        for name, own in numbers.items():
            patch, slots = patches[name], [self.slots[i] for i in own]
            if not patch.fits:
                found = f"residual {patch.residual:.1f} mm, {patch.share:.0%} of its border found"
                misfits |= dict.fromkeys(own, f"its place does not fit: {found}")
            if isinstance(self.template.fields[name].area, Mark):
                written[own[0]] = _ticked(patch, slots[0])
                continue
            for i, one in zip(own, mosaic.inks(patch, slots), strict=True):
                walk, allowed = self._walks[i], self._allowed[i]
                assert walk is not None and allowed is not None
                asked[i] = Asked(self.slots[i], one, allowed.ink, walk, allowed.decimals > 0)
        written |= zip(asked, reading.read(list(asked.values()), self._net), strict=True)
        return written, misfits, patches

    def together(self, pages: Sequence[ReadPage], source: str) -> Sheet:
        """Return the sheet of some pages that belong together."""
        warnings: list[str] = []
        by_page: dict[int, ReadPage] = {}
        for read in pages:
            if read.page in by_page:
                warnings.append(f"page {read.page + 1} of the form is there twice; the first is taken")
            by_page.setdefault(read.page, read)
        if missing := [str(n + 1) for n in range(len(self.template.pages)) if n not in by_page]:
            warnings.append(f"page {', '.join(missing)} of the form is missing")
        copies = {read.code.copy for read in pages if read.code is not None and read.code.copy}
        if len(copies) > 1:
            warnings.append(f"pages of copies {', '.join(map(str, sorted(copies)))} are mixed")
        written = {i: one for read in by_page.values() for i, one in read.written.items()}
        misfits = {i: why for read in by_page.values() for i, why in read.misfits.items()}
        decided = deciding.decide(written, self._allowed, self._rules, misfits)
        cells = {
            self.slots[i].key: self._cell(self.slots[i], by_page[self.slots[i].page], decided[i])
            for i in range(len(self.slots))
            if i in decided
        }
        codes = [read.code for read in pages if read.code is not None]
        warnings += [text for read in pages for text in read.picture.warnings]
        return Sheet(
            self.name,
            cells,
            source,
            tuple(
                PageOfSheet(
                    read.picture.name,
                    read.picture.place[0],
                    number + 1,
                    read.aligned.fit.residual,
                    read.aligned.fit.share,
                    read.aligned.way,
                )
                for number, read in sorted(by_page.items())
            ),
            min(copies, default=None),
            codes[0].entry if codes else None,
            None,
            tuple(warnings),
            {number + 1: (read.picture.pixels, read.picture.size) for number, read in by_page.items()},
        )

    def _cell(self, slot: Slot, read: ReadPage, decided: deciding.Decided) -> Cell:
        patch = read.patches[slot.field]
        allowed = self._allowed[self.slots.index(slot)]
        corners = patch.warp(slot.corners()) * np.array(read.picture.reduction)
        x1, y1, x2, y2 = patch.box(slot.rect, 1.0)
        return Cell(
            slot.key,
            slot.field,
            slot.row,
            slot.column,
            slot.page + 1,
            **vars(decided),
            residual=patch.residual,
            polygon=polygon(corners),
            crop=patch.given[y1:y2, x1:x2].copy(),
            once=None if allowed is None else allowed.once,
        )

    def _blank(self, number: int, folder: Path) -> Blank:
        page = self.template.pages[number]
        if page.blank is UNSET:
            return raster.blank(self.template, number)
        return blanks.of_picture(folder / page.blank, page.extent)


def _ticked(patch: Patch, slot: Slot) -> Written:
    """Return whether a box is ticked: by how much of its inside is covered by ink."""
    x1, y1, x2, y2 = patch.box(slot.rect, -0.3)
    inside: npt.NDArray[Any] = patch.inked[y1:y2, x1:x2]
    share = float(inside.mean()) if inside.size else 0.0
    # From surely not to surely, evenly between the two.
    ticked = float(np.clip((share - _UNTICKED) / (_TICKED - _UNTICKED), 0.001, 0.999))
    texts = sorted((("x", ticked), ("-", 1 - ticked)), key=lambda one: -one[1])
    return Written(Posterior(tuple(texts), 1.0), 0.0)
