"""Does reading work on these versions of Python? For each: a new environment, the package, its answers and the tests of reading.

Usage: python scripts/check_pythons.py PYTHON…    adds each version to benchmarks/results/pythons.json

PYTHON is an interpreter's name or path; the Python of an environment in which the package and pytest are installed is used as it
is. This script needs the standard library alone, so that it runs where nothing is installed.
"""

from __future__ import annotations

import datetime
import json
import os
import platform
import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "pythons.json"
TESTS = [
    "tests/test_reader.py", "tests/test_results.py", "tests/test_options.py", "tests/image/test_load.py",
    "tests/image/test_document.py", "tests/image/test_tiff.py", "tests/batch/test_inputs.py",
    "tests/workers/test_pool.py", "tests/recognising/test_decide.py",
]  # fmt: skip
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
PACKAGES = [re.split("[<>=~]", line)[0] for line in PROJECT["dependencies"]]
ASKED = "import importlib.util as u, platform as p; print(p.python_version(), all(map(u.find_spec, ('inkdigits', 'pytest'))))"


def run(*command: str | Path) -> subprocess.CompletedProcess[str]:
    """Return what a command says; it sees nothing of this checkout but the working folder."""
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    words = [str(word) for word in command]
    return subprocess.run(words, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)


def last_line(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[-1].strip("= ") if lines else f"exit code {done.returncode}"


def check(python: str, place: Path) -> tuple[str, dict[str, Any]]:
    """Return an interpreter's version and what was found. Ends the script if there is no such interpreter."""
    asked = run(python, "-c", ASKED)
    if asked.returncode:
        sys.exit(f"{python}: is no Python ({last_line(asked)})")
    version, is_installed = asked.stdout.split()
    own = Path(python)
    if is_installed == "False":
        made = run(python, "-m", "venv", place)
        own = place / ("Scripts" if os.name == "nt" else "bin") / "python"
        done = made if made.returncode else run(own, "-m", "pip", "install", "--quiet", ROOT, "pytest", "hypothesis")
        if done.returncode:
            return version, {"works": False, "error": last_line(done)}
    listed = json.loads(run(own, "-m", "pip", "list", "--format", "json").stdout)
    versions = {one["name"].lower(): one["version"] for one in listed}
    samples = sorted((ROOT / "src" / "inkdigits" / "samples").glob("*.jpg"))
    said = run(own, "-m", "inkdigits", "classify", "--json", *samples)
    answers = [json.loads(line)["label"] for line in said.stdout.splitlines()]
    tests = run(own, "-m", "pytest", "-q", "-p", "no:cacheprovider", "-o", "addopts=--strict-markers", *TESTS)
    summary = last_line(tests).partition(" in ")[0]
    return version, {
        "works": not tests.returncode and answers == list(range(10)),
        "samples": answers,
        "tests": summary,
        "system": f"{platform.system()}, {platform.machine()}",
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "packages": {name: versions[name] for name in PACKAGES if name in versions},
    }


def main(pythons: list[str]) -> None:
    for python in pythons:
        with tempfile.TemporaryDirectory() as place:
            version, found = check(python, Path(place) / "environment")
        before = json.loads(RESULT.read_text(encoding="utf-8"))["pythons"] if RESULT.exists() else {}
        numbers = sorted(
            {**before, version: found}.items(), key=lambda item: [int(part) for part in item[0].split(".")]
        )
        document = {"command": "python scripts/check_pythons.py PYTHON…", "tests": TESTS, "pythons": dict(numbers)}
        RESULT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
        print(
            f"Python {version}: {'works' if found['works'] else 'does not work'}; {found.get('error') or found['tests']}"
        )


if __name__ == "__main__":
    main(sys.argv[1:] or sys.exit(__doc__))
