"""Pictures of one digit, as people send them: bitmaps of few pixels are stretched, and still what they were."""

import cv2
import numpy as np

import inkdigits
from inkdigits.synthetic import hands, scenes


def test_bitmaps_are_small_and_of_both_kinds_and_polarities():
    random = np.random.default_rng(0)
    made = [scenes.bitmap(hands.written(i % 10, random), random)[0] for i in range(300)]
    small = [picture for picture in made if max(picture.shape) <= 24]
    assert 0.6 < len(small) / 300 < 0.9 and min(min(picture.shape) for picture in made) >= 5
    square = np.mean([picture.shape[0] == picture.shape[1] for picture in made])
    assert 0.5 < square < 0.85
    assert 0.45 < np.mean([set(np.unique(picture)) <= {0, 255} for picture in made]) < 0.75
    assert 0.3 < np.mean([picture[0].mean() > 127 for picture in made]) < 0.7
    assert all(np.ptp(picture) > 100 for picture in made)


def test_a_bitmap_that_fills_a_square_is_read_by_a_network_that_has_not_seen_one():
    random = np.random.default_rng(1)
    labels = [i % 10 for i in range(200) if i % 10 != 1]  # a 1 that fills a square is a block
    answers = inkdigits.classify_many(
        [scenes.bitmap(hands.written(n, random), random)[0] for n in labels], trust="always"
    )
    assert np.mean([a.best == n for a, n in zip(answers, labels, strict=True)]) > 0.7


def test_pictures_may_have_lost_an_edge_but_not_more():
    cover = np.ones((40, 30), np.float32)
    random = np.random.default_rng(2)
    sizes = np.array([scenes._without_an_edge(cover, random).shape for _ in range(200)])
    assert (sizes >= (32, 24)).all() and (sizes < (40, 30)).any(axis=1).mean() > 0.8


def test_the_same_seed_draws_the_same():
    ink = cv2.copyMakeBorder(np.full((40, 12), 255, np.uint8), 4, 4, 4, 4, cv2.BORDER_CONSTANT, value=0)
    one, again = (scenes.picture(ink, np.random.default_rng(3)) for _ in range(2))
    assert all(np.array_equal(a, b) for a, b in zip(one, again, strict=True))


def test_the_ink_alone_lies_where_it_does_in_the_picture():
    """Of either polarity: in most pictures it is darker or lighter there than beside it, clutter and noise or not."""
    random = np.random.default_rng(4)
    apart = []
    for i in range(200):
        picture, alone = scenes.picture(hands.written(i % 10, random), random)
        assert picture.shape == alone.shape and alone.dtype == np.uint8 and alone.any()
        inked, bare = alone > 0.6 * alone.max(), alone < 20
        if bare.any():
            apart.append(abs(float(picture[inked].mean()) - float(picture[bare].mean())))
    assert np.mean(np.array(apart) > 15) > 0.9
