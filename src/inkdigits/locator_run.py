"""A run of the locator: training on pages, export with its proof, figures on validation pages, report; `run` calls it."""

from __future__ import annotations

import json
import time
from pathlib import Path
from typing import Any

import numpy as np

from inkdigits import provenance
from inkdigits.datasets import mnist
from inkdigits.datasets.load import Data
from inkdigits.evaluation import locator as evaluation
from inkdigits.evaluation.locator import Metrics
from inkdigits.files import write_text, written_aside
from inkdigits.locating.maps import inputs
from inkdigits.locating.network import using
from inkdigits.network import registry
from inkdigits.network.registry import load as load_network
from inkdigits.network.session import cores
from inkdigits.training import checkpoint, split
from inkdigits.training.locator import answering, export, fit, network, validation
from inkdigits.training.recipe import LocatorRecipe
from inkdigits.training.watcher import Watcher

_PROVED_ON = 16  # pages


def finish(
    folder: Path, config: dict[str, Any], recipe: LocatorRecipe, data: Data, watcher: Watcher
) -> tuple[Metrics, float]:
    """Train what a run folder's config says, from its checkpoint if there is one, and write everything into it.

    Returns the figures, and the seconds that training took in this session. Of the data only the training half is opened.
    """
    started = time.perf_counter()
    watcher.on_stage("loading the digits, and drawing validation pages")
    whole = mnist.check_without_test_digits(data.train())
    training, held_out = split.by_writer(whole, recipe.pages.held_out)
    unseen = validation.build(held_out, recipe.pages)
    mixed = unseen.mixed()
    processes = cores()
    watcher.on_stage(f"training, on pages that {processes} other process{'es' if processes > 1 else ''} draw")
    trained = fit.fit(
        recipe, config["seed"], training, mixed, folder / "checkpoint.npz", watcher.on_step, watcher.on_epoch, processes
    )
    seconds = time.perf_counter() - started
    checkpoint.write_history(folder / "history.csv", trained.history)

    watcher.on_stage("exporting, and proving that the export is the network")
    with written_aside(folder / "model.keras") as aside:
        trained.network.save(aside)
    export.save(trained.network, recipe.network, folder / "model.onnx")
    shown = np.stack([inputs(page.grey) for page in mixed[:_PROVED_ON]])
    config["proof"] = export.prove(trained.network, recipe.network, folder / "model.onnx", shown)
    size = network.size(recipe.network)
    config["parameters"], config["multiply_adds_a_megapixel"] = size.parameters, size.multiply_adds
    config["data_sha256"] = {"training": training.fingerprint(), "validation": held_out.fingerprint()}
    config["digits"] = {"training": len(training), "validation": len(held_out)}
    drawn = len(trained.history) * recipe.pages.steps * recipe.training.batch
    scenes = unseen.by_scene()
    config["pages"] = {"training": drawn, "validation": len(mixed), "each scene": recipe.pages.scene_pages}
    config["learned_sha256"] = trained.learned_sha256
    config["held_out"] = "by writer, font and form of digit"
    config["precision"], config["machine"] = trained.dtype_policy, provenance.processor()

    watcher.on_stage("fitting how far its answers can be trusted")
    with using(folder / "model.onnx"):
        config |= answering.fit(unseen.for_answers(), load_network(registry.DEFAULT))
    write_text(folder / "config.json", json.dumps(config, indent=1) + "\n")

    watcher.on_stage("reading validation pages")
    metrics, seen = evaluation.measure(evaluation.reader(folder / "model.onnx"), mixed, scenes)
    watcher.on_stage("drawing the report")
    title = f"Recipe “{recipe.name}”, seed {config['seed']}"
    table = provenance.of_drawn(config, recipe, trained, seconds)
    evaluation.write(folder, title, metrics, seen, table, trained.history)
    return metrics, seconds
