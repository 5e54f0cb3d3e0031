"""The cards of shipped networks say which code made them; of runs from before that was written down, that it is unknown."""

import importlib
import json
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PLACES = {"ship_locator": "locating/model", "ship_numbers": "recognising/number_model"}


@pytest.mark.parametrize("script", PLACES)
def test_a_run_from_before_code_was_written_down_can_be_shipped(script, monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    ship = importlib.import_module(script)
    place = ROOT / "src" / "inkdigits" / PLACES[script]
    config = json.loads((place / "config.json").read_text(encoding="utf-8"))
    size = (place / "model.onnx").stat().st_size
    for code, words in ((None, "unknown code"), (["ab" * 32], f"SHA-256 {'ab' * 8}…")):
        said = {key: value for key, value in config.items() if key != "code_sha256"}
        said |= {"code_sha256": code} if code else {}
        hours = [config["training_hours"]] if script == "ship_locator" else []
        card = ship.card(said, config["validation"], *hours, size)
        assert f"| Code | {words} |\n" in card
