"""`make demo` takes the first Python that TensorFlow has a release for, or says in a line which ones those are."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
MAKE = shutil.which("make")
pytestmark = pytest.mark.skipif(MAKE is None or os.name == "nt", reason="no make")


@pytest.fixture
def make(tmp_path):
    """A function that runs make where there are these interpreters and nothing else: name → whether it can train."""

    def run(*words, **interpreters):
        shutil.copy(ROOT / "Makefile", tmp_path)
        shutil.copy(ROOT / "pyproject.toml", tmp_path)
        (tmp_path / "bin").mkdir()
        for name, trains in interpreters.items():
            path = tmp_path / "bin" / name.replace("_", ".")
            path.write_text(f"#!/bin/sh\nexit {int(not trains)}\n")
            path.chmod(0o755)
        return subprocess.run(
            [MAKE, *words],
            cwd=tmp_path,
            env={"PATH": str(tmp_path / "bin")},
            capture_output=True,
            text=True,
            check=False,
        )

    return run


def test_the_first_python_that_trains_is_taken(make):
    done = make("--dry-run", "demo", python3=False, python3_13=False, python3_12=True, python3_11=True)
    assert done.returncode == 0 and "python3.12 -m venv .venv" in done.stdout


def test_without_one_it_is_said_which_would_do(make, tmp_path):
    done = make("demo", python3=False)
    (line, *_) = done.stderr.splitlines()
    assert done.returncode != 0 and not (tmp_path / ".venv").exists()
    assert (
        line.startswith("Training needs Python 3.11, 3.12 or 3.13, and none was found") and "make demo PYTHON=" in line
    )


def test_one_that_is_named_and_does_not_train_is_said(make, tmp_path):
    done = make("test", "PYTHON=python3.14", python3=True, python3_14=False)
    assert done.returncode != 0 and not (tmp_path / ".venv").exists()
    assert "and python3.14 is none of them" in done.stderr and "make test PYTHON=" in done.stderr
