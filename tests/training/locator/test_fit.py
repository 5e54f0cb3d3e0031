"""Pages are the same whoever draws them; a training that was stopped is the training that was not."""

import dataclasses
import itertools

import numpy as np
import pytest
import tensorflow as tf

from inkdigits.datasets import mnist
from inkdigits.errors import InputError
from inkdigits.locating.agreement import Counts, agreement
from inkdigits.locating.peaks import Found
from inkdigits.synthetic.pages import page
from inkdigits.training import precision
from inkdigits.training.locator import batches, fit, validation
from tests.training.drawn import DIGITS, built


def same_batches(a, b):
    return np.array_equal(a.inputs, b.inputs) and all(
        np.array_equal(x, y) for x, y in zip(a.wanted, b.wanted, strict=True)
    )


def test_a_batch_is_the_same_whatever_the_processes(tiny, source):
    """And wherever the training begins."""
    with batches.drawers(DIGITS, tiny.pages, "training", 5, 2, 1) as drawn:
        by_another = list(drawn(0, 4))
    here = [batches.drawn(source, tiny.pages, 5, number, 2) for number in range(4)]
    assert all(map(same_batches, by_another, here))
    assert not any(same_batches(a, b) for a, b in itertools.combinations(here, 2))
    assert not same_batches(here[0], batches.drawn(source, tiny.pages, 6, 0, 2))
    assert here[0].inputs.dtype == np.float16 and here[0].inputs.shape == (2, 64, 64, 2)


def test_four_pictures_of_one_digit_are_a_page_and_each_is_standardised_alone(tiny, source):
    settings = dataclasses.replace(tiny.pages, size=128, singles=1.0)
    random = np.random.default_rng([5, 0, 1])
    random.random()
    four = [page.draw(source, random, (64, 64), "single") for _ in range(4)]
    alone = batches.stacked(four)
    drawn = batches.drawn(source, settings, 5, 0, 2)
    assert drawn.inputs.shape == (2, 128, 128, 2)
    for i, (down, across) in enumerate([(0, 0), (0, 1), (1, 0), (1, 1)]):

        def quarter(arrays, side, down=down, across=across):
            return arrays[1, down * side : (down + 1) * side, across * side : (across + 1) * side]

        assert np.array_equal(quarter(drawn.inputs, 64), alone.inputs[i])
        assert np.array_equal(quarter(drawn.wanted.centres, 16), alone.wanted.centres[i])
        assert np.array_equal(quarter(drawn.wanted.ink, 32), alone.wanted.ink[i])
    assert drawn.wanted.centres[..., 0].max() == 255


@pytest.fixture
def drawn_here(monkeypatch, source):
    monkeypatch.setattr(batches, "_sources", lambda *_arguments: source)


class StoppedError(Exception):
    pass


def train(recipe, path, seed=0, stop_at=None):
    def on_step(done, _total, _figures):
        if done == stop_at:
            raise StoppedError

    return fit.fit(recipe, seed, DIGITS, unseen(recipe), path, on_step, processes=0)


def unseen(recipe, known=[]):  # noqa: B006 (drawn once)
    known[:] = known or validation.ValidationPages(recipe.pages, built("validation")).mixed()
    return known


def same(a, b):
    return all(np.allclose(x, y, atol=1e-5) for x, y in zip(a.get_weights(), b.get_weights(), strict=True))


def test_stopped_and_resumed(tiny, drawn_here, tmp_path):
    whole = train(tiny, tmp_path / "whole.npz")
    assert [row["epoch"] for row in whole.history] == [1, 2] and whole.dtype_policy == "float32"
    assert {"loss", "centres", "ink", "precision", "recall", "f1", "learning_rate", "seconds"} <= set(whole.history[0])
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(StoppedError):
        train(tiny, path, stop_at=3)  # in the middle of the second epoch
    resumed = train(tiny, path)
    assert same(resumed.network, whole.network)
    for a, b in zip(resumed.history, whole.history, strict=True):
        assert {**a, "seconds": 0} == pytest.approx({**b, "seconds": 0}, abs=1e-5)
    assert same(train(tiny, path).network, whole.network)  # nothing was left to do
    for other in ({"seed": 1}, {"recipe": tiny.with_epochs(3)}):
        with pytest.raises(InputError, match="belongs to another recipe, seed or data set"):
            train(**{"recipe": tiny, "path": path, **other})


def test_it_learns(tiny, drawn_here, tmp_path):
    """Fifty steps on a tiny network are enough to see the loss fall."""
    pages = dataclasses.replace(tiny.pages, steps=25)
    learned = train(dataclasses.replace(tiny, pages=pages), tmp_path / "checkpoint.npz")
    assert learned.history[1]["loss"] < 0.9 * learned.history[0]["loss"]


def test_bfloat16_is_asked_of_tensorflow_in_the_step_alone_and_given_back(tiny, drawn_here, tmp_path, monkeypatch):
    option = "auto_mixed_precision_onednn_bfloat16"
    before = tf.config.optimizer.get_experimental_options()
    seen = []
    clip = tf.clip_by_global_norm

    def clipped(*arguments):
        seen.append(tf.config.optimizer.get_experimental_options().get(option))
        return clip(*arguments)

    monkeypatch.setattr(tf, "clip_by_global_norm", clipped)
    monkeypatch.setattr(precision, "is_rewritten", lambda _precision: True)
    trained = train(tiny.with_epochs(1), tmp_path / "checkpoint.npz")
    assert seen == [True] and trained.dtype_policy.startswith("bfloat16, by TensorFlow")
    assert tf.config.optimizer.get_experimental_options().get(option, False) == before.get(option, False)
    assert all(np.isfinite(w).all() for w in trained.network.get_weights())


def test_the_test_digits_are_closed_to_it(tiny, drawn_here, tmp_path):
    with pytest.raises(RuntimeError, match="a training is under way"):
        fit.fit(tiny, 0, DIGITS, unseen(tiny), tmp_path / "c.npz", lambda *_: mnist.test(), processes=0)


def test_digits_of_nobody_known_are_refused(tiny, tmp_path):
    nobody = dataclasses.replace(DIGITS, writers=None)
    for asked in (lambda: fit.fit(tiny, 0, nobody, [], tmp_path / "c.npz", processes=0),
                  lambda: validation.build(nobody, tiny.pages)):  # fmt: skip
        with pytest.raises(InputError, match="does not say who wrote its digits"):
            asked()


def test_what_was_found_against_the_truth(page):
    """A digit in its place, one of a wrong class, a second one on the same digit, and one where nothing counts."""
    boxes = np.array([(8, 12, 24, 40), (32, 12, 48, 40), (9, 12, 25, 40), (74, 44, 86, 58)], np.float32)
    classes = np.eye(10, dtype=np.float32)[[3, 1, 3, 8]]
    found = Found(np.zeros(4, np.int64), np.linspace(0.9, 0.5, 4).astype(np.float32), classes, boxes,
                  np.zeros(4, np.float32), np.zeros((4, 2), np.float32))  # fmt: skip
    seen = agreement(found, page.truth)
    assert seen.said.tolist() == [0, 1, 2] and seen.right.tolist() == [True, False, False]
    assert seen.found.tolist() == [True, False] and seen.counts == Counts(1, 3, 2)
    assert seen.counts.precision == pytest.approx(1 / 3) and seen.counts.recall == 0.5 and seen.counts.f1 == 0.4
    points = dataclasses.replace(found, kinds=np.full(4, 2))
    assert agreement(points, page.truth, 2).counts == Counts(0, 3, 1)
