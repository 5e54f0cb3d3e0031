"""What every results file says beside its figures: the machine, the versions, the command."""

from __future__ import annotations

import datetime
import json
import os
import platform
import resource
import sys
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

RESULTS = Path(__file__).parent / "results"
TEST_OPENINGS = RESULTS / "test_openings.jsonl"  # where every benchmark writes that it opened MNIST's test set
_PACKAGES = (
    "inkdigits",
    "numpy",
    "opencv-python-headless",
    "onnxruntime",
    "keras",
    "tensorflow-cpu",
    "tensorflow",
    "rapidocr",
    "fastapi",
    "uvicorn",
    "uvloop",
    "h11",
    "ray",
)


def describe() -> dict[str, Any]:
    """Return processor, cores, Python and package versions."""
    versions = {}
    for package in _PACKAGES:
        try:
            versions[package] = version(package)
        except PackageNotFoundError:
            continue
    return {
        "processor": _processor(),
        "cores": len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count(),
        "python": platform.python_version(),
        "versions": versions,
    }


def write_results(name: str, figures: dict[str, Any]) -> None:
    """Write benchmarks/results/NAME.json, whole or not at all."""
    # Where a run folder or a data set lies is this machine's affair: its name is enough.
    arguments = [Path(word).name if Path(word).is_absolute() else word for word in sys.argv[1:]]
    command = " ".join(["python", f"benchmarks/{Path(sys.argv[0]).name}", *arguments])
    today = datetime.datetime.now(datetime.UTC).date().isoformat()
    document = {"command": command, "date": today, "machine": describe(), **figures}
    RESULTS.mkdir(exist_ok=True)
    aside = RESULTS / f".{name}.json"
    aside.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")
    aside.replace(RESULTS / f"{name}.json")


def keep_openings(log: Path, recipe_hash: str) -> None:
    """Add a log's lines of one recipe to the openings that are committed, each once."""
    if not log.exists():
        return
    kept = set(TEST_OPENINGS.read_text(encoding="utf-8").splitlines()) if TEST_OPENINGS.exists() else set()
    lines = log.read_text(encoding="utf-8").splitlines()
    with TEST_OPENINGS.open("a", encoding="utf-8") as file:
        file.writelines(
            f"{line}\n" for line in lines if line not in kept and json.loads(line).get("recipe_hash") == recipe_hash
        )


def dev_data() -> Path | None:
    """Return where the development sets are, real handwriting that is no part of the project, or None."""
    where = os.environ.get("INKDIGITS_DEV_DATA")
    return Path(where) if where else None


def needed_dev_data() -> Path:
    """Return where the development sets are; end the script with a word where they are not."""
    return dev_data() or sys.exit("INKDIGITS_DEV_DATA is not set: nothing to measure with.")


def peak_memory_mb() -> float:
    """Return the most memory that this process has held, in MB of 10⁶ bytes.

    Linux counts what the parent held before `exec` into getrusage's maximum, so the process's own high-water mark is read.
    """
    status = Path("/proc/self/status")
    if status.exists():
        return next(int(line.split()[1]) * 1024 / 1e6 for line in status.open() if line.startswith("VmHWM"))
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / 1e6 if sys.platform == "darwin" else peak * 1024 / 1e6


def _processor() -> str:
    try:
        lines = Path("/proc/cpuinfo").read_text(encoding="utf-8", errors="replace").splitlines()
    except OSError:
        return platform.processor() or platform.machine()
    names = [line.split(":", 1)[1].strip() for line in lines if line.startswith("model name")]
    flags = next((line for line in lines if line.startswith("flags")), "")
    extras = [f for f in ("avx512_bf16", "avx512f", "avx2") if f in flags]
    return f"{names[0] if names else platform.machine()} ({', '.join(extras[:1]) or 'no AVX2'})"


def read_results(name: str) -> dict[str, Any]:
    """Return what is in benchmarks/results/NAME.json, or nothing."""
    path = RESULTS / f"{name}.json"
    return json.loads(path.read_text(encoding="utf-8")) if path.exists() else {}
