"""Do the lowest versions work that pyproject.toml allows? Installs them into an environment of their own, and runs the tests.

Usage: python scripts/check_minimum.py [TEST…]    writes benchmarks/results/minimum.json; without TEST, every test is run

It takes half an hour and two gigabytes. The environment is made anew each time, by uv, which knows the lowest version of what
we ask for ourselves, and the usual ones of what those ask for.
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

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "minimum.json"


def ours() -> list[str]:
    """Return the names of everything that is asked for by the package, and by its extras that the tests use."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    extras = project["optional-dependencies"]
    lines = [*project["dependencies"], *(line for extra in ("train", "serve", "heic", "dev") for line in extras[extra])]
    names = (re.match(r"[\w-]+", line) for line in lines)
    return sorted({found[0].lower() for found in names if found and found[0] != "inkdigits"})


def main(tests: list[str]) -> None:
    environment = {key: value for key, value in os.environ.items() if key != "PYTHONPATH"}
    with tempfile.TemporaryDirectory() as place:
        own = Path(place) / ("Scripts" if os.name == "nt" else "bin") / "python"

        def run(*command: str | Path) -> None:
            subprocess.run([str(word) for word in command], cwd=ROOT, env=environment, check=True)

        run(sys.executable, "-m", "venv", place)
        run(own, "-m", "pip", "install", "--quiet", "uv")
        run(own, "-m", "uv", "pip", "install", "--quiet", "--python", own, "--resolution", "lowest-direct", ".[dev]")
        listed = subprocess.run(
            [own, "-m", "pip", "list", "--format", "json"], capture_output=True, text=True, check=True
        )
        versions = {one["name"].lower(): one["version"] for one in json.loads(listed.stdout)}
        done = subprocess.run(
            [own, "-m", "pytest", "-q", "-p", "no:cacheprovider", *tests],
            cwd=ROOT, env=environment, stdout=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    print(done.stdout)
    failed = re.findall(r"^(?:FAILED|ERROR) (\S+)", done.stdout, re.M)
    document = {
        "command": " ".join(["python scripts/check_minimum.py", *tests]),
        "date": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "python": platform.python_version(),
        "system": f"{platform.system()}, {platform.machine()}",
        "versions": {name: versions[name] for name in ours() if name in versions},
        "tests": done.stdout.strip().splitlines()[-1].strip("= ").partition(" in ")[0],
        "failed": failed,
    }
    RESULT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    sys.exit(done.returncode)


if __name__ == "__main__":
    main(sys.argv[1:])
