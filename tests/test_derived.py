"""Models of models are made from Python, without a command; what each is stands in its config."""

import json

import pytest

import inkdigits
from inkdigits import derived, network, parts
from inkdigits.errors import InputError


def test_an_ensemble_of_networks_in_8_bits(tmp_path, digits):
    small = {name: derived.quantise(name, tmp_path / name) for name in ("classic", "light")}
    for name, made in small.items():
        config = json.loads((tmp_path / name / "config.json").read_text())
        assert made.folder == tmp_path / name and made.bytes < made.bytes_before / 2 and not made.has_learned
        assert config["quantised"]["validation"] == {
            "digits": made.digits, "labels_agree": made.agree, "accuracy": made.right / made.digits,
            "accuracy_before": made.right_before / made.digits,
        }  # fmt: skip
        assert made.agree > 0.99 * made.digits
    both = derived.ensemble([made.folder for made in small.values()], tmp_path / "both")
    answers = inkdigits.classify_glyphs(digits.images, model=tmp_path / "both").argmax(axis=1)
    assert (answers == digits.labels).mean() > 0.98 and both.right > 0.98 * both.digits
    assert [name for name, _ in both.members] == ["classic", "light"]
    config = network.load(tmp_path / "both").config
    assert [member["quantised"] for member in config["members"]] == ["weights", "weights"]
    assert [member["code_sha256"] for member in config["members"]] == [["unknown"], ["unknown"]]  # trained long ago
    assert "code_sha256" not in config and config["answering"]["fitted_on"] == both.digits
    training, validation = parts.halves([network.load("classic")])
    assert both.digits == len(validation) and len(training) + len(validation) == 60_000


def test_what_cannot_be_made(tmp_path):
    for models, problem in ((["classic"], "has one member"), (["classic", "classic"], "has a member twice")):
        with pytest.raises(InputError, match=problem):
            derived.ensemble(models, tmp_path / "x")
    with pytest.raises(InputError, match="is in 8 bits already"):
        derived.quantise("default", tmp_path / "x")
    assert not (tmp_path / "x").exists()
