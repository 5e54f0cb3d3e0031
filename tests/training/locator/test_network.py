"""The network reads pages of any size, and is what its ONNX file is."""

import numpy as np
import onnxruntime
import pytest

from inkdigits.locating.maps import inputs
from inkdigits.training import recipe
from inkdigits.training.locator import export, network


@pytest.fixture(scope="module")
def shipped():
    """The network of the recipe in the package, with weights as a training might leave them."""
    settings = recipe.load("locator").network
    net = network.build(settings)
    random = np.random.default_rng(0)
    net.set_weights([w + 0.002 * random.uniform(0.1, 1, w.shape).astype(np.float32) for w in net.get_weights()])
    return net, settings


@pytest.mark.parametrize("height, width", [(16, 16), (48, 80), (112, 16)])
def test_outputs_have_the_size_of_the_picture(odd, height, width):
    marks, ink = network.build(odd).predict_on_batch(np.zeros((2, height, width, 2), np.float32))
    assert marks.shape == (2, height // 4, width // 4, 28) and ink.shape == (2, height // 2, width // 2, 3)
    assert marks.dtype == ink.dtype == np.float32


def test_its_size_and_cost(shipped):
    net, settings = shipped
    told = network.size(settings)
    assert told.parameters == sum(int(np.prod(w.shape)) for w in net.trainable_weights) < 850_000
    assert 5e9 < told.multiply_adds < 15e9


def test_a_network_begins_with_hardly_any_marks(tiny, page):
    marks, _ = network.build(tiny.network).predict_on_batch(inputs(page.grey)[None])
    assert marks[..., :7].max() < -1


@pytest.mark.parametrize("kind", ["shipped", "odd"])
def test_the_exported_file_is_the_network(kind, request, page, tmp_path, odd):
    net, settings = request.getfixturevalue("shipped") if kind == "shipped" else (network.build(odd), odd)
    path = tmp_path / "model.onnx"
    export.save(net, settings, path)
    proof = export.prove(net, settings, path, np.stack([inputs(page.grey), inputs(255 - page.grey)]))
    assert proof["largest_difference"]["float32"] <= export.TOLERANCE and proof["pictures"] == 2
    assert proof["largest_difference"]["file, centres"] < 0.01
    assert path.stat().st_size < (2_000_000 if kind == "shipped" else 100_000)
    session = onnxruntime.InferenceSession(path.read_bytes(), providers=["CPUExecutionProvider"])
    assert [(i.name, i.shape) for i in session.get_inputs()] == [("picture", ["N", 2, "H", "W"])]
    small = np.random.default_rng(1).normal(size=(1, 48, 16, 2)).astype(np.float32)
    got = session.run(["marks", "ink"], {"picture": small.transpose(0, 3, 1, 2).copy()})
    for theirs, ours in zip(net.predict_on_batch(small), got, strict=True):
        assert np.allclose(theirs, ours.transpose(0, 2, 3, 1), atol=0.02)


def test_another_network_is_not_proved(odd, page, tmp_path, monkeypatch):
    """The proof would find an exporter that is wrong: here it is given another network's weights."""
    path, pictures = tmp_path / "model.onnx", inputs(page.grey)[None]
    export.save(network.build(odd), odd, path)
    exported = export.to_onnx(network.build(odd), odd, half=False)
    monkeypatch.setattr(export, "to_onnx", lambda *_args, **_options: exported)
    with pytest.raises(RuntimeError, match="differs from the trained one"):
        export.prove(network.build(odd), odd, path, pictures)
