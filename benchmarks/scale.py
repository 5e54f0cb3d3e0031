"""How fast pictures are read from files, archives and Parquet by one process, two, and Ray; and what deaths and bad files cost.

Pictures are made by `synthetic`: crops of 64×64, one digit each, and pages of 1 megapixel, one for every fifty crops; 1 % of the crops
are damaged, 10 are decompression bombs, and 3 crash whatever decodes them: the processes that decode load, by PYTHONPATH, a
decoder that ends by a fault of memory where it meets these bytes, as one in C would. Everything is below a folder, WORK, in which a
stopped run goes on: finished parts are in WORK/figures.json. Machines of the cluster are two nodes of Ray's on this one, a core each.

Usage: python benchmarks/scale.py [--pictures N] [--work FOLDER] [--only PART …]
Parts: rates, deaths, memory, faults, store. Writes benchmarks/results/scale.json when all are done with 100,000 pictures.
Needs: pip install ".[scale]" "moto[server]"
"""

from __future__ import annotations

import argparse
import io
import json
import logging
import os
import shutil
import signal
import subprocess
import sys
import tarfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow
from PIL import Image
from pyarrow import dataset, parquet

from inkdigits.datasets import mnist
from inkdigits.synthetic import scenes
from machine import write_results

WHOLE, PAGES_OF, BOMBS, CRASHING = 100_000, 50, 10, 3
EACH = {"crops": 1000, "pages": 20}  # of an archive: each is at most one part of the table
CRASH = b"\x89PNG\r\n\x1a\n crash"
HOOK = f"""
import ctypes
from PIL import Image
_open = Image.open
def _crash(file, *arguments, **options):
    if hasattr(file, "seek"):
        start = file.read({len(CRASH)})
        file.seek(0)
        if start == {CRASH!r}:
            ctypes.string_at(0)
    return _open(file, *arguments, **options)
Image.open = _crash
"""


def crop(index: int) -> bytes:
    """Return a digit as a picture file of 64×64."""
    digits, random = mnist.train().images, np.random.default_rng(index)
    picture = Image.fromarray(scenes.picture(digits[index % len(digits)], random)[0]).convert("L").resize((64, 64))
    data = io.BytesIO()
    picture.save(data, "PNG")
    return data.getvalue()


def page(index: int) -> bytes:
    """Return a page of 1024×1024 with twelve digits on lines."""
    digits, random = mnist.train().images, np.random.default_rng(index)
    paper = np.full((1024, 1024), 235, np.uint8)
    for k in range(12):
        ink = np.asarray(Image.fromarray(digits[random.integers(len(digits))]).resize((56, 56)))
        top, left = 120 + 260 * (k // 4), 200 + 64 * (k % 4)
        paper[top : top + 56, left : left + 56] -= (ink * 0.8).astype(np.uint8)
    data = io.BytesIO()
    Image.fromarray(paper).save(data, "JPEG", quality=85)
    return data.getvalue()


def make(work: Path, count: int) -> None:
    """Write crops and pages as files, tar archives and Parquet, so many in each; what is there already is left."""
    if (work / "made").exists():
        return
    for kind, one, number in (("crops", crop, count), ("pages", page, max(count // PAGES_OF, 2))):
        each = EACH[kind]
        for first in range(0, number, each):
            few = {f"{i:07}.png": one(i) for i in range(first, min(first + each, number))}
            place = work / kind / "files" / f"{first // each:05}"
            place.mkdir(parents=True, exist_ok=True)
            for name, data in few.items():
                (place / name).write_bytes(data)
            for form in ("tar", "parquet"):
                (work / kind / form).mkdir(exist_ok=True)
            with tarfile.open(work / kind / "tar" / f"{first // each:05}.tar", "w") as archive:
                for name, data in few.items():
                    member = tarfile.TarInfo(name)
                    member.size = len(data)
                    archive.addfile(member, io.BytesIO(data))
            parquet.write_table(
                pyarrow.table({"bytes": list(few.values())}), work / kind / "parquet" / f"{first // each:05}.parquet"
            )
    (work / "made").touch()


def command(kind: str, source: object, out: object, *more: str) -> list[str]:
    return [
        sys.executable,
        "-m",
        "inkdigits",
        "classify" if kind == "crops" else "read",
        str(source),
        "--out",
        f"{out}/",
        *more,
    ]


def rows(out: Path) -> list[dict[str, Any]]:
    """Return text and error of each picture by its id, in order. Stops if one is there twice."""
    table = dataset.dataset(out, format="parquet").to_table(columns=["id", "path", "text", "error"]).sort_by("id")
    if len(set(table["id"].to_pylist())) != table.num_rows:
        raise SystemExit(f"{out}: a picture is there twice")
    return table.to_pylist()


def rates(work: Path, count: int) -> dict[str, Any]:
    """Read all by one process, by two, and by Ray with two workers; wall time of the whole command, its start included."""
    figures: dict[str, Any] = {}
    for kind in ("crops", "pages"):
        for form in ("files", "tar", "parquet"):
            for who, more, cores in (
                ("one process", ("--jobs", "1"), 1),
                ("two processes", ("--jobs", "2"), 2),
                ("Ray", ("--ray", "local"), 2),
            ):
                out = work / "rates" / f"{kind}-{form}-{who.replace(' ', '-')}"
                shutil.rmtree(out, ignore_errors=True)
                started = time.perf_counter()
                subprocess.run(command(kind, work / kind / form, out, *more), check=True, stdout=subprocess.DEVNULL)
                seconds = time.perf_counter() - started
                there = len(rows(out))
                rate = {
                    "pictures": there,
                    "seconds": round(seconds, 1),
                    "a_second_and_core": round(there / seconds / cores, 1),
                }
                figures[f"{kind}, {form}, {who}"] = rate
                print(f"{kind} {form} {who}: {rate['a_second_and_core']} a second and core", flush=True)
    return figures


def parts(out: Path) -> int:
    return len(list(out.glob("part-*")))


def wait_for_parts(out: Path, count: int, process: subprocess.Popen[bytes]) -> None:
    while parts(out) < count:
        if process.poll() is not None:
            raise SystemExit("the run ended before it could be killed: give more pictures")
        time.sleep(0.02)


def deaths(work: Path, count: int) -> dict[str, Any]:
    """Kill one of two nodes, then the driver, go on, and compare with what one machine reads."""
    from ray.cluster_utils import Cluster

    source, out, own = work / "pages" / "tar", work / "deaths" / "ray", work / "deaths" / "one"
    for place in (out, own):
        shutil.rmtree(place, ignore_errors=True)
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    machines = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    victim = machines.add_node(num_cpus=1)
    ours = command("pages", source, out, "--ray", machines.address)
    process = subprocess.Popen(ours, stdout=subprocess.DEVNULL)
    every = len(list(source.iterdir()))
    wait_for_parts(out, max(every // 3, 1), process)
    machines.remove_node(victim, allow_graceful=False)
    at_node = parts(out)
    wait_for_parts(out, max(2 * every // 3, 1), process)
    process.send_signal(signal.SIGKILL)
    process.wait()
    before = {path.name: path.stat().st_mtime_ns for path in out.glob("part-*")}
    subprocess.run(ours, check=True, stdout=subprocess.DEVNULL)
    machines.shutdown()
    again = [name for name, stamp in before.items() if (out / name).stat().st_mtime_ns != stamp]
    subprocess.run(command("pages", source, own, "--jobs", "2"), check=True, stdout=subprocess.DEVNULL)
    if rows(out) != rows(own):
        raise SystemExit("the cluster's results are not those of one machine")
    return {
        "parts": every,
        "at_the_nodes_death": at_node,
        "at_the_drivers_death": len(before),
        "written_again": len(again),
        "equal": True,
    }


def memory(work: Path, count: int) -> dict[str, Any]:
    """Read all crops in one process, and follow the resident memory of the process that decodes."""
    from inkdigits.distributed import reader

    own, sizes = reader.BatchReader("classify"), []
    paths = sorted(map(str, (work / "crops" / "files").rglob("*.png")))
    step = min(1000, max(count // 10, 1))
    for first in range(0, len(paths), step):
        own({"path": np.array(paths[first : first + step])})
        (pool,) = reader._pools.values()
        (worker,) = pool._running
        status = Path(f"/proc/{worker.process.pid}/status").read_text()
        sizes.append(
            next(int(line.split()[1]) * 1024 / 1e6 for line in status.splitlines() if line.startswith("VmRSS"))
        )
    reader.stop()
    return {
        "pictures": len(paths),
        "after_the_first": round(sizes[0], 1),
        "at_the_end": round(sizes[-1], 1),
        "most_growth_mb": round(max(sizes) - sizes[0], 1),
    }


def faults(work: Path, count: int) -> dict[str, Any]:
    """Read crops of which 1 % are damaged, 10 are bombs and 3 crash the process: all others must be there."""
    folder, out = work / "faults" / "files", work / "faults" / "out"
    shutil.rmtree(work / "faults", ignore_errors=True)
    shutil.copytree(work / "crops" / "files", folder)
    paths = sorted(folder.rglob("*.png"))
    bad = np.random.default_rng(3).choice(len(paths), max(len(paths) // 100, 1) + BOMBS + CRASHING, replace=False)
    bomb = io.BytesIO()
    Image.new("1", (60_000, 60_000)).save(bomb, "PNG")
    for place, index in enumerate(bad):
        data = paths[index].read_bytes()
        damaged = data[: len(data) // 3]
        paths[index].write_bytes(
            CRASH if place < CRASHING else bomb.getvalue() if place < CRASHING + BOMBS else damaged
        )
    (work / "faults" / "sitecustomize.py").write_text(HOOK)
    environment = {**os.environ, "PYTHONPATH": f"{work / 'faults'}{os.pathsep}{os.environ.get('PYTHONPATH', '')}"}
    subprocess.run(
        command("crops", folder, out, "--jobs", "2"), env=environment, check=False, stdout=subprocess.DEVNULL
    )
    said = {Path(row["path"]): row for row in rows(out)}
    wrong = {paths[index].absolute() for index in bad}
    lost = [path for path in paths if path.absolute() not in said]
    failed = {path for path, row in said.items() if row["error"] is not None}
    killed = sum("signal" in (said[paths[index].absolute()]["error"] or "") for index in bad[:CRASHING])
    if lost or not failed <= wrong or killed != CRASHING:
        raise SystemExit(f"{len(lost)} lost, {len(failed - wrong)} good ones failed, {killed} of {CRASHING} crashed")
    return {"pictures": len(paths), "bad": len(wrong), "told": len(failed), "crashed": killed, "good_ones_lost": 0}


def store(work: Path, count: int) -> dict[str, Any]:
    """Read tar archives from a server of S3 on this machine into it, by Ray, and compare with what lies on the disk."""
    import fsspec
    from moto.server import ThreadedMotoServer

    logging.getLogger("werkzeug").setLevel(logging.ERROR)  # a line a request
    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    os.environ |= {
        "AWS_ACCESS_KEY_ID": "k",
        "AWS_SECRET_ACCESS_KEY": "k",
        "AWS_DEFAULT_REGION": "us-east-1",
        "AWS_ENDPOINT_URL_S3": f"http://{host}:{port}",
    }
    files = fsspec.filesystem("s3")
    files.mkdir("bucket")
    files.put(f"{work / 'crops' / 'tar'}/", "s3://bucket/tar/", recursive=True)
    started = time.perf_counter()
    subprocess.run(
        command("crops", "s3://bucket/tar/", "s3://bucket/out", "--ray", "local"), check=True, stdout=subprocess.DEVNULL
    )
    seconds = time.perf_counter() - started
    own, out = work / "store" / "own", work / "store" / "out"
    shutil.rmtree(work / "store", ignore_errors=True)
    files.get("s3://bucket/out/", f"{out}/", recursive=True)
    server.stop()
    subprocess.run(command("crops", work / "crops" / "tar", own, "--jobs", "2"), check=True, stdout=subprocess.DEVNULL)

    def plain(place: Path) -> list[tuple[str, str]]:
        return sorted((row["path"].partition("::")[0], str(row["text"])) for row in rows(place))

    if plain(out) != plain(own):
        raise SystemExit("the store's results are others")
    return {"pictures": len(plain(out)), "seconds": round(seconds, 1), "equal": True}


PARTS: dict[str, Callable[[Path, int], dict[str, Any]]] = {
    "rates": rates,
    "deaths": deaths,
    "memory": memory,
    "faults": faults,
    "store": store,
}


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--pictures", type=int, default=WHOLE)
    parser.add_argument("--work", type=Path, default=Path("benchmarks/cache/scale"))
    parser.add_argument("--only", choices=list(PARTS), nargs="+", default=list(PARTS))
    given = parser.parse_args()
    work = given.work.absolute() / str(given.pictures)
    work.mkdir(parents=True, exist_ok=True)
    make(work, given.pictures)
    kept = work / "figures.json"
    figures = json.loads(kept.read_text()) if kept.exists() else {}
    for name in given.only:
        if name not in figures:
            figures[name] = PARTS[name](work, given.pictures)
            kept.write_text(json.dumps(figures, indent=1))
        print(name, json.dumps(figures[name]), flush=True)
    if given.pictures == WHOLE and figures.keys() == PARTS.keys():
        write_results("scale", figures)


if __name__ == "__main__":
    main()
