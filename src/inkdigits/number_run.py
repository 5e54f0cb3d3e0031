"""A run of the network that reads numbers: training, export with its proof, figures, fit of its answers; `run` calls it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

from inkdigits import provenance
from inkdigits.datasets import mnist
from inkdigits.datasets.load import Data
from inkdigits.evaluation import numbers as evaluation
from inkdigits.evaluation.numbers import Metrics
from inkdigits.files import write_text, written_aside
from inkdigits.network import registry
from inkdigits.network.session import cores
from inkdigits.recognising import number
from inkdigits.training import checkpoint, split
from inkdigits.training.numbers import answering, batches, export, fit, network, validation
from inkdigits.training.recipe import NumberRecipe
from inkdigits.training.watcher import Watcher

_PROVED_ON = 16  # strips


def finish(
    folder: Path, config: dict[str, Any], recipe: NumberRecipe, data: Data, watcher: Watcher
) -> tuple[Metrics, float]:
    """Train what a run folder's config says, from its checkpoint if there is one, and write everything into it.

    Returns the figures, and the seconds that training took in this session. Of the data only the training half is opened.
    """
    started = time.perf_counter()
    watcher.on_stage("loading the digits, and drawing validation strips")
    whole = mnist.check_without_test_digits(data.train())
    training, held_out = split.by_writer(whole, recipe.strips.held_out)
    unseen = validation.build(held_out, recipe.strips)
    scenes = unseen.by_scene()
    every = [strip for strips in scenes.values() for strip in strips]
    processes = cores()
    watcher.on_stage(f"training, on strips that {processes} other process{'es' if processes > 1 else ''} draw")
    trained = fit.fit(
        recipe, config["seed"], training, every, folder / "checkpoint.npz", watcher.on_step, watcher.on_epoch, processes
    )
    seconds = time.perf_counter() - started
    checkpoint.write_history(folder / "history.csv", trained.history)

    watcher.on_stage("exporting, and proving that the export is the network")
    with written_aside(folder / "model.keras") as aside:
        trained.network.save(aside)
    export.save(trained.network, recipe.network, folder / "model.onnx")
    shown = batches.stacked(every[:_PROVED_ON]).inputs.astype("float32")
    config["proof"] = export.prove(trained.network, recipe.network, folder / "model.onnx", shown)
    size = network.size(recipe.network)
    config["parameters"], config["multiply_adds"] = size.parameters, size.multiply_adds
    config["data_sha256"] = {"training": training.fingerprint(), "validation": held_out.fingerprint()}
    config["digits"] = {"training": len(training), "validation": len(held_out)}
    drawn = len(trained.history) * recipe.strips.steps * recipe.training.batch
    config["strips"] = {"training": drawn, "each scene": recipe.strips.scene_strips}
    config["learned_sha256"] = trained.learned_sha256
    config["held_out"] = "by writer, font and form of digit"
    config["precision"], config["machine"] = trained.dtype_policy, provenance.processor()

    watcher.on_stage("fitting how far its answers can be trusted")
    with number.using(folder / "model.onnx"):
        config |= answering.fit(unseen.for_answers(), unseen.for_lines(), registry.load(registry.DEFAULT))
        write_text(folder / "config.json", json.dumps(config, indent=1) + "\n")
        watcher.on_stage("reading validation strips")
        metrics, seen = evaluation.measure({name: [(s.grey, s.text) for s in part] for name, part in scenes.items()})
    watcher.on_stage("drawing the report")
    title = f"Recipe “{recipe.name}”, seed {config['seed']}"
    table = provenance.of_drawn(config, recipe, trained, seconds)
    evaluation.write(folder, title, metrics, seen, table, trained.history)
    return metrics, seconds
