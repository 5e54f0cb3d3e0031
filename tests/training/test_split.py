"""Who is held out: whole writers, the same in every run, and the digits that the tests measure on are theirs."""

import numpy as np

from inkdigits import network
from inkdigits.datasets import mnist
from inkdigits.training import split


def test_no_shipped_network_was_trained_on_the_digits_that_the_tests_measure_on(digits):
    """Their hashes say what each was trained on; all of it is left when the validation writers are taken out."""
    training, validation = split.by_writer(mnist.train(), 0.1)
    for name in network.shipped():
        assert network.load(name).config["data_sha256"] == {
            "training": training.fingerprint(),
            "validation": validation.fingerprint(),
        }
    assert len(digits) == 1000
    assert np.isin(digits.writers, validation.writers).all() and not np.isin(digits.writers, training.writers).any()
    learned = {image.tobytes() for image in training.images}
    assert not any(image.tobytes() in learned for image in digits.images)
