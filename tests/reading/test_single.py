"""From a picture to the right answer: every sample, every polarity, every place, and MNIST itself as pictures."""

import io

import cv2
import numpy as np
import pytest
from PIL import Image

import inkdigits
from inkdigits.datasets.dataset import Dataset
from inkdigits.synthetic import fonts, strokes
from inkdigits.synthetic.paper import Scene, photograph
from tests.conftest import SAMPLES, drawing, encoded


@pytest.mark.parametrize("path", sorted(SAMPLES.glob("*.jpg")), ids=lambda p: p.stem)
def test_samples(path):
    """The sample pictures (blue pen, chalk, pencil, shadow, low resolution, …) are read right, and surely."""
    assert inkdigits.classify(path).label == int(path.stem[0])


def test_mnist_as_pictures(digits: Dataset):
    """Digits that pass through the whole picture path are read as well as those that go straight to the network."""
    direct = inkdigits.classify_glyphs(digits.images).argmax(axis=1) == digits.labels
    answers = np.array([d.best for d in inkdigits.classify_many(list(digits.images))])
    inverted = np.array([d.best for d in inkdigits.classify_many([255 - image for image in digits.images])])
    assert direct.mean() > 0.985
    assert (answers == digits.labels).mean() > direct.mean() - 0.004
    assert (inverted == answers).mean() > 0.998


@pytest.mark.parametrize("label", range(10))
def test_place_and_size(label):
    """Off centre, small in a large frame, and tightly cropped: the same answer, and a box where the digit is."""
    drawn = strokes.draw(strokes.digit(label), 70, 8)
    for left, top, size in ((10, 12, (900, 700)), (800, 600, (900, 700)), (5, 5, (90, 90))):
        picture = photograph(drawn, size, (left, top), Scene(tilt=0.0, light=0.2), np.random.default_rng(label))
        digit = inkdigits.classify(picture, trust="always")
        assert digit.label == label
        assert digit.box is not None
        expected = (left, top, left + drawn.shape[1], top + drawn.shape[0])
        assert np.abs(np.array(digit.box) - expected).max() <= 6


@pytest.mark.parametrize("label", range(10))
def test_polarity_and_files(label):
    picture = drawing(label, pen=14)
    sources = [picture, 255 - picture, encoded(picture), encoded(255 - picture, "JPEG"), Image.fromarray(picture),
               io.BytesIO(encoded(picture, "WEBP"))]  # fmt: skip
    answers = inkdigits.classify_many(sources, trust="always")
    assert [d.label for d in answers] == [label] * len(sources)


def test_the_box_is_in_pixels_of_the_full_upright_picture():
    large = np.full((3000, 4000), 240, np.uint8)
    drawn = drawing(5, height=1200, pen=130, margin=0)
    large[900 : 900 + drawn.shape[0], 2000 : 2000 + drawn.shape[1]] = drawn
    exif = Image.Exif()
    exif[0x0112] = 6
    buffer = io.BytesIO()
    Image.fromarray(large).transpose(Image.Transpose.ROTATE_90).save(buffer, "JPEG", exif=exif)
    digit = inkdigits.classify(buffer.getvalue())
    assert digit.label == 5 and digit.box is not None
    expected = (2000, 900, 2000 + drawn.shape[1], 900 + drawn.shape[0])
    assert np.abs(np.array(digit.box) - expected).max() < 80


def test_fifty_megapixels():
    large = np.full((6120, 8160), 255, np.uint8)
    drawn = drawing(2, height=700, pen=60, margin=0)
    large[4000 : 4000 + drawn.shape[0], 6000 : 6000 + drawn.shape[1]] = drawn
    assert inkdigits.classify(large).label == 2


def test_blank():
    digit = inkdigits.classify(np.full((200, 200, 3), 250, np.uint8), trust="always")
    assert (digit.label, digit.reason, digit.confidence, digit.box) == (None, "blank", 0.0, None)
    assert digit.probabilities.sum() == pytest.approx(1)


def test_many_is_one_by_one(digits):
    pictures = list(digits.images[:300])
    together = inkdigits.classify_many(pictures)
    apart = [inkdigits.classify(picture) for picture in pictures[:20]]
    assert len(together) == 300
    for a, b in zip(together, apart, strict=False):
        assert a.best == b.best and np.allclose(a.probabilities, b.probabilities, atol=1e-6)
    assert inkdigits.classify_many([]) == []


def test_trust(digits):
    """More trust asked for, fewer answers given; `always` answers everything with ink, two digits in one place as well."""
    pictures = [*digits.images, *np.maximum(digits.images[:200], digits.images[200:400])]
    answered = {
        trust: sum(d.label is not None for d in inkdigits.classify_many(pictures, trust=trust))
        for trust in ("strict", "normal", "always")
    }
    assert answered["strict"] < answered["normal"] < answered["always"] == len(pictures)


def test_glyphs_in_any_number(digits):
    whole = inkdigits.classify_glyphs(digits.images)
    assert whole.shape == (1000, 10) and whole.dtype == np.float32
    assert np.allclose(whole.sum(axis=1), 1, atol=1e-5)
    for count in (0, 1, 63, 64, 65, 200):
        assert np.allclose(inkdigits.classify_glyphs(digits.images[:count]), whole[:count], atol=1e-5)


@pytest.mark.parametrize(
    "glyphs", [np.zeros((28, 28), np.uint8), np.zeros((2, 28, 28)), np.zeros((2, 27, 28), np.uint8), [1]]
)
def test_bad_glyphs(glyphs):
    with pytest.raises(inkdigits.InputError, match="glyphs"):
        inkdigits.classify_glyphs(glyphs)


def test_bad_trust_and_model(tmp_path):
    picture = drawing()
    with pytest.raises(inkdigits.InputError, match="strict, normal or always"):
        inkdigits.classify(picture, trust="blind")  # type: ignore[arg-type]
    with pytest.raises(inkdigits.InputError, match="does not exist"):
        inkdigits.classify(picture, model="nonsense")
    (tmp_path / "model.onnx").write_bytes(b"no model")
    with pytest.raises(inkdigits.InputError, match="is not an ONNX model"):
        inkdigits.classify(picture, model=tmp_path)


def beside(labels, height=60, gap=20, pen=6):
    """Digits side by side on one line, black on white."""
    inks = [strokes.draw(strokes.digit(label), height, pen) for label in labels]
    tall = max(ink.shape[0] for ink in inks)
    padded = [np.pad(ink, ((0, tall - ink.shape[0]), (0, gap))) for ink in inks]
    return 255 - np.pad(np.concatenate(padded, axis=1), 30)


def test_two_digits_beside_each_other_are_not_one():
    """Which of them is meant, nobody can tell; `always` takes one, as it is bound to."""
    random = np.random.default_rng(4)
    pairs = [beside(random.integers(2, 10, size=2)) for _ in range(30)]
    for trust in ("strict", "normal"):
        found = inkdigits.classify_many(pairs, trust=trust)
        assert sum(digit.reason == "several digits" for digit in found) >= 28
        assert all(digit.label is None for digit in found)
    assert all(digit.label == digit.best for digit in inkdigits.classify_many(pairs, trust="always"))


def test_a_digit_close_above_another_is_not_one_either():
    random = np.random.default_rng(4)
    pairs = [beside(random.integers(2, 10, size=1), gap=0) for _ in range(60)]
    tall = [np.vstack([a[26:-26], np.full((4, a.shape[1]), 255, np.uint8), a[26:-26]]) for a in pairs]
    found = inkdigits.classify_many([np.pad(picture, 26, constant_values=255) for picture in tall])
    assert sum(digit.label is None for digit in found) >= 50


def test_what_stands_beside_a_digit_and_is_none_changes_nothing():
    """A letter, a far smaller digit, a digit above it: the one digit is still that."""
    letters = fonts.others()
    m = cv2.resize(letters.pictures[np.flatnonzero(letters.codes == ord("M"))[0]], (60, 60))
    four = np.pad(strokes.draw(strokes.digit(4), 64, 6), 2)[:64]
    with_letter = 255 - np.pad(np.concatenate([four, np.zeros((64, 25), np.uint8), np.pad(m, ((0, 4), (0, 0)))], 1), 30)
    small = strokes.draw(strokes.digit(7), 20, 3)
    with_small = np.pad(255 - four, 40, constant_values=255)
    with_small[10 : 10 + small.shape[0], 5 : 5 + small.shape[1]] = 255 - small
    for picture in (with_letter, with_small):
        assert inkdigits.classify(picture).reason != "several digits"
