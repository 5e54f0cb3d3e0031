"""Where the digits lie in a folder: IDX files, a folder for each class, a folder for each writer, and halves of these."""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from inkdigits import folders
from inkdigits.errors import InputError
from inkdigits.image import decode

OnError = Callable[[InputError], None]
OnWarning = Callable[[str], None]
_EXPECTED = "expected folders named 0 to 9, each with pictures of that digit, or IDX files as the original MNIST's"
_WRAPPERS = 4  # folders that hold one folder alone, as unpacked archives are: so many are gone through

# Names of the halves of a data set, as people and programs write them.
_HALF = r"(?:{})(?:ing)?(?:set|data|images|imgs|digits|pictures)?"
_HALVES = {
    "train": _HALF.format("train"),
    "val": _HALF.format("val|valid|validation|dev"),
    "test": _HALF.format("test"),
}
_WORDS = ("zero", "one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_NUMBERED = re.compile(r"(?:digit|class|label|number|num)?0*(\d)")
# Chars74K numbers its classes from 1: Sample001 holds 0, Sample011 A.
_SAMPLE = re.compile(r"sample0*(\d+)")
# NIST's Special Database 19 names its classes by their code in ASCII, in hexadecimal digits.
_CODES = {f"{ord(str(digit)):x}": digit for digit in range(10)}
_IDX = re.compile(
    r"(?P<set>.*?)[-_. ]?(?P<half>train|t10k|test)[-_.](?P<what>images|labels).*idx.*ubyte.*", re.IGNORECASE
)

IdxPair = tuple[Path, Path]  # images and labels


@dataclass
class Pictures:
    """Files of pictures with their labels; `writers` names who wrote each, or is None where the folders do not tell."""

    files: list[Path] = field(default_factory=list)
    labels: list[int] = field(default_factory=list)
    writers: list[str] | None = None


@dataclass(frozen=True)
class Halves:
    """What is learned from, and what is for the test, or None; each is IDX files, or folders with the classes in them.

    Beside a folder of classes stands the name of the folder that holds it among others of its kind, or "".
    """

    train: IdxPair | list[tuple[Path, str]]
    test: IdxPair | list[tuple[Path, str]] | None


def find(path: Path, on_warning: OnWarning) -> Halves:
    """Return where the halves of a data set are in a folder, or in the only folder within it. Raises InputError."""
    folder = path
    for _ in range(_WRAPPERS):
        within = folders.below(folder)
        found = _idx(folder, on_warning) or _halves(folder, on_warning)
        if found is not None:
            return found
        classes = _places(folder, on_warning)
        if classes:
            return Halves(classes, None)
        if len(within) != 1:
            break
        folder = within[0]
    data = sorted(file.name for file in path.iterdir() if file.name.lower().endswith((".csv", ".csv.gz", ".npz")))
    if data:
        raise InputError(path, "is a folder with data files in it", f"name one of them: {path / data[0]}")
    raise InputError(path, "has no folders named 0 to 9 and no IDX files", _EXPECTED)


def _idx(folder: Path, on_warning: OnWarning) -> Halves | None:
    """Return the IDX files of a folder; of several data sets, as EMNIST has them, the one of digits alone."""
    sets: dict[str, dict[str, dict[str, Path]]] = {}
    for file in sorted(folder.iterdir()):
        match = _IDX.fullmatch(file.name)
        if match and file.is_file():
            half = "train" if match["half"].lower() == "train" else "test"
            of = sets.setdefault(match["set"].lower(), {}).setdefault(half, {})
            of.setdefault(match["what"].lower(), file)
    whole = {
        name: {half: (files["images"], files["labels"]) for half, files in halves.items() if len(files) == 2}
        for name, halves in sets.items()
    }
    names = sorted(
        (name for name in whole if whole[name]), key=lambda n: (n != "", "digits" not in n, not n.endswith("-mnist"), n)
    )
    if not names:
        return None
    if len(names) > 1:
        taken, others = names[0] or "the one without a name", ", ".join(names[1:])
        on_warning(
            f"{folder}: holds several data sets, of which {taken} is taken and not {others}; for another one, put its "
            "files into a folder of their own"
        )
    pairs = whole[names[0]]
    return Halves(pairs["train"], pairs.get("test")) if "train" in pairs else Halves(pairs["test"], None)


def _halves(folder: Path, on_warning: OnWarning) -> Halves | None:
    """Return the halves that lie in folders of their own.

    A program that trains holds out digits for validation by itself: those in a folder for it are learned from, and where
    there is no test half they are the test half.
    """
    found: dict[str, list[tuple[Path, str]]] = {half: [] for half in _HALVES}
    held_out, others = "", []
    for below in folders.below(folder):
        half = next((half for half, name in _HALVES.items() if re.fullmatch(name, _plain(below.name))), None)
        places = _places(below, on_warning) if half else []
        if half and places:
            found[half] += places
            held_out = below.name if half == "val" else held_out
        else:
            others.append(below.name)
    train, val, test = found["train"], found["val"], found["test"]
    if not train:
        return None
    if others:
        on_warning(f"{folder}: passed over, having no class folders or no name of a half: {', '.join(others[:5])}")
    if val and test:
        on_warning(f"{folder}: what is in {held_out}/ is learned from, too; validation digits are drawn from all of it")
        return Halves(train + val, test)
    if val:
        on_warning(f"{folder}: has no test half; what is in {held_out}/ is taken for it")
    return Halves(train, test or val or None)


def _places(folder: Path, on_warning: OnWarning) -> list[tuple[Path, str]]:
    """Return the folders that hold class folders: this one, or those in it, one a writer."""
    within = folders.below(folder)
    holding = [below for below in within if _classes(below)]
    classes = _classes(folder)
    if classes:
        nested = sum(below in classes for below in holding)
        if nested < 2 or nested < len(classes) / 2:
            return [(folder, "")]
        if len(holding) == len(classes):  # folders 0 to 9 in folders 0 to 9
            what = "has folders named as digits in folders named as digits"
            raise InputError(
                folder, what, "name those of the writers otherwise, as w0, so that the labels are the others"
            )
    others = [below.name for below in within if below not in holding]
    if holding and others:
        on_warning(f"{folder}: holds no class folders in {', '.join(others[:5])}; passed over")
    return [(below, below.name if len(holding) > 1 else "") for below in holding]


def _classes(folder: Path) -> dict[Path, int]:
    """Return the folders that are named as digits are, with their digits."""
    within = folders.below(folder)
    names = {_plain(below.name): below for below in within}
    if _CODES.keys() <= names.keys() and not names.keys() & set("0123456789"):
        return {names[code]: digit for code, digit in _CODES.items()}
    first = 0 if any(re.fullmatch("sample0+", name) for name in names) else 1
    found = {}
    for name, below in names.items():
        digit = _digit(name, first)
        if digit is not None:
            found[below] = digit
    return found


def _digit(name: str, first: int) -> int | None:
    """Return the digit that a plain name means, or None; samples are numbered from `first` on."""
    if name in _WORDS:
        return _WORDS.index(name)
    sample = _SAMPLE.fullmatch(name)
    if sample:
        digit = int(sample[1][-4:]) - first
        return digit if 0 <= digit <= 9 else None
    numbered = _NUMBERED.fullmatch(name) if name.isascii() else None
    return int(numbered[1]) if numbered else None


def _plain(name: str) -> str:
    """Return a folder's name in small letters, without what joins its words: "Digit_3" and "digit 3" are one."""
    return re.sub(r"[\s_.-]+", "", name.casefold())


# A writer is who the names of folders tell apart, where they look like people: so many of them at least, and not each with
# digits of one class alone, as folders of a class's own variants would be.
_LEAST_WRITERS = 10


def pictures(places: list[tuple[Path, str]], on_error: OnError, on_warning: OnWarning) -> Pictures:
    """Return the pictures in the class folders of all places, and in folders below those, with their labels.

    Folders of other names and files of other endings are told. Where all pictures lie in folders of ten writers or more,
    above or below the class folders, these are the writers.
    """
    found = Pictures()
    writers: list[str] = []
    for place, group in places:
        classes = _classes(place)
        other_files: list[str] = []
        for folder, digit in sorted(classes.items(), key=lambda item: (item[1], item[0])):
            for name in folders.walk(str(folder), on_error):
                if not folders.has_ending(name, decode.ENDINGS):
                    other_files.append(name)
                    continue
                parts = Path(name).relative_to(folder).parts
                found.files.append(Path(name))
                found.labels.append(digit)
                writers.append(group or (parts[0] if len(parts) > 1 else ""))
        others = [below.name for below in folders.below(place) if below not in classes]
        if others:
            more = f" and {len(others) - 5:,} more" if len(others) > 5 else ""
            on_warning(f"{place}: passed over, not being named as digits are: {', '.join(others[:5])}{more}")
        told = folders.passed_over(place, other_files)
        if told:
            on_warning(told)
    found.writers = writers if _are_people(writers, found.labels) else None
    return found


def _are_people(writers: list[str], labels: list[int]) -> bool:
    people = set(writers)
    wrote = set(zip(writers, labels, strict=True))
    return "" not in people and _LEAST_WRITERS <= len(people) < 2**15 and len(wrote) > 1.5 * len(people)
