"""A stack of forms that is read and reviewed while its processes are killed: is anything lost, or there twice?

Small sheets of two fields are written by the package's own strokes. `form read` is killed by SIGKILL when a third of the sheets
is in the record, and again at two thirds. Meanwhile `form review` serves what is there, and two reviewers at once decide every
field, sure ones as a random sample; the review is killed, too, in the middle of each third, and started again. A reviewer does as
the page does: a decision that was not answered is sent again under the same identifier. In the end:
  sheets     each source is in the record once, with both fields, and in the table once
  decisions  each one that was acknowledged is in the file once, there is none that nobody sent, no field has two that count, and
             the exported table holds what was decided
Times are not measured: the machine may be busy.

Usage: python benchmarks/forms_killed.py [--sheets 1000] [--jobs 1]    writes benchmarks/results/forms_killed.json
"""

from __future__ import annotations

import argparse
import csv
import http.client
import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import threading
import time
import urllib.error
import urllib.request
import uuid
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
from PIL import Image

from inkdigits.forms.form import Form
from machine import write_results

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.forms.filled import filled

TEMPLATE = """
name = "small"
title = "Small"
[[pages]]
size = [100, 70]
marks = true
[fields.a]
range = [0, 999]
boxes = { left = 10, top = 40, width = 24, height = 8, count = 3 }
[fields.b]
range = [0, 99]
number = { left = 60, top = 40, width = 24, height = 10 }
"""
KEYS = ("a", "b")
_PATIENCE = 600.0  # seconds without any progress, after which the run is given up


def make(folder: Path, sheets: int) -> None:
    """Write the template and the filled sheets."""
    template = folder / "small.toml"
    template.write_text(TEMPLATE, encoding="utf-8")
    form = Form.load(template)
    random = np.random.default_rng(19)
    scans = folder / "scans"
    scans.mkdir()
    for n in range(sheets):
        values = {"a": str(random.integers(100, 1000)), "b": str(random.integers(10, 100))}
        Image.fromarray(filled(form, values, seed=10 * n)).save(scans / f"sheet{n:04}.png")


def wait_until(is_so: Callable[[], bool], what: str, seconds: float = _PATIENCE) -> None:
    """Wait for something to be so. Raises TimeoutError."""
    end = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > end:
            raise TimeoutError(f"{what} did not come in {seconds:.0f} s")
        time.sleep(0.02)


def lines_of(path: Path) -> list[dict[str, Any]]:
    """Return the whole lines of a file of JSON lines."""
    if not path.exists():
        return []
    return [json.loads(line) for line in path.read_bytes().splitlines(keepends=True) if line.endswith(b"\n")]


def command(*words: object) -> subprocess.Popen[str]:
    """Start `inkdigits form …`."""
    full = [sys.executable, "-m", "inkdigits", "form", *map(str, words)]
    return subprocess.Popen(full, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True)


def kill(process: subprocess.Popen[str]) -> None:
    """Kill a process, as the system does when memory is out: nothing of it can run any more."""
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    assert process.stdout is not None
    process.stdout.close()


class Server:
    """`form review` of a batch, which may be killed and started again; reviewers ask for its address each time."""

    def __init__(self, batch: Path) -> None:
        self._batch = batch
        self._process: subprocess.Popen[str] | None = None
        self.address = ""
        self.kills = 0

    def start(self) -> None:
        """Start it, and wait until it answers."""
        self._process = command("review", self._batch, "--port", 0)
        assert self._process.stdout is not None
        found = re.search(r"http\S+", self._process.stdout.readline())
        if found is None:
            raise RuntimeError("form review does not start")
        self.address = found[0].rstrip("/")

    def kill(self) -> None:
        """Kill it, if it runs."""
        if self._process is not None:
            kill(self._process)
            self._process = None
            self.kills += 1


class Reviewer(threading.Thread):
    """Decides one field after the other, until it is told to stop; sends again what was not answered."""

    def __init__(self, name: str, server: Server) -> None:
        super().__init__(name=name, daemon=True)
        self._server = server
        self._session = f"{name}-{uuid.uuid4().hex}"
        self.sent: dict[str, tuple[str, str, str]] = {}  # by identifier: source, key and value
        self.acknowledged: set[str] = set()
        self.second = 0  # decisions of fields that the other one had decided
        self.again = 0  # requests that were sent again
        self.is_idle = False
        self.stopping = threading.Event()

    def run(self) -> None:
        """Review."""
        while not self.stopping.is_set():
            items = [one for which in ("doubtful", "sample") for one in self._next(which)]
            self.is_idle = not items
            if not items:
                time.sleep(0.05)
            for item in items:
                self._decide(item)

    def _next(self, which: str) -> list[dict[str, Any]]:
        said = self._ask("next", {"session": self._session, "which": which, "most": 100_000})
        return [] if said is None else [{**item, "sampled": which == "sample"} for item in said["items"]]

    def _decide(self, item: dict[str, Any]) -> None:
        id_ = uuid.uuid4().hex
        value = item["text"] or "7"
        self.sent[id_] = item["source"], item["key"], value
        body = {"id": id_, "item": item["id"], "action": "value", "value": value, "by": self.name}
        if self._ask("decide", {**body, "sampled": item["sampled"]}) is not None:
            self.acknowledged.add(id_)

    def _ask(self, what: str, body: dict[str, Any]) -> dict[str, Any] | None:
        """Ask until there is an answer; None for a decision that comes second, or when all is over."""
        data = json.dumps(body).encode()
        while not self.stopping.is_set():
            try:
                asked = urllib.request.Request(f"{self._server.address}/review/{what}", data)
                with urllib.request.urlopen(asked, timeout=60) as answer:
                    return dict(json.load(answer))
            except urllib.error.HTTPError as error:
                if error.code != 409:
                    raise
                self.second += 1
                return None
            except (OSError, ValueError, http.client.HTTPException):  # killed, and not there again yet
                self.again += 1
                time.sleep(0.05)
        return None


def run(folder: Path, sheets: int, jobs: int = 1) -> dict[str, Any]:
    """Read and review a stack in a folder, with kills, and return what was found in the end. Raises TimeoutError."""
    make(folder, sheets)
    batch = folder / "batch"
    record, decisions = batch / "record.jsonl", batch / "decisions.jsonl"
    server = Server(batch)
    reviewers = [Reviewer(name, server) for name in ("Kim", "Lee")]
    read_kills = []
    try:
        for part in (1, 2, 3):
            reading = command("read", folder / "small.toml", folder / "scans", "--out", batch, "--jobs", jobs)
            goal = sheets * part // 3 if part < 3 else sheets
            before = len(lines_of(record))
            wait_until(lambda g=goal, p=reading: len(lines_of(record)) >= g or p.poll() is not None, "a third", _PATIENCE * 20)  # type: ignore[misc]  # fmt: skip
            if part < 3:
                assert reading.poll() is None, "the reading ended before it could be killed"
                kill(reading)
                read_kills.append(len(lines_of(record)))
            else:
                reading.communicate()
            assert len(lines_of(record)) > before
            # The reviewers go on with what is there, and their server is killed in the midst of it.
            server.kill()
            server.start()
            if part == 1:
                for one in reviewers:
                    one.start()
            decided = len(lines_of(decisions))
            there = sum(len(one.get("cells", ())) for one in lines_of(record))
            half = decided + (there - decided) // 2
            if part < 3:
                wait_until(lambda h=half: len(lines_of(decisions)) >= h, "half of the decisions")  # type: ignore[misc]
                server.kill()
                server.start()
        whole = len(KEYS) * sheets
        wait_until(lambda: len(lines_of(decisions)) >= whole and all(one.is_idle for one in reviewers), "the rest")
    finally:
        for one in reviewers:
            one.stopping.set()
        for one in reviewers:
            if one.is_alive():
                one.join(60)
        server.kill()
    return {"sheets": sheets, "reading_killed_at_sheets": read_kills, **found(folder, reviewers, server)}


def found(folder: Path, reviewers: list[Reviewer], server: Server) -> dict[str, Any]:
    """Return what is in the record, in the decisions and in the exported table, and what should be."""
    batch = folder / "batch"
    sources = Counter(Path(one["source"]).name for one in lines_of(batch / "record.jsonl"))
    scans = {path.name for path in (folder / "scans").iterdir()}
    cells = Counter(
        (Path(s["source"]).name, c["key"]) for s in lines_of(batch / "record.jsonl") for c in s.get("cells", ())
    )
    kept = lines_of(batch / "decisions.jsonl")
    ids = Counter(one["id"] for one in kept)
    places = Counter((one["sheet"], one["key"]) for one in kept)
    sent = {id_: what for one in reviewers for id_, what in one.sent.items()}
    acknowledged = {id_ for one in reviewers for id_ in one.acknowledged}
    out = folder / "final.csv"
    subprocess.run(
        [sys.executable, "-m", "inkdigits", "form", "export", str(batch), "--out", str(out)],
        check=True,
        capture_output=True,
    )
    with out.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    said = {(source, key): value for id_ in ids for source, key, value in [sent.get(id_, ("", "", ""))]}
    by_file = {Path(row["source"]).name: row for row in rows}
    differ = [
        place
        for place, value in said.items()
        if place[0] not in by_file or int(by_file[place[0]][place[1]]) != int(value)
    ]
    return {
        "review_killed": server.kills - 1,  # the last one when all was done
        "sheets_lost": len(scans - set(sources)),
        "sheets_twice": sum(n > 1 for n in sources.values()) + sum(n > 1 for n in cells.values()),
        "sheets_not_aligned": len(scans) - len({source for source, _ in cells}),
        "rows_of_the_table": len(rows),
        "fields": len(cells),
        "decisions": len(kept),
        "decisions_lost": len(acknowledged - set(ids)),
        "decisions_twice": sum(n > 1 for n in ids.values()) + sum(n > 1 for n in places.values()),
        "decisions_that_nobody_sent": len(set(ids) - set(sent)),
        "fields_not_as_decided": len(differ),
        "by_reviewer": {one.name: len(one.acknowledged) for one in reviewers},
        "told_to_be_second": sum(one.second for one in reviewers),
        "sent_again": sum(one.again for one in reviewers),
    }


def main() -> None:
    """Run it, and write down what was found."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--sheets", type=int, default=1000)
    parser.add_argument("--jobs", type=int, default=1)
    asked = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        figures = run(Path(folder), asked.sheets, asked.jobs)
    print(json.dumps(figures, indent=1))
    write_results("forms_killed", figures)


if __name__ == "__main__":
    main()
