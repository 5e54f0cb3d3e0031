"""Sums over paths are what listing all paths gives; texts and their places are found where they are plain to see."""

import itertools

import numpy as np
import pytest

from inkdigits.recognising import ctc
from inkdigits.recognising.ctc import BLANK, CLASSES, SIGNS


def logs(columns, seed=0, spread=2.0):
    values = np.random.default_rng(seed).normal(0, spread, (columns, CLASSES))
    return (values - np.log(np.exp(values).sum(axis=1, keepdims=True))).astype(np.float32)


def few(columns, signs, seed=0):
    """Log-probabilities of which a few signs and the blank have all: what can be listed."""
    values = np.full((columns, CLASSES), -np.inf)
    used = [*(SIGNS.index(sign) for sign in signs), BLANK]
    values[:, used] = np.random.default_rng(seed).normal(0, 1.5, (columns, len(used)))
    return (values - np.log(np.exp(values).sum(axis=1, keepdims=True))).astype(np.float32), used


def plain(path, sure=0.98):
    """Columns that say a path, a sign or a space (blank) each."""
    rows = np.full((len(path), CLASSES), (1 - sure) / (CLASSES - 1))
    for t, sign in enumerate(path):
        rows[t, BLANK if sign == " " else SIGNS.index(sign)] = sure
    return np.log(rows).astype(np.float32)


def text_of(path):
    return "".join(SIGNS[k] for k, _ in itertools.groupby(path) if k != BLANK)


@pytest.mark.parametrize("columns, signs, seed", [(5, "17", 0), (6, "1", 1), (4, "0.", 2), (1, "39", 3), (6, "00", 4)])
def test_scores_are_the_sums_over_all_paths(columns, signs, seed):
    given, used = few(columns, signs, seed)
    sums = {}
    for path in itertools.product(sorted(set(used)), repeat=columns):
        p = np.exp(sum(float(given[t, k]) for t, k in enumerate(path)))
        sums[text_of(path)] = sums.get(text_of(path), 0.0) + p
    texts = list(sums)
    assert np.exp(ctc.scores(given, texts)) == pytest.approx([sums[t] for t in texts], rel=1e-5)
    assert sum(sums.values()) == pytest.approx(1, abs=1e-5)


def test_a_text_that_is_too_long_cannot_be_said():
    given = logs(3)
    assert np.isneginf(ctc.scores(given, ["1234", "11 1".replace(" ", "")[:3]])).tolist() == [True, True]
    assert np.isfinite(ctc.scores(given, ["11", "123", ""])).all()


@pytest.mark.parametrize("seed", range(4))
def test_the_best_texts_are_those_of_all(seed):
    """Of three signs in five columns all texts can be listed."""
    given, _ = few(5, "170", seed)
    every = ["".join(t) for n in range(6) for t in itertools.product("170", repeat=n)]
    scores = ctc.scores(given, every)
    wanted = [every[i] for i in np.argsort(-scores)[:4]]
    assert ctc.best(given, 8)[:4] == wanted


def test_plain_columns_are_read_and_long_strips_do_not_vanish():
    path = "1 1 .5  00 0 :77"
    assert ctc.best(plain(path), 3)[0] == "11.500:7"
    long = plain("12345 " * 40)
    assert ctc.best(long, 1)[0] == "12345" * 40 and np.isfinite(ctc.scores(long, ["12345" * 40])).all()


def test_signs_stand_where_they_are_surest():
    given = plain("  4  11 1   -  ")
    given[5] += np.log(0.9)  # the first of two columns of the same sign is less sure
    found = ctc.align(given, "411-")
    assert found.columns.tolist() == [2, 6, 8, 12]
    assert found.probabilities == pytest.approx([0.98] * 4, abs=1e-3)


def test_another_text_is_forced_onto_the_strip():
    """A sign that is not there stands between its neighbours, as improbable as it is."""
    found = ctc.align(plain(" 4   7 "), "417")
    assert found.columns[0] == 1 and 1 < found.columns[1] < found.columns[2] == 5
    assert found.probabilities[1] < 0.01
    assert ctc.align(plain("4"), "47") is None and len(ctc.align(plain("4"), "").columns) == 0
