"""The hash of the code that made a network: what changes it, what does not, and that nothing is missing from it."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from inkdigits import code_hash
from inkdigits.training import recipe

SOURCE = '''"""What it is for."""
# Why.
import os  # for paths


class A:
    """One line."""

    def b(self):
        """Two
        lines."""
        text = """no docstring: # stays"""  # goes

        return f"{text!r} # stays too"
'''


def test_words_about_the_code_do_not_count_and_the_code_does():
    said = code_hash.plain(SOURCE)
    assert said.splitlines() == [
        "import os",
        "class A:",
        "    def b(self):",
        '        text = """no docstring: # stays"""',
        '        return f"{text!r} # stays too"',
    ]
    assert code_hash.plain(SOURCE.replace("Why.", "Wherefore, é.").replace("Two", "Twö ")) == said
    assert code_hash.plain(SOURCE.replace("!r", "!s")) != said
    assert code_hash.plain(SOURCE.replace("        return", "    return")) != said


@pytest.fixture
def package(tmp_path, monkeypatch):
    """A package that trains: its code can be changed."""
    for name in ("training/fit.py", "training/split.py", "training/export.py", "datasets/mnist.py", "training/pool.py"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text("")
        (tmp_path / name).with_name("__init__.py").write_text("")
    (tmp_path / "__init__.py").write_text('__version__ = "1"')
    (tmp_path / "training/fit.py").write_text("from inkdigits.training import steps\n")
    (tmp_path / "training/steps.py").write_text("def step():\n    from inkdigits.errors import say\n    say()\n")
    (tmp_path / "errors.py").write_text("def say(): ...\n")
    (tmp_path / "other.py").write_text("")
    (tmp_path / "synthetic/font_glyphs").mkdir(parents=True)
    (tmp_path / "synthetic/font_glyphs/glyphs.xz").write_bytes(b"1")
    monkeypatch.setattr(code_hash, "PACKAGE", tmp_path)
    return tmp_path


def of(name="classic", data="mnist"):
    code_hash._hash.cache_clear()
    code_hash._read.cache_clear()
    return code_hash.of(recipe.load(name), data)


def test_what_training_imports_counts_and_nothing_else(package):
    before = of()
    for path, same in {
        "errors.py": False,  # imported within a function, by a module that fit imports
        "training/__init__.py": False,
        "datasets/mnist.py": False,
        "other.py": True,
        "__init__.py": True,  # the version
        "training/pool.py": True,  # no synthetic pictures in this recipe
        "synthetic/font_glyphs/glyphs.xz": True,
    }.items():
        text = (package / path).read_text()
        (package / path).write_text(text + "\nvalue = 1\n")
        assert (of() == before) is same, path
        (package / path).write_text(text)
    (package / "errors.py").rename(package / "moved.py")
    (package / "training/steps.py").write_text("def step():\n    from inkdigits.moved import say\n    say()\n")
    assert of() != before


def test_what_synthetic_digits_are_made_of_counts(package):
    before = of("default")
    (package / "synthetic/font_glyphs/glyphs.xz").write_bytes(b"2")
    assert of("default") != before
    before = of("default")
    (package / "training/pool.py").write_text("value = 1\n")
    assert of("default") != before


def test_a_package_without_its_source(package):
    (package / "training/fit.py").unlink()
    assert of() == code_hash.UNKNOWN


def test_equal_hashes(tmp_path):
    table = tmp_path / "table.json"
    table.write_text(json.dumps([{"equal": ["a", "b"]}, {"equal": ["c", "d"]}, {"equal": ["b", "c"]}]))
    assert code_hash.same(["a"], ["d"], table) and not code_hash.same(["a"], ["e"], table)
    assert code_hash.same(["a", "d"], ["b"], table)  # one state of the code after another, with the same numbers
    assert not code_hash.same(["a", "e"], ["a"], table) and not code_hash.same(["unknown", "a"], ["a"], table)
    assert code_hash.same(["unknown"], ["unknown"], table)


@pytest.mark.parametrize("config", [{}, {"code_sha256": "x"}, {"code_sha256": []}, {"code_sha256": [1]}])
def test_runs_from_before_and_configs_that_somebody_else_wrote(config):
    assert code_hash.of_config(config) == [code_hash.UNKNOWN] and code_hash.words(config) == "unknown code"
    assert code_hash.words({"code_sha256": ["unknown", "ab" * 32]}) == f"unknown code, then SHA-256 {'ab' * 8}…"


def test_the_table_in_the_package():
    for entry in code_hash.read_table(code_hash.EQUAL):
        assert len(entry["equal"]) == 2 and all(len(code) == 64 for code in entry["equal"])
        assert {"recipe", "recipe_hash", "seed", "figures", "versions"} <= set(entry)


LEARNS = """
import json, sys
from pathlib import Path
opened = set()
def hear(event, arguments):
    if event == "open" and isinstance(arguments[0], str):
        opened.add(arguments[0])
sys.addaudithook(hear)
import numpy as np
from inkdigits import code_hash
from inkdigits.datasets import mnist
from inkdigits.training import export, fit, pool, recipe, split
from inkdigits.training.locator import batches
digits = mnist.train().subset(np.arange(300))
pages = recipe.load("locator").pages
sources = batches._sources(digits, pages, "training")
pool._remember(digits)
pool._sources = lambda: sources  # of as many digits: they are built once
for number, kind in enumerate(pool.KINDS):
    pool._make(pool._Part(kind, 0, number, 2))
batches.drawn(sources, pages, 0, 0, 1)
package = code_hash.PACKAGE
inside = [Path(name) for name in opened if Path(name).is_relative_to(package)]
files = sorted(path.relative_to(package).as_posix() for path in inside if path.suffix not in (".py", ".pyc"))
print(json.dumps([sorted(name for name in sys.modules if name.startswith("inkdigits.")), files]))
"""


def test_nothing_that_training_imports_or_reads_is_missing():
    """Seen while training is imported, and pictures of all kinds and a page are drawn."""
    environment = {**os.environ, "PYTHONPATH": str(code_hash.PACKAGE.parent), "PYTHONDONTWRITEBYTECODE": "1"}
    done = subprocess.run(
        [sys.executable, "-c", LEARNS], capture_output=True, text=True, check=True, env=environment, cwd=Path.home()
    )
    imported, read = json.loads(done.stdout.splitlines()[-1])
    every = recipe.load("default")
    roots = {*code_hash.roots(every, "mnist"), *code_hash.roots(recipe.load("locator"), "mnist")}
    assert set(imported) - {"inkdigits.code_hash"} <= set(code_hash.modules(sorted(roots)))
    patterns = [*code_hash.files(recipe.load("locator")), *code_hash._LOCATOR]  # `default` takes nothing from pages
    known = {path.relative_to(code_hash.PACKAGE).as_posix() for one in patterns for path in code_hash.PACKAGE.glob(one)}
    assert {path for path in read if not path.startswith(("datasets/mnist_files/", "recipes/"))} <= known
    assert "synthetic/font_outlines/outlines.xz" in read and "locating/model/model.onnx" in read
