"""Count the tuned constants of what reads digits: every numeric literal but -1, 0, 1, 2 and 255 in code, tables and configuration.

    python scripts/count_constants.py             a line for each module, a sum for each package, the exceptions
    python scripts/count_constants.py --list      each constant with its line as well
    python scripts/count_constants.py --check N   exit code 1 if there are more than N in what is counted

Comments and docstrings hold no literals. `image` and `reading`, the way of single pictures to a glyph, are counted separately.
Exceptions are units, shapes, file formats and the like, each with its reason. One that matches nothing is an error (exit code 1).
"""

from __future__ import annotations

import argparse
import ast
import json
import sys
import tomllib
from collections.abc import Iterator, Sequence
from fnmatch import fnmatch
from pathlib import Path
from typing import Any, NamedTuple

SOURCE = Path(__file__).parent.parent / "src" / "inkdigits"
COUNTED = "locating", "recognising", "reader", "options", "geometry"
SEPARATE = "image", "reading"
FREE = {-1, 0, 1, 2, 255}


class Constant(NamedTuple):
    """A literal: the file, relative to the package, and its line, number and text."""

    file: str
    line: int
    value: complex
    text: str


class Except(NamedTuple):
    """Literals that are not tuned: in files of this pattern, on lines that contain this text ("": all), of these values ((): all)."""

    file: str
    text: str
    values: tuple[complex, ...]
    reason: str


EXCEPTIONS = [
    Except(
        "locating/model/config.json",
        "",
        (),
        "the locator's training writes it: what was learned and fitted, and its record",
    ),
    # Shapes and positions
    Except("*", ", 3]", (3,), "position in an array: the lower edge of a box (left, top, right, bottom)"),
    Except("locating/numbers.py", "digit[3] - digit[1]", (3,), "the lower edge of a box"),
    Except("locating/numbers.py", ") / 4 - y)", (4,), "the mean of four edges"),
    Except("locating/numbers.py", "c[-2:]", (-2,), "position in a list: the last two"),
    Except("locating/maps.py", "HEADS =", (), "shape: channels of the network's output"),
    Except("locating/maps.py", "_PLACES[4]", (), "position in the network's output"),
    Except("locating/maps.py", "STRIDE = 4", (), "shape: resolution of the network's maps"),
    Except("locating/maps.py", "MULTIPLE = 16", (), "shape: what the network's input must be a multiple of"),
    Except("locating/maps.py", "BOX_UNIT, LINK_UNIT", (), "unit of the network's output"),
    Except("locating/peaks.py", "np.ones((3, 3)", (3,), "shape: the cells next to a cell"),
    Except("locating/upright.py", "np.eye(2, 3)", (3,), "shape: an affine matrix"),
    Except("locating/upright.py", "3: np.array", (3,), "number of right angles"),
    Except("locating/upright.py", "_way(grey, 3)", (3,), "number of right angles"),
    Except("recognising/decide.py", "10", (10,), "number of digits"),
    Except(
        "recognising/decide.py",
        "np.full(10, 0.1",
        (0.1,),
        "one in ten: the digits' probabilities where nothing is known",
    ),
    Except("recognising/page.py", "", (10, 11), "shape: digits, and the class of what is none"),
    Except("recognising/posterior.py", "10", (10,), "number of digits"),
    Except("recognising/posterior.py", "_COUNTS =", (), "shape: coefficients of each fitted function"),
    Except("recognising/posterior.py", "[:, -2]", (-2,), "position in an array: the second of the sorted"),
    Except("recognising/posterior.py", ",) * 3", (3,), "shape: three results"),
    Except("recognising/lattice.py", "(1, 2, 4))", (4,), "position in a tuple"),
    Except("recognising/lattice.py", "way[3]", (3,), "position in a tuple"),
    Except("recognising/pattern.py", "value[3]", (3,), "position in a tuple of Python's parser of expressions"),
    Except("*", "(28, 28)", (28,), "shape: MNIST's digits"),
    Except("geometry.py", "(4, 2)", (4,), "shape: the corners of a polygon"),
    Except("options.py", "_LONGEST_DESCRIPTION = 200", (), "characters of a line in a record"),
    Except("options.py", "[:8]", (8,), "characters of a hash"),
    # Units and geometry
    Except("locating/glyphs.py", "xs, ys =", (0.5,), "geometry: the middle of a pixel"),
    Except("locating/maps.py", "(columns + 0.5)", (0.5,), "geometry: the middle of a cell"),
    Except("locating/upright.py", "0.5 - 0.5 * back", (0.5,), "geometry: the middle of a pixel"),
    Except("locating/upright.py", "360", (-90, 360), "unit: degrees"),
    # Arithmetic that others have set, and formats
    Except("recognising/automata.py", "_UNKNOWN = -2", (), "a sign for what is not known yet"),
    Except("recognising/automata.py", "size = 10", (10, 100), "number of digits, and of pairs of them"),
    Except("recognising/automata.py", "2 * digit - 9", (), "Luhn's check digit (ISO/IEC 7812)"),
    Except("recognising/automata.py", "% 10", (10,), "Luhn's check digit (ISO/IEC 7812)"),
    Except("recognising/automata.py", "% 11", (11,), "ISO/IEC 7064, mod 11"),
    Except("recognising/automata.py", "% 97", (10, 97), "ISO/IEC 7064, mod 97-10"),
    Except("recognising/automata.py", "MANY =", (), "stands for infinity"),
    Except("recognising/automata.py", "64", (64,), "memory that is reserved at first; it grows"),
    Except("recognising/pattern.py", "_ENDLESS = 2**31", (), "stands for infinity"),
    Except("reader.py", "lru_cache(maxsize=64)", (), "readers that are kept; no answer depends on it"),
]


def literals(tree: ast.AST) -> Iterator[tuple[int, complex]]:
    """Yield line and value of each number in a syntax tree; the minus of a negative one belongs to it."""
    if isinstance(tree, ast.UnaryOp) and isinstance(tree.op, ast.USub) and _is_number(tree.operand):
        assert isinstance(tree.operand, ast.Constant)
        yield tree.lineno, -tree.operand.value  # type: ignore[operator]
    elif _is_number(tree):
        assert isinstance(tree, ast.Constant)
        yield tree.lineno, tree.value  # type: ignore[misc]
    else:
        for child in ast.iter_child_nodes(tree):
            yield from literals(child)


def _is_number(node: ast.AST) -> bool:
    return isinstance(node, ast.Constant) and type(node.value) in (int, float, complex)


def _numbers(values: Any) -> Iterator[complex]:
    if isinstance(values, dict | list):
        for value in values.values() if isinstance(values, dict) else values:
            yield from _numbers(value)
    elif type(values) in (int, float):
        yield values


def constants(path: Path, root: Path) -> list[Constant]:
    """Return the literals that count in a file: Python, JSON or TOML."""
    name, text = path.relative_to(root).as_posix(), path.read_text(encoding="utf-8")
    if path.suffix == ".py":
        lines = text.splitlines()
        found = [Constant(name, line, value, lines[line - 1].strip()) for line, value in literals(ast.parse(text))]
    else:
        values = json.loads(text) if path.suffix == ".json" else tomllib.loads(text)
        found = [Constant(name, 0, value, "") for value in _numbers(values)]
    return [one for one in found if one.value not in FREE]


def files(root: Path, part: str) -> list[Path]:
    """Return what belongs to a package or module."""
    if (module := root / f"{part}.py").is_file():
        return [module]
    return sorted(path for path in (root / part).rglob("*") if path.suffix in (".py", ".json", ".toml"))


def is_excepted(one: Constant, exceptions: Sequence[Except]) -> bool:
    """Tell whether a literal is among the exceptions."""
    return any(
        fnmatch(one.file, e.file) and e.text in one.text and (not e.values or one.value in e.values) for e in exceptions
    )


def main(arguments: Sequence[str] | None = None, exceptions: Sequence[Except] = EXCEPTIONS) -> int:
    """Print the count; return the exit code."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--check", type=int, metavar="N", help="exit code 1 if there are more than N")
    parser.add_argument("--list", action="store_true", help="print each constant")
    parser.add_argument("--source", type=Path, default=SOURCE, help="the package's folder")
    given = parser.parse_args(arguments)
    everything: list[Constant] = []
    totals = {}
    for title, parts in (("counted", COUNTED), ("image and reading", SEPARATE)):
        totals[title] = 0
        for part in parts:
            in_part = 0
            for path in files(given.source, part):
                found = constants(path, given.source)
                everything += found
                tuned = [one for one in found if not is_excepted(one, exceptions)]
                in_part += len(tuned)
                print(f"{len(tuned):6}  {path.relative_to(given.source).as_posix()}")
                if given.list:
                    print(*(f"{'':10}{one.line:4}  {one.value:<8} {one.text}" for one in tuned), sep="\n")
            print(f"{in_part:6}  {part}, in all")
            totals[title] += in_part
    print(f"\n{totals['counted']} tuned constants in {', '.join(COUNTED)}")
    print(f"{totals['image and reading']} in {' and '.join(SEPARATE)}, which are counted separately\n\nNot counted:")
    unused = []
    for e in exceptions:
        count = sum(is_excepted(one, [e]) for one in everything)
        print(f"{count:6}  {e.file}{f', {e.text}' if e.text else ''}: {e.reason}")
        unused += [] if count else [e]
    for e in unused:
        print(f"exception matches nothing: {e.file}, {e.text}", file=sys.stderr)
    if given.check is not None and totals["counted"] > given.check:
        print(f"{totals['counted']} tuned constants are more than {given.check}", file=sys.stderr)
        return 1
    return 1 if unused else 0


if __name__ == "__main__":
    sys.exit(main())
