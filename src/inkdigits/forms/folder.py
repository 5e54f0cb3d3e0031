"""A batch folder: the record of sheets as they were read, their crops, and the tables that are made of them.

marks/record.jsonl    a line a sheet, as sheets come; a run that was stopped goes on from it
marks/crops/*.png     for each sheet one picture of all its fields, one below the other
marks/templates/      the templates that the sheets were read by
marks/table.csv …     made anew from the record at the end of each run
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from inkdigits import __version__
from inkdigits.errors import InputError
from inkdigits.files import make_folder, write_text, written_aside
from inkdigits.forms import loading, sorting
from inkdigits.forms.form import Form
from inkdigits.forms.sheet import Sheet
from inkdigits.forms.tables import Said
from inkdigits.forms.template import ListFile
from inkdigits.geometry import whole_box
from inkdigits.locks import held
from inkdigits.workers.work import Answer, Item, as_input_error

RECORD, CROPS = "record.jsonl", "crops"


@dataclass(frozen=True)
class Job:
    """What is asked of each source, in a form that can be sent to another process: it gives a line of JSON a sheet.

    `crops` is the folder for the pictures of fields, None where none are kept.
    """

    templates: tuple[str, ...]
    model: str
    crops: str | None

    def begin(self) -> None:
        """Load templates and model. Raises InputError for one that is none, before any sheet is read."""
        loaded(self.templates, self.model)

    def __call__(self, question: None, items: Sequence[Item]) -> Iterator[Answer | None]:
        """Yield for each source a line for each of its sheets; None after each sheet."""
        for item in items:
            sheets: list[dict[str, Any]] = []
            error = None
            try:
                for said in self._said(item.name):
                    sheets.append(said)
                    yield None
            except Exception as caught:
                error = as_input_error(item.name, caught)
            # The record tells whether all sheets of a source are in it.
            yield Answer([json.dumps({**said, "sheets": len(sheets)}) for said in sheets], error)

    def _said(self, source: str) -> Iterator[dict[str, Any]]:
        """Yield what is said of each sheet of a source. Raises InputError."""
        for number, sheet in enumerate(sorting.sheets(loaded(self.templates, self.model), source)):
            said = sheet.to_dict()
            if self.crops is not None and sheet.error is None:
                said["crops"] = _keep_crops(sheet, Path(self.crops), source, number, said)
            yield {**said, "sheet": number + 1}

    def description(self) -> str:
        """Return all that a result depends on beside the picture, on one line."""
        digest = hashlib.sha256()
        for template in self.templates:
            for path in (Path(template), *_blanks(template), *_lists(template)):
                digest.update(path.read_bytes())
        return f"inkdigits {__version__} form read, templates {digest.hexdigest()[:12]}, model {Path(self.model).name}"


def _blanks(template: str) -> list[Path]:
    """Return the pictures of blanks that a template names."""
    pages = loading.read(Path(template)).pages
    return [Path(template).parent / page.blank for page in pages if isinstance(page.blank, str)]


def _lists(template: str) -> list[Path]:
    """Return the list files that a template names."""
    fields = loading.read(Path(template)).fields.values()
    return [Path(template).parent / f.listed.file for f in fields if isinstance(f.listed, ListFile)]


@lru_cache(maxsize=2)
def loaded(templates: tuple[str, ...], model: str) -> tuple[Form, ...]:
    """Return the forms of these templates, made once a process. Raises InputError where one is none, or two have a name."""
    made = tuple(Form.load(path, model) for path in templates)
    names = [form.name for form in made]
    if twice := {name for name in names if names.count(name) > 1}:
        raise InputError("templates", f"{sorted(twice)[0]} is the name of several", "give each form its own name")
    return made


def _keep_crops(sheet: Sheet, folder: Path, source: str, number: int, said: dict[str, Any]) -> str:
    """Write the pictures of a sheet's fields into one file, and say in its dict where each is; return its name."""
    name = hashlib.sha256(f"{os.path.abspath(source)}#{number}".encode()).hexdigest()[:20] + ".png"  # noqa: PTH100
    crops = [cell.crop for cell in sheet]
    width = max((crop.shape[1] for crop in crops), default=1)
    whole = np.full((max(sum(crop.shape[0] for crop in crops), 1), width), 255, np.uint8)
    top = 0
    for crop, cell in zip(crops, said["cells"], strict=True):
        whole[top : top + crop.shape[0], : crop.shape[1]] = crop
        cell["crop"] = [0, top, crop.shape[1], top + crop.shape[0]]
        top += crop.shape[0]
    with written_aside(folder / name) as aside:
        Image.fromarray(whole).save(aside, "PNG")
    return name


class Folder:
    """A batch folder, open for more sheets: to be used by one process at a time, in a block of `open_for`."""

    def __init__(self, path: Path) -> None:
        self.path = path
        self.crops = path / CROPS

    @property
    def record(self) -> Path:
        """The file of the record."""
        return self.path / RECORD

    @contextmanager
    def open_for(self, job: Job) -> Iterator[None]:
        """Make the folder ready for sheets that a job reads. Raises InputError for one of other templates or files."""
        make_folder(self.path)
        # The record is written first: a kill before that leaves the lock alone, and a part of it.
        begun = {".lock", f".part-{RECORD}"}
        if not self.record.exists() and any(one.name not in begun for one in self.path.iterdir()):
            raise InputError(self.path, "holds other files already", "give a folder that is new or empty")
        with held(self.path / ".lock"):
            if not self.record.exists():
                write_text(self.record, "")
            make_folder(self.crops)
            about = self.path / "batch.json"
            run = job.description()
            if about.exists():
                known = json.loads(about.read_text(encoding="utf-8")).get("run")
                if known != run:
                    problem = f"was read by other templates, another model or version ({known}, and this is {run})"
                    raise InputError(self.path, problem, "give another folder")
            else:
                for template in job.templates:
                    for path in (Path(template), *_blanks(template)):  # lists of people stay where they are
                        with written_aside(self.path / "templates" / path.name) as aside:
                            aside.write_bytes(path.read_bytes())
                write_text(about, json.dumps({"run": run, "templates": [Path(t).name for t in job.templates]}) + "\n")
            self._cut_torn()
            yield

    def sheets(self) -> list[Said]:
        """Return all sheets of the record. Raises InputError for a line that is none."""
        made: list[Said] = []
        try:
            with self.record.open(encoding="utf-8") as file:
                for number, line in enumerate(file, 1):
                    if line.endswith("\n"):
                        made.append(self._parsed(line, number))
        except FileNotFoundError:
            raise InputError(self.path, "is no batch folder", "give one that form read --out has made") from None
        return made

    def missing(self, sources: Sequence[str]) -> list[str]:
        """Return the sources that the record tells nothing of, each once."""
        done = {os.path.abspath(sheet["source"]) for sheet in self.sheets()}  # noqa: PTH100
        first = {os.path.abspath(source): source for source in reversed(sources)}  # noqa: PTH100
        return [source for path, source in reversed(first.items()) if path not in done]

    def add(self, lines: Sequence[str]) -> None:
        """Write down all that became of a source, in one go."""
        with self.record.open("ab") as file:
            file.write("".join(line + "\n" for line in lines).encode())
            file.flush()
            os.fsync(file.fileno())

    def crop(self, sheet: Said, cell: Said) -> bytes | None:
        """Return the picture of a cell, as PNG; None where it was not kept."""
        if "crops" not in sheet or "crop" not in cell:
            return None
        try:
            with Image.open(self.crops / Path(str(sheet["crops"])).name, formats=("PNG",)) as whole:
                part = whole.crop(whole_box(cell["crop"]))
        except (OSError, ValueError):
            return None
        data = io.BytesIO()
        part.save(data, "PNG")
        return data.getvalue()

    def _cut_torn(self) -> None:
        """Cut off what a kill has left of the last source: a broken line, or not all of its sheets."""
        data = self.record.read_bytes()
        kept = end = 0
        for line in data.splitlines(keepends=True):
            end += len(line)
            if not line.endswith(b"\n"):
                break
            said = self._parsed(line.decode("utf-8", "replace"), 0)
            if said.get("sheet") == said.get("sheets"):
                kept = end
        if kept < len(data):
            with self.record.open("rb+") as file:
                file.truncate(kept)

    def _parsed(self, line: str, number: int) -> dict[str, Any]:
        try:
            said = json.loads(line)
            if not isinstance(said, dict) or not isinstance(said.get("source"), str):
                raise ValueError("no sheet")  # noqa: TRY004
        except (ValueError, RecursionError):
            raise InputError(self.record, f"line {number} is no sheet", "remove the line") from None
        return said


def failure(source: str, error: InputError) -> str:
    """Return the line of a record that says why a source could not be read."""
    said = Sheet("", {}, source, error=error).to_dict()
    return json.dumps({**said, "sheet": 1, "sheets": 1})


def problems(sheets: Sequence[Said]) -> list[str]:
    """Return what is odd about a stack of sheets, a line each: copies that are there twice, or missing."""
    said = []
    by_form: dict[str, dict[int, list[str]]] = {}
    for sheet in sheets:
        if isinstance(sheet.get("copy"), int):
            by_form.setdefault(sheet["form"], {}).setdefault(sheet["copy"], []).append(sheet["source"])
    for form, copies in by_form.items():
        said += [
            f"copy {n} of {form} is there {len(of)} times: {', '.join(of)}"
            for n, of in sorted(copies.items())
            if len(of) > 1
        ]
        lacking = sorted(set(range(min(copies), max(copies) + 1)) - set(copies))
        if lacking:
            some = ", ".join(map(str, lacking[:10])) + (" …" if len(lacking) > 10 else "")
            said.append(f"of copies {min(copies)} to {max(copies)} of {form} {len(lacking)} are missing: {some}")
    return said
