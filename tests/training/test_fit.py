"""Training is repeatable, stops and goes on without loss, and learns."""

import dataclasses

import numpy as np
import pytest

from inkdigits.datasets import mnist
from inkdigits.errors import InputError
from inkdigits.training import checkpoint, fit, recipe, split
from inkdigits.training.settings import NetworkSettings, TrainingSettings

SMALL = mnist.train().subset(np.arange(3000), "small")
RECIPE = recipe.load("classic").with_epochs(3)
RECIPE = dataclasses.replace(RECIPE, training=dataclasses.replace(RECIPE.training, batch=128, learning_rate=0.003))


class StoppedError(Exception):
    pass


def train(seed=0, path=None, stop_at=None, chosen=RECIPE):
    def on_step(done, total, figures):
        if done == stop_at:
            raise StoppedError

    return fit.fit(chosen, seed, SMALL.subset(np.arange(2000)), SMALL.subset(np.arange(2000, 3000)), path, on_step)


def same(a, b):
    return all(
        np.allclose(x, y, atol=1e-6) for x, y in zip(a.network.get_weights(), b.network.get_weights(), strict=True)
    )


@pytest.fixture(scope="module")
def uninterrupted():
    return train()


def test_it_learns(uninterrupted):
    assert uninterrupted.history[-1]["val_accuracy"] > 0.85
    assert [row["epoch"] for row in uninterrupted.history] == [1, 2, 3]
    assert uninterrupted.network.dtype_policy.name == "float32"


def test_the_same_seed_gives_the_same_network_and_another_another(uninterrupted):
    assert same(train(), uninterrupted)
    assert not same(train(seed=1), uninterrupted)


def test_stopped_in_the_middle_of_an_epoch_and_resumed(uninterrupted, tmp_path):
    """The resumed run is the run that was never stopped: weights, optimizer, schedule, dropout, order of batches."""
    path = tmp_path / "checkpoint.npz"
    with pytest.raises(StoppedError):
        train(path=path, stop_at=30)  # the last step of the second epoch, which is therefore not whole
    resumed = train(path=path)
    assert same(resumed, uninterrupted)
    drop = lambda rows: [{k: v for k, v in row.items() if k != "seconds"} for row in rows]  # noqa: E731
    for a, b in zip(drop(resumed.history), drop(uninterrupted.history), strict=True):
        assert a == pytest.approx(b, abs=1e-6)


def test_float32_agrees_with_mixed_precision_within_noise(uninterrupted):
    plain = dataclasses.replace(RECIPE, training=dataclasses.replace(RECIPE.training, precision="float32"))
    float32 = train(chosen=plain)
    assert float32.dtype_policy == "float32"
    assert float32.history[-1]["val_accuracy"] == pytest.approx(uninterrupted.history[-1]["val_accuracy"], abs=0.03)


def test_a_checkpoint_of_another_training_is_refused(tmp_path):
    path = tmp_path / "checkpoint.npz"
    train(path=path)
    with pytest.raises(InputError, match="another recipe, seed or data"):
        train(seed=1, path=path)
    for length in (1000, 0):
        path.write_bytes(path.read_bytes()[:length])
        with pytest.raises(InputError, match="damaged checkpoint"):
            train(path=path)


def test_a_checkpoint_holds_no_pickle(tmp_path):
    path = tmp_path / "checkpoint.npz"
    train(path=path)
    with np.load(path, allow_pickle=False) as stored:
        assert all(stored[name].dtype != object for name in stored.files)
    assert [p.name for p in tmp_path.iterdir()] == ["checkpoint.npz"]
    assert checkpoint.restore(tmp_path / "none.npz", "", {}) == []


def test_a_loss_that_is_no_number_ends_the_training(tmp_path, monkeypatch):
    """As where weights overflow; the run went on to its end, to a network that answers nothing."""
    losses = fit._losses
    monkeypatch.setattr(fit, "_losses", lambda *given: losses(*given) * np.float32(np.nan))
    with pytest.raises(InputError, match=r"has learned nothing: in epoch 1 .* give a smaller training\.learning_rate"):
        train(path=tmp_path / "c.npz")
    assert not list(tmp_path.iterdir())


def test_too_few_digits():
    with pytest.raises(InputError, match="fewer than one batch"):
        fit.fit(RECIPE, 0, SMALL.subset(np.arange(50)), SMALL)


def with_training(**settings):
    return dataclasses.replace(RECIPE, training=dataclasses.replace(RECIPE.training, **settings))


def test_training_ends_early_at_the_target_and_a_resumed_run_knows_it(uninterrupted, tmp_path):
    path = tmp_path / "checkpoint.npz"
    reached = uninterrupted.history[0]["val_accuracy"]
    chosen = with_training(target=reached - 0.02)
    stopped = train(path=path, chosen=chosen)
    assert len(stopped.history) == 1 and stopped.history[0]["val_accuracy"] == pytest.approx(reached, abs=1e-6)
    resumed = train(path=path, chosen=chosen)
    assert len(resumed.history) == 1 and same(resumed, stopped)


@pytest.mark.parametrize("losses, over", [
    ([0.5], False), ([0.5, 0.6], False), ([0.5, 0.6, 0.51], True), ([0.5, 0.6, 0.4, 0.41], False),
    ([0.5, 0.4, 0.41, 0.45], True), ([0.5, 0.5, 0.5], True),
])  # fmt: skip
def test_patience(losses, over):
    """Two epochs without a better validation loss than the best so far."""
    history = [{"epoch": i + 1, "val_loss": loss, "val_accuracy": 0.9} for i, loss in enumerate(losses)]
    assert fit._is_over(TrainingSettings(epochs=9, patience=2), history) is over
    assert fit._is_over(TrainingSettings(epochs=9), history) is False
    assert fit._is_over(TrainingSettings(epochs=len(losses)), history) is True


def test_label_smoothing_by_its_definition():
    random = np.random.default_rng(0)
    p = random.dirichlet(np.ones(10), 5).astype(np.float32)
    labels = np.array([3, 0, 9, 9, 1])
    plain, smooth = (np.asarray(fit._losses(labels, p, share)) for share in (0.0, 0.2))
    assert np.allclose(plain, -np.log(p[np.arange(5), labels]), atol=1e-5)
    assert np.allclose(smooth, 0.8 * plain + 0.2 * -np.log(p).mean(axis=1), atol=1e-5)


def test_averaged_weights_with_measured_norms_and_nothing_held_out():
    """What is returned has the weights of the average, and statistics measured for them."""
    network = NetworkSettings("tiny")
    settings = {"epochs": 1, "weight_average": 0.9, "optimizer": "sgd", "learning_rate": 0.1, "precision": "float32"}
    data = SMALL.subset(np.arange(640))
    results = [
        fit.fit(dataclasses.replace(with_training(**settings, norm_batches=n), network=network), 0, data, None)
        for n in (0, 5)
    ]
    assert "val_loss" not in results[0].history[0] and results[0].history[0]["loss"] == results[1].history[0]["loss"]
    followed, measured = (r.network for r in results)
    pairs = list(zip(followed.trainable_weights, measured.trainable_weights, strict=True))
    assert all(np.allclose(a, b, atol=1e-6) for a, b in pairs)
    # Five steps after its start at 0 and 1, what the average followed is far from the truth.
    a, b = (net.get_layer("norm_mix4").variance.numpy() for net in (followed, measured))
    assert np.abs(a - b).max() > 0.1


def test_split_by_writer():
    training, validation = split.by_writer(mnist.train(), 0.1)
    assert len(training) + len(validation) == 60_000 and 0.09 < len(validation) / 60_000 < 0.12
    assert not np.intersect1d(training.writers, validation.writers).size
    again = split.by_writer(mnist.train(), 0.1)[1]
    assert np.array_equal(again.images, validation.images)


def test_split_without_writers():
    data = dataclasses.replace(SMALL, writers=None)
    training, validation = split.by_writer(data, 0.2)
    assert len(training) + len(validation) == len(data)
    shares = np.bincount(validation.labels, minlength=10) / np.bincount(data.labels, minlength=10)
    assert np.allclose(shares, 0.2, atol=0.01)
