"""What the parts of docs/results.md share: the results files, percentages, and the line below a table."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
RESULTS = ROOT / "benchmarks" / "results"


def results(name: str) -> dict[str, Any]:
    return json.loads((RESULTS / f"{name}.json").read_text(encoding="utf-8"))


def percent(value: float, digits: int = 2) -> str:
    return f"{value * 100:.{digits}f} %"


def source(document: dict[str, Any]) -> str:
    """Return the line below a table: command, machine, versions, date."""
    machine = document["machine"]
    versions = ", ".join(f"{k} {v}" for k, v in machine["versions"].items() if k != "inkdigits")
    return (
        f"`{document['command']}`, {document['date']}: {machine['processor']}, {machine['cores']} cores, "
        f"Python {machine['python']}, {versions}.\n"
    )
