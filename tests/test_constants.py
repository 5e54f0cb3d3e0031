"""scripts/count_constants.py counts what it says, and its exceptions are those of the code as it is."""

import subprocess
import sys
from pathlib import Path

import pytest

SCRIPT = Path(__file__).parent.parent / "scripts" / "count_constants.py"
CODE = '''"""A docstring with 7 and 0.5."""
FEW = 0, 1, 2, 255, -1, True, "7"  # 8 in a comment
_LEAST = 0.3
def f(x: float = -2) -> float:
    """At most 9."""
    return x[:, 3] * 4.0 + 1e-3 if x > 255.0 else f"{x:.2f}"
'''


def count(*arguments):
    done = subprocess.run([sys.executable, SCRIPT, *map(str, arguments)], capture_output=True, text=True, check=False)
    return done.returncode, done.stdout, done.stderr


@pytest.fixture
def script(monkeypatch):
    monkeypatch.syspath_prepend(SCRIPT.parent)
    import count_constants

    return count_constants


@pytest.fixture
def package(tmp_path):
    """0.3, -2, 4.0 and 0.001 in code, 0.7 and 30 in configuration; 5 in what is counted separately."""
    for name in ("locating", "recognising", "image", "reading"):
        (tmp_path / name).mkdir()
    (tmp_path / "locating" / "a.py").write_text(CODE)
    (tmp_path / "recognising" / "thresholds.toml").write_text("least = 0.7\nmost = [1, 30]\non = true\n")
    (tmp_path / "image" / "b.py").write_text("x = 5\n")
    for name in ("reader", "options", "geometry", "unrelated"):
        (tmp_path / f"{name}.py").write_text("y = 9 if __name__ == '' else 8\n" if name == "unrelated" else "")
    return tmp_path


def test_what_counts(script, package, capsys):
    box = script.Except("locating/*", ", 3]", (3,), "position in a box")
    assert script.main(["--source", str(package)], [box]) == 0
    said = capsys.readouterr().out
    assert "     4  locating/a.py\n" in said and "     2  recognising/thresholds.toml\n" in said
    assert "6 tuned constants in locating, recognising, reader, options, geometry\n1 in image and reading" in said
    assert "     1  locating/*, , 3]: position in a box" in said


def test_an_exception_that_matches_nothing_is_an_error(script, package, capsys):
    gone = script.Except("locating/a.py", "is gone", (), "no reason")
    assert script.main(["--source", str(package)], [gone]) == 1
    assert capsys.readouterr().err == "exception matches nothing: locating/a.py, is gone\n"


@pytest.mark.parametrize(("most", "code"), [(7, 0), (6, 1)])
def test_more_than_allowed(script, package, most, code):
    assert script.main(["--source", str(package), "--check", str(most)], []) == code  # without exceptions, 3 counts


def test_the_exceptions_are_those_of_the_code():
    code, said, errors = count()
    assert code == 0 and errors == ""
    assert "the locator's training writes it" in said
