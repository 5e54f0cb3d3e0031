"""Claim: a series on a cluster of two machines, one of which is killed in the middle, loses nothing and gives the same figures.

The machines are two nodes of Ray's on this one, a core each. Four seeds of a small recipe are trained here first, without Ray, and
then on the cluster; once both nodes are in the middle of a seed, one node is killed (SIGKILL). Every seed must be finished, in one
run folder, with the history and the test answers of the series without Ray.

Usage: python benchmarks/ray_cluster.py    writes benchmarks/results/ray_cluster.json; needs: pip install ".[ray]"
"""

from __future__ import annotations

import csv
import fcntl
import json
import os
import sys
import tempfile
import threading
import time
from pathlib import Path
from typing import Any

import numpy as np
from ray.cluster_utils import Cluster

from inkdigits import cluster, run, series
from inkdigits.datasets import load, mnist
from inkdigits.distributed import connection
from inkdigits.training import recipe
from machine import write_results

SEEDS, DIGITS, EPOCHS = 4, 1200, 10
RECIPE = f'[network]\narchitecture = "classic"\n[training]\nepochs = {EPOCHS}\nbatch = 50\nlearning_rate = 0.002\n'


def main(place: Path) -> None:
    rows = np.arange(0, 60_000, 60_000 // DIGITS)
    np.savez(place / "digits.npz", x=mnist.train().images[rows], y=mnist.train().labels[rows])
    (place / "small.toml").write_text(RECIPE, encoding="utf-8")
    chosen, data = recipe.load(place / "small.toml"), str(place / "digits.npz")

    alone = place / "alone"
    for seed in range(SEEDS):
        series.train_seed(chosen, seed, data, load.find(data), alone, "x", run.Watcher())
        print(f"without Ray: seed {seed}", flush=True)

    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"  # Ray's own processes report to its makers otherwise
    machines = Cluster(initialize_head=True, head_node_args={"num_cpus": 1, "include_dashboard": False})
    victim = machines.add_node(num_cpus=1)
    spread = place / "spread"
    lost: dict[str, int] = {}
    killer = threading.Thread(target=kill_in_the_middle, args=(machines, victim, spread, lost), daemon=True)
    started = time.perf_counter()
    with connection.connected(machines.address, "this benchmark", "ray"):
        machines.wait_for_nodes()
        killer.start()
        for outcome in cluster.train_seeds(chosen, list(range(SEEDS)), data, spread, lambda _seed: "x"):
            print(f"with Ray: seed {outcome.seed} {outcome.error or 'done'}", flush=True)
    seconds = time.perf_counter() - started
    machines.shutdown()

    folders = run.finished(chosen, data, alone), run.finished(chosen, data, spread)
    figures = {
        "nodes": 2,
        "seeds": SEEDS,
        "digits": DIGITS,
        "epochs": EPOCHS,
        "killed_at_seed": lost.get("seed"),
        "after_epochs": lost.get("epochs"),
        "finished": len(folders[1]),
        "run_folders": len(list(spread.glob("small-*"))),
        "seconds": round(seconds, 1),
        "largest_difference": max(difference(folders[0][seed], folders[1][seed]) for seed in range(SEEDS)),
        "same_test_answers": all(confusion(folders[0][s]) == confusion(folders[1][s]) for s in range(SEEDS)),
    }
    print(json.dumps(figures, indent=1))
    if not lost or figures["finished"] != SEEDS or figures["run_folders"] != SEEDS or not figures["same_test_answers"]:
        sys.exit("the claim does not hold")
    write_results("ray_cluster", figures)


def kill_in_the_middle(machines: Cluster, victim: Any, out: Path, lost: dict[str, int]) -> None:
    """Kill a node once two seeds have done a third of their epochs, and tell whose it was: the one whose lock is free."""
    under_way: list[Path] = []
    while len(under_way) < 2:
        time.sleep(0.05)
        under_way = [path for path in out.glob("small-*/checkpoint.npz") if epochs_in(path) >= EPOCHS // 3]
    machines.remove_node(victim, allow_graceful=False)
    print("one node is killed", flush=True)
    while not lost:
        for checkpoint in under_way:
            lock = checkpoint.with_name(".lock")
            if lock.exists() and is_free(lock):
                seed = json.loads((checkpoint.parent / "config.json").read_text(encoding="utf-8"))["seed"]
                lost.update(seed=seed, epochs=epochs_in(checkpoint))
        time.sleep(0.2)


def is_free(lock: Path) -> bool:
    with lock.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return False
        return True


def epochs_in(checkpoint: Path) -> int:
    with np.load(checkpoint) as stored:
        return len(json.loads(stored["about"].tobytes())["history"])


def difference(one: Path, other: Path) -> float:
    """Return by how much the figures of two runs' epochs differ at most, their seconds aside."""
    tables = []
    for folder in (one, other):
        with (folder / "history.csv").open(encoding="utf-8", newline="") as file:
            tables.append([[float(v) for k, v in row.items() if k != "seconds"] for row in csv.DictReader(file)])
    return float(np.abs(np.array(tables[0]) - np.array(tables[1])).max())


def confusion(folder: Path) -> Any:
    return json.loads((folder / "metrics.json").read_text(encoding="utf-8"))["confusion"]


if __name__ == "__main__":
    with tempfile.TemporaryDirectory() as folder:
        main(Path(folder))
