"""The classic network is the exercise's, to the letter."""

import numpy as np

from inkdigits.training import architectures, recipe


def test_classic_is_the_exercise():
    network = architectures.build(recipe.load("classic").network)
    assert [type(layer).__name__ for layer in network.layers] == [
        "Conv2D", "MaxPooling2D", "Dropout", "Conv2D", "MaxPooling2D", "Dropout", "Flatten", "Dense", "Dropout", "Dense",
    ]  # fmt: skip
    conv1, conv2 = network.get_layer("conv1"), network.get_layer("conv2")
    assert (conv1.filters, conv1.kernel_size, conv1.padding) == (32, (5, 5), "valid")
    assert (conv2.filters, conv2.kernel_size, conv2.padding) == (64, (3, 3), "valid")
    assert all(layer.rate > 0 for layer in network.layers if type(layer).__name__ == "Dropout")
    assert network.count_params() == 225_546
    assert network.input_shape == (None, 28, 28, 1) and network.output_shape == (None, 10)


def test_mixed_precision_keeps_weights_and_answers_in_float32():
    network = architectures.build(recipe.load("classic").network, "mixed_bfloat16")
    assert {str(w.dtype) for w in network.weights} == {"float32"}
    assert network.get_layer("conv1").compute_dtype == "bfloat16"
    answer = network(np.zeros((2, 28, 28, 1), np.float32))
    assert answer.dtype == "float32" and np.allclose(np.asarray(answer).sum(axis=1), 1, atol=1e-5)
