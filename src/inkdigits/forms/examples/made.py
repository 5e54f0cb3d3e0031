"""A sheet of an example, made from its number: printed, filled in, photographed; with its truth."""

from __future__ import annotations

import csv
import io
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import numpy.typing as npt
from PIL import Image

from inkdigits.files import check_own_folder, make_folder, write_text, written_aside
from inkdigits.forms import loading, pdf, places
from inkdigits.forms.examples import filling, seeing, values
from inkdigits.forms.examples.filling import Hand, StrokeHand
from inkdigits.forms.examples.seeing import CAMERAS, Camera, Seen
from inkdigits.forms.template import Template

Grey = npt.NDArray[np.uint8]
Random = np.random.Generator

PRINT_DPI = 300
_PALEST: dict[Camera, float] = {
    "phone": 0.3,
    "scanner": 0.15,
    "fax": 0.5,
}  # contrast of the pen; faxes show no paler one
MOST_SHEETS = 1000


@dataclass(frozen=True, eq=False)
class Filled:
    """A picture of a filled sheet, what is written on it by key, and with which camera it was taken."""

    seen: Seen
    texts: Mapping[str, str | bool]
    camera: Camera


def template(name: str) -> Template:
    """Return the template of an example. Raises InputError for a name that is none."""
    return loading.read(_file(name))


def printed(form: Template, copy: int, dpi: int = PRINT_DPI) -> Grey:
    """Return the first page of a form as `form print` prints it, uint8 (H, W). Needs the extra `forms`."""
    import pypdfium2

    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "page.pdf"
        pdf.write(form, file, 1, first=copy)
        document = pypdfium2.PdfDocument(file.read_bytes())
    page = document[0].render(scale=dpi / 72, grayscale=True).to_numpy()
    return np.ascontiguousarray(page[..., 0] if page.ndim == 3 else page)


def sheet(
    name: str,
    form: Template,
    number: int,
    camera: Camera | None = None,
    hand: Callable[[Random], Hand] = StrokeHand,
    seed: int = 0,
) -> Filled:
    """Return sheet `number`, from 0, of an example's form; without `camera` the three take turns."""
    random = np.random.default_rng((seed, values.NAMES.index(name), number))
    texts = values.of_sheet(name, random, number)
    camera = CAMERAS[number % len(CAMERAS)] if camera is None else camera
    return filled(form, texts, camera, hand(random), random, number + 1)


def filled(
    form: Template, texts: Mapping[str, str | bool], camera: Camera, hand: Hand, random: Random, copy: int = 1
) -> Filled:
    """Return the first page of a form with texts written into its slots, as a camera sees it."""
    contrast = random.uniform(_PALEST[camera], 1.0)
    seed = int(random.integers(1 << 31))
    page = printed(form, copy)
    page = filling.fill(page, PRINT_DPI / 25.4, places.slots(form), texts, hand, contrast, seed)
    return Filled(seeing.see(page, form.pages[0].extent, camera, random), texts, camera)


def write(name: str, folder: Path, count: int, seed: int = 0) -> Iterator[Path]:
    """Write an example to a folder, and yield each picture's path as it is there.

    The folder holds the template and its lists, the form to be printed, `sheets/` and `truth.csv`: a line for each value
    that is written on a sheet. Raises InputError for a folder with other files, and MissingExtraError without the extra
    `forms`.
    """
    check_own_folder(folder, f"{name}.toml")
    make_folder(folder)
    form = template(name)
    shutil.copyfile(_file(name), folder / f"{name}.toml")
    for file, text in values.lists(name).items():
        write_text(folder / file, text)
    pdf.write(form, folder / f"{name}.pdf", 1)
    rows = []
    for number in range(count):
        made = sheet(name, form, number, seed=seed)
        fax = made.camera == "fax"
        path = folder / "sheets" / f"{name}-{number + 1:03d}.{'png' if fax else 'jpg'}"
        with written_aside(path) as aside:
            picture = Image.fromarray(made.seen.picture)
            picture.save(aside, "PNG" if fax else "JPEG", **({} if fax else {"quality": 90}))
        rows += [[path.name, key, "x" if text is True else text] for key, text in made.texts.items()]
        yield path
    truth = io.StringIO()
    csv.writer(truth, lineterminator="\n").writerows([["file", "key", "written"], *rows])
    write_text(folder / "truth.csv", truth.getvalue())


def _file(name: str) -> Path:
    return Path(__file__).with_name(f"{name}.toml")
