"""Which code made a network: a hash of the modules that its training and the making of its data import.

It counts what these modules say, without comments, docstrings and blank lines, and the files of the package that synthetic
digits and pages are made of. Code that was moved or renamed has another hash. If a seed that is trained again by it gives
the same numbers, `scripts/equal_code.py` adds both hashes to `equal_code.json`, and from then on they count as one.
"""

from __future__ import annotations

import ast
import hashlib
import io
import json
import tokenize
from collections.abc import Iterator, Sequence
from functools import cache, lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from inkdigits.training.recipe import AnyRecipe

UNKNOWN = "unknown"  # of a run that was made before hashes were written down

PACKAGE = Path(__file__).parent
EQUAL = PACKAGE / "equal_code.json"

# What is called to train a network and to make what it learns from; all that these import is found by reading them.
_MNIST = ("inkdigits.datasets.mnist",)
_CLASSIFY = ("inkdigits.training.fit", "inkdigits.training.split", "inkdigits.training.export")
_FINETUNE = ("inkdigits.finetuning",)
_POOL = ("inkdigits.training.pool",)
_LOCATE = tuple(f"inkdigits.training.locator.{name}" for name in ("fit", "validation", "export"))
_NUMBERS = tuple(f"inkdigits.training.numbers.{name}" for name in ("fit", "validation", "export"))

# Files of the package that are learned from, beside MNIST, whose digits have a hash of their own.
_INK = ("synthetic/*.json", "synthetic/font_glyphs/glyphs.xz", "synthetic/font_outlines/outlines.xz")
_LOCATOR = ("locating/model/model.onnx",)


def of(recipe: AnyRecipe, data_name: str) -> str:
    """Return the hash, 64 hexadecimal digits, of the code that trains a recipe on a data set ("mnist", or a path).

    It is `UNKNOWN` where the package is installed without its source.
    """
    return _hash(tuple(roots(recipe, data_name)), tuple(files(recipe)))


def roots(recipe: AnyRecipe, data_name: str) -> Iterator[str]:
    """Yield the modules that are called to train a recipe and to make what it learns from."""
    from inkdigits.training.recipe import LocatorRecipe, Recipe

    if not isinstance(recipe, Recipe):
        yield from (*_MNIST, *(_LOCATE if isinstance(recipe, LocatorRecipe) else _NUMBERS), "inkdigits.training.split")
        return
    yield from _CLASSIFY
    yield from _MNIST if data_name == "mnist" else ("inkdigits.datasets.load",)
    yield from _FINETUNE if recipe.finetunes else ()
    yield from _POOL if recipe.pool.counts() else ()


def files(recipe: AnyRecipe) -> Iterator[str]:
    """Yield patterns of the files, below the package, that a recipe's synthetic digits or pages are made of."""
    from inkdigits.training.recipe import Recipe

    if not isinstance(recipe, Recipe):
        yield from _INK
    elif recipe.pool.counts():
        yield from _INK
        yield from _LOCATOR if recipe.pool.pages else ()


def modules(first: Sequence[str]) -> dict[str, Path]:
    """Return the modules of the package that these import, by whatever remove, and the packages around them: name → file.

    The package's face is not among them: it imports nothing by itself, and holds the version.
    """
    found: dict[str, Path] = {}
    waiting = [part for name in first for part in _with_packages(name)]
    while waiting:
        name = waiting.pop()
        path = _file_of(name)
        if name in found or path is None:
            continue
        found[name] = path
        for imported in _read(path)[1]:
            waiting += _with_packages(imported)
    return dict(sorted(found.items()))


def plain(source: str, tree: ast.AST | None = None) -> str:
    """Return a module's source without comments, docstrings, blank lines and space at the ends of lines.

    The text is the same under every version of Python, which `ast.unparse` does not promise. `tree` is the parsed source.
    """
    lines = source.splitlines()
    cut = [  # (line, column) of beginning and end, lines from 0 on
        ((token.start[0] - 1, token.start[1]), (token.end[0] - 1, token.end[1]))
        for token in tokenize.generate_tokens(io.StringIO(source).readline)
        if token.type == tokenize.COMMENT
    ]
    for node in ast.walk(tree or ast.parse(source)):
        first = node.body[0] if isinstance(node, _DOCUMENTED) and node.body else None
        if isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant) and isinstance(first.value.value, str):
            assert first.end_lineno is not None and first.end_col_offset is not None
            begin = len(lines[first.lineno - 1].encode()[: first.col_offset].decode())
            end = len(lines[first.end_lineno - 1].encode()[: first.end_col_offset].decode())
            cut.append(((first.lineno - 1, begin), (first.end_lineno - 1, end)))
    for (top, left), (bottom, right) in sorted(cut, reverse=True):
        lines[top : bottom + 1] = [lines[top][:left] + lines[bottom][right:], *[""] * (bottom - top)]
    return "\n".join(kept for line in lines if (kept := line.rstrip()))


def same(codes: Sequence[str], others: Sequence[str], table: Path | None = None) -> bool:
    """Tell whether two networks were made by the same code; each is what a run's config says (see `of_config`)."""
    return canonical(codes, table) == canonical(others, table)


def canonical(codes: Sequence[str], table: Path | None = None) -> tuple[str, ...]:
    """Return hashes with one name for all that count as equal, each once where it follows itself."""
    groups: list[set[str]] = []
    for entry in read_table(table or EQUAL):
        pair = {str(value) for value in entry["equal"]}
        joined = [group for group in groups if group & pair]
        groups = [group for group in groups if not group & pair] + [pair.union(*joined)]
    named = {code: min(group) for group in groups for code in group}
    names = [named.get(code, code) for code in codes]
    return tuple(name for i, name in enumerate(names) if i == 0 or names[i - 1] != name)


def of_config(config: dict[str, Any]) -> list[str]:
    """Return which code trained a run, as its config says: one hash, or several in their order; else `UNKNOWN` alone."""
    codes = config.get("code_sha256")
    known = isinstance(codes, list) and bool(codes) and all(isinstance(code, str) for code in codes)
    return codes if known and isinstance(codes, list) else [UNKNOWN]


def words(config: dict[str, Any]) -> str:
    """Return the same for a table of a report or a card."""
    codes = of_config(config)
    return ", then ".join("unknown code" if code == UNKNOWN else f"SHA-256 {code[:16]}…" for code in codes)


def read_table(table: Path) -> list[dict[str, Any]]:
    """Return the entries of the table of equal hashes: "equal" is two of them; the rest says how that was found out."""
    entries = json.loads(table.read_text(encoding="utf-8"))
    assert isinstance(entries, list)
    return entries


_DOCUMENTED = (ast.Module, ast.ClassDef, ast.FunctionDef, ast.AsyncFunctionDef)


@lru_cache(maxsize=16)
def _hash(first: tuple[str, ...], patterns: tuple[str, ...]) -> str:
    digest = hashlib.sha256()

    def add(name: str, content: bytes) -> None:
        digest.update(f"{name}\0{len(content)}\0".encode() + content)

    found = modules(first)
    if not set(first) <= set(found):
        return UNKNOWN
    for name, path in found.items():
        add(name, _read(path)[0].encode())
    for path in sorted(path for pattern in patterns for path in PACKAGE.glob(pattern)):
        add(path.relative_to(PACKAGE).as_posix(), path.read_bytes())
    return digest.hexdigest()


@cache
def _read(path: Path) -> tuple[str, tuple[str, ...]]:
    """Return what a module says, as `plain` does, and what it imports."""
    source = path.read_text(encoding="utf-8")
    tree = ast.parse(source)
    return plain(source, tree), tuple(_imports(tree))


def _with_packages(name: str) -> list[str]:
    """Return a module's name and those of the packages around it, which are imported with it, but for the face."""
    parts = name.split(".")
    return [".".join(parts[:count]) for count in range(2, len(parts) + 1)]


def _file_of(name: str) -> Path | None:
    """Return the file of a module of the package, or None for anything else: another package, or a name in a module."""
    if not name.startswith("inkdigits."):
        return None
    path = PACKAGE.joinpath(*name.split(".")[1:])
    candidates = (path / "__init__.py", path.with_suffix(".py"))
    return next((file for file in candidates if file.is_file()), None)


def _imports(tree: ast.AST) -> Iterator[str]:
    """Yield what a module imports, wherever in it, but for what is imported for type checkers alone."""
    for node in ast.iter_child_nodes(tree):
        if isinstance(node, ast.If) and ast.unparse(node.test) == "TYPE_CHECKING":
            for other in node.orelse:
                yield from _imports(other)
        elif isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield from (f"{node.module}.{alias.name}" for alias in node.names)
        else:
            yield from _imports(node)
