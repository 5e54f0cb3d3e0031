"""The pool is what its settings say, the same for the same seed, and its digits are digits."""

from dataclasses import replace

import cv2
import numpy as np

import inkdigits
from inkdigits.datasets import mnist
from inkdigits.reading import single
from inkdigits.synthetic import hands
from inkdigits.synthetic.pages import page
from inkdigits.synthetic.pages.truth import Truth
from inkdigits.training import pool

COUNTS = {
    "plain": 50,
    "mnist": 60,
    "strokes": 60,
    "fonts": 60,
    "letters": 40,
    "scribbles": 40,
    "several": 20,
    "own_letters": 30,
    "print": 20,
    "halves": 20,
    "pages": 60,
}


def test_pool():
    """Its pages are drawn of digits by training writers, so these are; what is measured on is drawn, and none of them."""
    few = mnist.train().subset(np.arange(30_000, 30_200))
    made = pool.build(COUNTS, 0, few)
    assert np.array_equal(made.images[:200], few.images) and np.array_equal(made.labels[:200], few.labels)
    # A few pictures are so faint that no ink is found; the kinds come in order.
    synthetic = len(made) - 200
    assert 0.85 * sum(COUNTS.values()) <= synthetic <= sum(COUNTS.values())
    # Two in five are drawn as no digits; a few more are ink that was told wrongly.
    assert 0.38 < (made.labels[200:] == pool.NOT_DIGIT).mean() < 0.52
    # The same for the same seed; test_pages_are_drawn_from_the_seed_alone holds the same of pages, which come last here.
    pieces = {kind: count for kind, count in COUNTS.items() if kind != "pages"}
    again, other = (pool.build(pieces, seed, few) for seed in (0, 1))
    assert np.array_equal(made.images[: -COUNTS["pages"]], again.images)
    assert np.array_equal(made.labels[: -COUNTS["pages"]], again.labels)
    assert again.fingerprint() != other.fingerprint()
    drawn = made.subset(np.flatnonzero((np.arange(len(made)) >= 200) & (made.labels < 10)))
    answers = inkdigits.classify_glyphs(drawn.images).argmax(axis=1)
    assert (answers == drawn.labels).mean() > 0.75


def test_a_glyph_is_like_the_ink_that_it_is_of():
    """Of its own ink, moved or thickened a little, and of no other digit's, nor of what lies between the strokes."""
    random = np.random.default_rng(2)
    inks = [
        cv2.copyMakeBorder(hands.written(n, random), 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=0) for n in range(10)
    ]
    glyphs = [single.prepare(255 - ink).glyph for ink in inks]
    own = [pool.is_like(glyph, np.roll(ink, 7, axis=1)) for glyph, ink in zip(glyphs, inks, strict=True)]
    other = [pool.is_like(glyphs[n], inks[(n + k) % 10]) for n in range(10) for k in range(1, 10)]
    assert all(own) and np.mean(other) < 0.3
    assert not pool.is_like(glyphs[0], np.zeros((40, 40), np.uint8))


def test_ink_told_wrongly_is_no_digit():
    """A glyph of something else than the ink that was drawn, such as what stands beside it, is not taught as that digit."""
    random = np.random.default_rng(1)
    strokes = [
        cv2.copyMakeBorder(hands.written(n, random), 20, 20, 20, 20, cv2.BORDER_CONSTANT, value=0) for n in (1, 8)
    ]
    made = [pool.glyph(255 - picture, alone, 8, random) for picture in strokes for alone in strokes]
    assert [one and one[1] for one in made] == [8, pool.NOT_DIGIT, pool.NOT_DIGIT, 8]


def test_what_is_found_on_pages_has_the_label_of_what_stands_there(source):
    """The shipped network, which has learned from other pictures, reads most of it as what it is said to be."""
    random = np.random.default_rng(3)
    pages = [page.draw(source, random, (200, 260), scene, clean=1.0, tall=30.0) for scene in ("lines", "words") * 8]
    parts = [pool.labelled(one) for one in pages]
    glyphs, labels = (np.concatenate(part) for part in zip(*parts, strict=True))
    assert glyphs.shape[1:] == (28, 28) and glyphs.any(axis=(1, 2)).all()
    is_digit = labels < 10
    assert is_digit.sum() > 60 and (~is_digit).sum() > 10
    answers = inkdigits.classify_glyphs(glyphs[is_digit]).argmax(axis=1)
    assert (answers == labels[is_digit]).mean() > 0.75
    # A digit is found once, and no second mark on it is called something else.
    written = sum(m.sign.isdigit() for one in pages for m in one.truth.marks)
    assert is_digit.sum() <= written


def test_pages_are_drawn_from_the_seed_alone(source, monkeypatch):
    monkeypatch.setattr(pool, "_sources", lambda: source)
    one, again, other = (pool._make(pool._Part("pages", seed, 0, 30)) for seed in (0, 0, 1))
    assert one[0].shape == (30, 28, 28) and set(one[1].tolist()) <= set(range(11)) and len(one[1]) == 30
    assert np.array_equal(one[0], again[0]) and np.array_equal(one[1], again[1])
    assert not np.array_equal(one[0], other[0])


def test_an_empty_page_has_nothing(source):
    drawn = page.draw(source, np.random.default_rng(0), (80, 120), "lines")
    grey = np.full((80, 120), 230, np.uint8)
    made, labels = pool.labelled(replace(drawn, grey=grey, truth=Truth()))
    assert made.shape == (0, 28, 28) and len(labels) == 0
