"""The networks are what their definitions and sources say: layers, parameters, multiply-adds."""

import numpy as np
import pytest

from inkdigits.errors import InputError
from inkdigits.training import architectures, recipe
from inkdigits.training.architectures import size
from inkdigits.training.settings import NetworkSettings

# Parameters, and multiply-adds in thousands. Those of the first six and of M3 and M5 are known from their sources
# (lenet5: (28·28·25·6 + 10·10·25·6·16 + 400·120 + 120·84 + 84·10) products); the others are what their docstrings promise.
SIZES = {
    "logistic": (7_850, 7.84),
    "mlp": (266_610, 266.2),
    "lenet5": (61_706, 416.52),
    "classic": (225_546, 2_510.08),
    "m3": (1_124_180, 173_383.808),
    "m5": (1_128_180, 137_369.6),
}


@pytest.mark.parametrize("name", SIZES)
def test_size_of_known_networks(name):
    measured = size.measure(architectures.build(NetworkSettings(name)))
    assert (measured.parameters, measured.multiply_adds / 1000) == SIZES[name]


def test_what_our_own_networks_promise():
    networks = {name: architectures.build(NetworkSettings(name)) for name in ("best", "fast", "tiny", "vgg", "resnet")}
    cost = {name: size.measure(network).multiply_adds for name, network in networks.items()}
    assert cost["best"] <= 10_000_000 and cost["fast"] < 1_000_000
    assert 28e6 < cost["vgg"] < 30e6 and 9e6 < cost["resnet"] < 10e6
    assert size.measure(networks["tiny"]).parameters < 1000


def test_multiply_adds_by_hand():
    """`tiny` asks one block twice where the picture has 12·12 places and twice where it has 6·6, but keeps it once."""
    measured = size.measure(architectures.build(NetworkSettings("tiny")))
    block = 9 * 14 + 14 * 14  # nine weights on each of fourteen maps, then all maps mixed
    before = 24 * 24 * 25 * 6 + 12 * 12 * 6 * 14
    after = 9 * 14 + 14 * 10
    assert measured.multiply_adds == before + 2 * (12 * 12 + 6 * 6) * block + after
    norms = 2 * (6 + 14 + 4 * 14)
    assert measured.parameters == 25 * 6 + 6 * 14 + block + norms + after + 10


def test_classic_is_the_exercise():
    network = architectures.build(recipe.load("classic").network)
    assert [type(layer).__name__ for layer in network.layers] == [
        "Conv2D", "MaxPooling2D", "Dropout", "Conv2D", "MaxPooling2D", "Dropout", "Flatten", "Dense", "Dropout", "Dense",
    ]  # fmt: skip
    conv1, conv2 = network.get_layer("conv1"), network.get_layer("conv2")
    assert (conv1.filters, conv1.kernel_size, conv1.padding) == (32, (5, 5), "valid")
    assert (conv2.filters, conv2.kernel_size, conv2.padding) == (64, (3, 3), "valid")
    assert all(layer.rate > 0 for layer in network.layers if type(layer).__name__ == "Dropout")
    assert network.input_shape == (None, 28, 28, 1) and network.output_shape == (None, 10)


def test_m3_is_what_is_known_of_it():
    network = architectures.build(NetworkSettings("m3"))
    convolutions = [layer for layer in network.layers if type(layer).__name__ == "Conv2D"]
    assert [c.filters for c in convolutions] == [32, 48, 64, 80, 96, 112, 128, 144, 160, 176]
    assert not any(c.use_bias for c in convolutions) and {c.padding for c in convolutions} == {"valid"}
    assert network.get_layer("relu10").output.shape[1:] == (8, 8, 176)
    assert [type(layer).__name__ for layer in network.layers[-4:]] == ["Flatten", "Dense", "FusedBatchNorm", "Softmax"]
    black = network.get_layer("scale2")(np.zeros((1, 28, 28, 1)))
    assert np.all(np.asarray(black) == -1)


def test_a_residual_block_adds_what_came_in():
    """With the last batch norm of a block at zero, the block passes on what it was given."""
    network = architectures.build(NetworkSettings("resnet"))
    network.get_layer("norm1b").gamma.assign(np.zeros(16))
    x = np.random.default_rng(0).random((1, 28, 28, 16), np.float32)
    b = network.get_layer("norm1b")(network.get_layer("conv1b")(x))
    out = network.get_layer("relu1")(network.get_layer("add1")([x, b]))
    assert np.allclose(out, x)
    assert {t.name for t in network.get_layer("add1").input} == {
        network.get_layer("relu0").output.name,
        network.get_layer("norm1b").output.name,
    }


@pytest.mark.parametrize("name", architectures.ARCHITECTURES)
def test_dropout_and_the_class_for_no_digit(name):
    assert architectures.build(NetworkSettings(name, (), True)).output_shape == (None, 11)
    with pytest.raises(InputError, match=r"network.dropout: has 4 rates; (give \d: |leave the setting out)"):
        architectures.build(NetworkSettings(name, (0.1, 0.1, 0.1, 0.1)))


def test_mixed_precision_keeps_weights_and_answers_in_float32():
    for name in ("classic", "m5", "tiny"):
        network = architectures.build(NetworkSettings(name), "mixed_bfloat16")
        assert {str(w.dtype) for w in network.weights} == {"float32"}
        assert network.get_layer("conv1").compute_dtype == "bfloat16"
        answer = network(np.zeros((2, 28, 28, 1), np.float32))
        assert answer.dtype == "float32" and np.allclose(np.asarray(answer).sum(axis=1), 1, atol=1e-5)
