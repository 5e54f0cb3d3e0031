"""Pages of documents → sheets: which form and page each is, and which pages belong together."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING

from inkdigits.errors import InputError
from inkdigits.forms import aligning, marks, qr
from inkdigits.forms.sheet import Sheet
from inkdigits.image import colour
from inkdigits.image.load import Picture, Source, load_pages, name_of

if TYPE_CHECKING:
    from inkdigits.forms.form import Form, ReadPage


def sheets(forms: Sequence[Form], source: Source) -> Iterator[Sheet]:
    """Yield the filled sheets of a picture or document, each of one of some forms.

    Pages of a sheet follow each other; where codes are printed on them, they are put together by these. A page that is
    of none of the forms is a Sheet with `error`. Raises InputError for a source that holds no picture.
    """
    name = name_of(source)
    of = forms[0]
    pending: list[ReadPage] = []
    for picture in load_pages(source):
        found = _read(forms, picture)
        if isinstance(found, InputError):
            yield Sheet(of.name if len(forms) == 1 else "", {}, name, error=found, number=picture.place[0])
            continue
        form, read = found
        if pending and (form is not of or _begins(form, read, pending)):
            yield of.together(pending, name)
            pending = []
        of = form
        pending.append(read)
    if pending:
        yield of.together(pending, name)


def _read(forms: Sequence[Form], picture: Picture) -> tuple[Form, ReadPage] | InputError:
    """Return which form a page is of, and what is written on it; an error for a page of none."""
    sheet = aligning.Sheet(colour.grey(picture.pixels))
    every = [(form, candidate) for form in forms for candidate in form.candidates]
    name = picture.name if picture.place[1] == 1 else f"{picture.name}, page {picture.place[0]}"
    code = _code(sheet, [candidate for _, candidate in every])
    if code is not None:
        every = [(form, one) for form, one in every if (form.name, one.page + 1) == (code.form, code.page)]
        if not every:
            problem = f"is a sheet of form {code.form}, page {code.page}"
            return InputError(name, problem, "give that form's template")
    aligned = aligning.align(sheet, [candidate for _, candidate in every], code is not None)
    form, candidate = every[aligned.which]
    if not aligned.fits:
        which = f"form {forms[0].name}" if len(forms) == 1 else f"any of {len(forms)} forms"
        return InputError(
            name, f"does not fit {which}: {aligned}", "give the template of this sheet, or a better picture"
        )
    return form, form.read_page(picture, sheet, candidate.page, aligned, code)


def _code(sheet: aligning.Sheet, candidates: Sequence[aligning.Candidate]) -> qr.Code | None:
    """Return what the code on a sheet says: where the marks tell that it is, or anywhere."""
    printed = [candidate for candidate in candidates if candidate.has_marks]
    for extent in {candidate.blank.extent for candidate in printed}:
        page = marks.page_of(sheet.marks)
        guess = None if page is None else marks.homography(sheet.marks, page, extent)
        if guess is not None and (code := qr.at(sheet.grey, guess, extent)) is not None:
            return code
    return qr.find(sheet.grey) if printed else None


def _begins(form: Form, read: ReadPage, before: Sequence[ReadPage]) -> bool:
    """Tell whether a page is of another sheet than those before it."""
    copies = [one.code.copy for one in (before[0], read) if one.code is not None and one.code.copy]
    if len(copies) == 2:
        return copies[0] != copies[1]
    return any(one.page == read.page for one in before) or len(before) == len(form.template.pages)
