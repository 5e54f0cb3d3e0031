"""What the map says spoke for an answer is what the network's answer hangs on."""

import numpy as np
import pytest

from inkdigits import network
from inkdigits.explaining import occlusion
from inkdigits.recognising.decide import calibrate


def answer_and_rival(probabilities):
    rival, answer = np.argsort(probabilities[:10])[-2:]
    return int(answer), int(rival)


@pytest.fixture(scope="module", params=["default", "classic"])
def cases(request, digits):
    """A network, and of 20 digits the glyph, its occlusions, answer and rival, and evidence."""
    net = network.load(request.param)
    found = []
    for glyph in digits.images[:20]:
        occlusions = occlusion.occlude(glyph, net)
        pair = answer_and_rival(occlusions.before)
        found.append((glyph, occlusions, pair, occlusion.evidence(occlusions, *pair).ravel()))
    return net, found


def test_erasing_what_spoke_for_the_answer_costs_more_than_erasing_as_much_by_chance(cases):
    """A fifth of the ink, chosen by evidence, from the other end, and by chance."""
    net, found = cases
    random = np.random.default_rng(0)
    drops = []
    for glyph, occlusions, pair, evidence in found:
        ink = np.flatnonzero(glyph >= 64)
        by_evidence = ink[np.argsort(evidence[ink])]
        count = len(ink) // 5
        rows = [by_evidence[-count:], by_evidence[:count]]
        rows += [random.choice(ink, count, replace=False) for _ in range(8)]
        drops.append(drops_of(net, glyph, occlusions, pair, rows, 0))
    strongest, weakest, chance = np.array(drops)[:, 0], np.array(drops)[:, 1], np.array(drops)[:, 2:].mean(axis=1)
    assert (strongest > chance).mean() >= 0.8
    assert strongest.mean() > chance.mean() + 1 and weakest.mean() < chance.mean() - 1


def test_filling_gaps_that_spoke_for_the_answer_costs_more_than_filling_others(cases):
    net, found = cases
    random = np.random.default_rng(0)
    drops = []
    for glyph, occlusions, pair, evidence in found:
        gaps = np.flatnonzero(glyph == 0)
        rows = [gaps[np.argsort(evidence[gaps])[-12:]], *(random.choice(gaps, 12, replace=False) for _ in range(8))]
        drops.append(drops_of(net, glyph, occlusions, pair, rows, 255))
    strongest, chance = np.array(drops)[:, 0], np.array(drops)[:, 1:].mean(axis=1)
    assert (strongest > chance).mean() >= 0.9 and strongest.mean() > chance.mean() + 1


def drops_of(net, glyph, occlusions, pair, rows, value):
    """By how much the log-odds fall when pixels get another value, a row of pixels each."""
    glyphs = np.repeat(glyph.reshape(1, 784), len(rows), axis=0)
    for changed, pixels in zip(glyphs, rows, strict=True):
        changed[pixels] = value
    after = calibrate(net.probabilities(glyphs.reshape(-1, 28, 28)), net.temperature)
    return occlusion.log_odds(occlusions.before, *pair) - occlusion.log_odds(after, *pair)


def test_occlusions_change_ink_in_their_squares_alone(digits):
    glyph = digits.images[3]
    occlusions = occlusion.occlude(glyph, network.load())
    for box, is_ink, change in zip(occlusions.boxes, occlusions.is_ink, occlusions.change, strict=True):
        left, top, right, bottom = box
        inside = np.zeros((28, 28), bool)
        inside[top:bottom, left:right] = True
        expected = glyph / 255 if is_ink else 1 - glyph / 255
        np.testing.assert_allclose(change, np.where(inside, expected, 0), atol=1e-6)
    assert 300 < len(occlusions.boxes) < 1000


def test_evidence_for_one_is_evidence_against_the_other(digits):
    occlusions = occlusion.occlude(digits.images[5], network.load())
    np.testing.assert_allclose(
        occlusion.evidence(occlusions, 3, 8), -occlusion.evidence(occlusions, 8, 3), rtol=1e-3, atol=1e-4
    )
    assert not occlusion.evidence(occlusions, 4, 4).any()


@pytest.mark.parametrize("value", [0, 255])
def test_a_glyph_without_ink_or_without_gaps_has_half_a_map(value):
    occlusions = occlusion.occlude(np.full((28, 28), value, np.uint8), network.load())
    assert (occlusions.is_ink == (value == 255)).all()
    assert np.isfinite(occlusion.evidence(occlusions, 0, 1)).all()
