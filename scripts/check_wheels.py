"""Is there a wheel of everything, on each platform and version of Python? Resolved for each by uv; nothing is installed.

Unlike `pip download --platform`, uv evaluates the conditions of dependencies ("sys_platform != 'win32'") for the platform that
is asked about, and not for the one it runs on. Sources and releases before a final one do not count.

Usage: python scripts/check_wheels.py    writes benchmarks/results/wheels.json; needs uv: pip install uv
"""

from __future__ import annotations

import datetime
import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
RESULT = ROOT / "benchmarks" / "results" / "wheels.json"
PLATFORMS = {
    "Linux, x86-64": "x86_64-manylinux_2_28",
    "Linux, Arm": "aarch64-manylinux_2_28",
    "macOS 14, Apple silicon": "aarch64-apple-darwin",
    "macOS 14, Intel": "x86_64-apple-darwin",
    "Windows, x86-64": "x86_64-pc-windows-msvc",
}
PYTHONS = "3.11", "3.12", "3.13", "3.14"
PARTS = {"read and serve": ["serve", "heic"], "train": ["train"]}
SHOWN = "numpy", "onnxruntime", "opencv-python-headless", "tensorflow", "tensorflow-cpu"


def resolve(uv: str, platform: str, python: str, extras: list[str]) -> dict[str, Any]:
    """Return whether there are wheels of everything, with the versions of the largest, or what is missing."""
    command = [uv, "pip", "compile", "--quiet", "--no-config", "--no-header", "--no-annotate", "--prerelease", "disallow",
               "--only-binary", ":all:", "--python-platform", platform, "--python-version", python, "pyproject.toml"]  # fmt: skip
    command += [word for extra in extras for word in ("--extra", extra)]
    environment = {**os.environ, "MACOSX_DEPLOYMENT_TARGET": "14.0"}  # uv asks for macOS 13 otherwise
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True, check=False)
    if done.returncode:
        return {"wheels": False, "missing": missing(done.stderr)}
    pairs = [line.split("==") for line in done.stdout.splitlines() if "==" in line]
    versions = {name: version for name, version in pairs if name in SHOWN}
    if "train" in extras and not {"tensorflow", "tensorflow-cpu"} & set(versions):
        return {"wheels": False, "missing": "TensorFlow has no release, and is left out"}
    return {"wheels": True, "versions": versions}


def missing(said: str) -> str:
    """Return the requirement that the resolver could not meet: the first of ours that it names."""
    text = " ".join(said.split())
    project = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    ours = sorted(set(re.findall(r'^ +"([a-z0-9-]+)(?:\[.*?\])?[><=]', project, re.M)))
    return next((f"{name} has no wheel" for name in ours if re.search(rf"\b{name}[><= {{]", text)), text[:200])


def main() -> None:
    uv = shutil.which("uv") or sys.exit("uv is not installed: pip install uv")
    found: dict[str, Any] = {}
    for name, platform in PLATFORMS.items():
        for python in PYTHONS:
            row = {part: resolve(uv, platform, python, extras) for part, extras in PARTS.items()}
            found.setdefault(name, {})[python] = row
            print(
                f"{name}, Python {python}: "
                + ", ".join(f"{k} {'yes' if v['wheels'] else v['missing']}" for k, v in row.items())
            )
    version = subprocess.run([uv, "--version"], capture_output=True, text=True, check=True).stdout.split()[1]
    date = datetime.datetime.now(datetime.UTC).date().isoformat()
    document = {"command": "python scripts/check_wheels.py", "date": date, "uv": version, "platforms": found}
    RESULT.write_text(json.dumps(document, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
