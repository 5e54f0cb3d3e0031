"""Claim: reading needs no framework. Installs the package without extras into a new environment and measures it.

At most 380 MB installed; `import inkdigits` at most 0.1 s; `inkdigits classify one.png` at most 0.6 s from start to answer.

Usage: python benchmarks/base_install.py    writes benchmarks/results/base_install.json
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
import venv
from pathlib import Path

from PIL import Image

from machine import write_results

ROOT = Path(__file__).parent.parent
FORBIDDEN = {"tensorflow", "tensorflow-cpu", "keras", "torch", "scipy", "matplotlib", "pandas", "scikit-learn"}


def timed(command: list[str], repeat: int = 11) -> float:
    """Return the median seconds of a whole command, after one run that warms the disk's cache."""
    times = []
    for _ in range(repeat + 1):
        started = time.perf_counter()
        subprocess.run(command, check=True, capture_output=True)
        times.append(time.perf_counter() - started)
    return statistics.median(times[1:])


def megabytes(folder: Path) -> float:
    """Return the size of the files below a folder, in MB of 10⁶ bytes."""
    return sum(p.stat().st_size for p in folder.rglob("*") if p.is_file() and not p.is_symlink()) / 1e6


def main() -> None:
    with tempfile.TemporaryDirectory() as place:
        environment = Path(place) / "venv"
        venv.create(environment, with_pip=True)
        python = str(environment / "bin" / "python")
        packages = Path(
            subprocess.run([python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))"],
                           check=True, capture_output=True, text=True).stdout.strip()
        )  # fmt: skip
        before = megabytes(packages)
        subprocess.run([python, "-m", "pip", "install", "--quiet", str(ROOT)], check=True)
        size = megabytes(packages) - before
        names = subprocess.run(
            [python, "-m", "pip", "list", "--format=freeze"], check=True, capture_output=True, text=True
        )
        installed = sorted(line.split("==")[0].lower() for line in names.stdout.splitlines())
        assert not FORBIDDEN & set(installed), FORBIDDEN & set(installed)
        picture = Path(place) / "one.png"
        Image.open(ROOT / "src" / "inkdigits" / "samples" / "0-blue-pen.jpg").save(picture)
        bare = timed([python, "-c", "pass"])
        figures = {
            "installed_mb": size,
            "of_which_inkdigits_mb": megabytes(packages / "inkdigits"),
            "packages": [name for name in installed if name not in ("pip", "setuptools")],
            "python_starts_s": bare,
            "import_s": timed([python, "-c", "import inkdigits"]) - bare,
            "classify_command_s": timed([str(environment / "bin" / "inkdigits"), "classify", str(picture)]),
        }
    write_results("base_install", figures)
    print({k: v for k, v in figures.items() if k != "packages"}, file=sys.stderr)


if __name__ == "__main__":
    main()
