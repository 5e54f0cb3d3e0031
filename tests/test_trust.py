"""The mixture is what the recipe says, in forms and fonts that training has not; the fit is of all that classify does."""

import dataclasses

import numpy as np
import pytest

import inkdigits
from inkdigits import network, trust
from inkdigits.errors import InputError
from inkdigits.training import mixture, recipe
from inkdigits.training.pool import NOT_DIGIT
from inkdigits.training.settings import TrustSettings

SETTINGS = TrustSettings(digits=300, damaged=300, letters=120, others=90)


def test_the_mixture_has_so_many_of_each_kind_and_is_always_the_same(digits):
    one, again = (mixture.mixture(digits, SETTINGS) for _ in range(2))
    counts = {kind: int((one.kinds == kind).sum()) for kind in ("digits", "damaged", "letters", "others")}
    assert counts["digits"] == 300 and all(0.9 * n <= counts[kind] <= n for kind, n in SETTINGS.counts().items())
    assert ((one.labels == NOT_DIGIT) == np.isin(one.kinds, ["letters", "others"])).all()
    assert all(np.array_equal(a.pixels, b.pixels) for a, b in zip(one.pictures, again.pictures, strict=True))
    assert np.array_equal(one.labels[:300], digits.labels[:300])


def test_what_is_fitted_is_what_classify_does(digits):
    net = network.load("default")
    answering = trust.fit(net, digits, SETTINGS)
    assert (
        answering["thresholds"]["strict"] >= answering["thresholds"]["normal"] >= answering["thresholds"]["always"] == 0
    )
    assert 0.2 < answering["temperature"] < 5 and "300 damaged" in answering["fitted_on"]
    mixed = mixture.mixture(digits, SETTINGS)
    fitted = dataclasses.replace(net, temperature=answering["temperature"], thresholds=answering["thresholds"])
    from inkdigits.reading import single

    answers = list(single.classify(mixed.pictures, fitted, "always"))
    sure = np.array([answer.confidence >= answering["thresholds"]["normal"] for answer in answers])
    is_digit = mixed.labels != NOT_DIGIT
    assert answering["kept"]["normal"]["answered"] == (sure & is_digit).sum()
    assert answering["kept"]["normal"]["letters_answered"] == (sure & (mixed.kinds == "letters")).sum()


def test_a_network_of_ten_classes_is_fitted_on_digits_alone(digits):
    answering = trust.fit(network.load("classic"), digits, TrustSettings(digits=2000))
    assert answering["thresholds"]["normal"] < 1 and answering["kept"]["normal"]["letters"] == 0


def test_without_a_mixture_the_held_out_digits_are_taken(digits):
    net = network.load("classic")
    answering = trust.answering(net, digits, recipe.load("classic"))
    assert answering["fitted_on"] == len(digits) and "kept" not in answering
    assert inkdigits.classify_glyphs(digits.images[:1]).shape == (1, 10)


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"trust": {"letters": 5}}, "digits"),
        ({"trust": {"digits": 5, "letters": 5}}, "no class for it"),
        ({"trust": {"digits": 5}, "data": {"everything": True}}, "no digits are held out"),
    ],
)
def test_a_mixture_that_cannot_be_is_refused(changes, told):
    values = {"network": {"architecture": "classic"}, **changes}
    with pytest.raises(InputError, match=told):
        recipe.from_dict(values, "mine", "mine.toml")
