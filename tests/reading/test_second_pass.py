"""The second look: what it reads that the first did not, whom it is not given, and that what is no digit stays none."""

import time
from collections.abc import Callable

import cv2
import numpy as np
import pytest

import inkdigits
from inkdigits import network
from inkdigits.datasets.dataset import Dataset
from inkdigits.image.load import load
from inkdigits.reading import candidates, second_pass, single
from inkdigits.reading.steps import draw
from inkdigits.recognising import decide
from inkdigits.synthetic import fonts


def peppered(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    hit, white = random.random((2, *picture.shape)) < np.array([0.16, 0.5]).reshape(2, 1, 1)
    return np.where(hit, np.where(white, np.uint8(255), np.uint8(0)), picture)


def barred(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """Other paper at two sides, its edges through the digit: upright ones or level ones."""
    bars = picture.copy()
    edge = int(picture.shape[0] * random.uniform(0.25, 0.35))
    along = bars if random.random() < 0.5 else bars.T
    along[:edge] = 255 - along[:edge]
    along[-edge:] = 255 - along[-edge:]
    return bars


def outlined(picture: np.ndarray, _random: np.random.Generator) -> np.ndarray:
    """The outline of a digit twice as large, in a thin pen."""
    large = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    contours, _ = cv2.findContours((large > 100).astype(np.uint8), cv2.RETR_LIST, cv2.CHAIN_APPROX_NONE)
    return cv2.drawContours(np.zeros_like(large), contours, -1, 255, 1)


def crossed(picture: np.ndarray, random: np.random.Generator) -> np.ndarray:
    """A thin line from side to side, level or nearly so, through the digit; twice as large as MNIST."""
    large = cv2.resize(picture, None, fx=2, fy=2, interpolation=cv2.INTER_CUBIC)
    left, right = (int(y) for y in random.integers(20, 38) + random.integers(-4, 5, 2))
    return cv2.line(large, (3, left), (52, right), 255, 2, cv2.LINE_AA)


@pytest.mark.parametrize("dark", [False, True], ids=["light ink", "dark ink"])
@pytest.mark.parametrize(("spoil", "least"), [(peppered, 0.95), (barred, 0.95), (outlined, 0.95), (crossed, 0.92)])
def test_what_the_first_look_missed(digits: Dataset, spoil: Callable, least: float, dark: bool):
    """The first look misses one in twenty at least, the second no more than half of those, whatever the network."""
    random = np.random.default_rng(3)
    pictures = [spoil(image, random) for image in digits.images[:200]]
    pictures = [255 - picture if dark else picture for picture in pictures]
    net, labels = network.load("default"), digits.labels[:200]
    glyphs = np.stack([p.glyph for p in map(single.prepare, pictures) if p.glyph is not None])
    assert len(glyphs) == len(pictures)
    first = decide.believe(net.probabilities(glyphs), net.temperature).digits.argmax(axis=1) == labels
    second = np.array([d.label for d in inkdigits.classify_many(pictures, trust="always")]) == labels
    assert second.mean() >= least
    assert first.mean() <= 0.95
    assert 2 * (~second).sum() <= (~first).sum()


def test_sure_digits_are_looked_at_once(digits: Dataset, monkeypatch):
    """As many second looks as there are doubtful digits, and no more; all the others' answers are the first look's."""
    looked: list[candidates.Views] = []

    def counted(seen: candidates.Views):
        looked.append(seen)
        return candidates.candidates(seen)

    monkeypatch.setattr(second_pass, "candidates", counted)
    net = network.load("default")
    prepared = [single.prepare(image) for image in digits.images]
    glyphs = np.stack([p.glyph for p in prepared if p.glyph is not None])
    first = decide.believe(net.probabilities(glyphs), net.temperature)
    answers = single.answer(prepared, net, "always")
    sure = first.confidence >= second_pass.SURE
    assert len(looked) == (~sure).sum() < 0.06 * len(sure)
    for row in np.flatnonzero(sure):
        assert answers[row].confidence == first.confidence[row]
        assert np.array_equal(answers[row].glyph, glyphs[row])


def test_an_answer_does_not_depend_on_the_pictures_beside_it(digits: Dataset, monkeypatch):
    """Also where one picture has no candidates: it is asked about again in seven views, alone as among others."""
    random = np.random.default_rng(5)
    pictures = [peppered(image, random) for image in digits.images[:12]]
    prepared = [single.prepare(picture) for picture in pictures]
    net, every = network.load("default"), candidates.candidates
    of_the_first = prepared[0].views
    monkeypatch.setattr(second_pass, "candidates", lambda seen: iter(()) if seen is of_the_first else every(seen))
    monkeypatch.setattr(second_pass, "SURE", 1.01)  # look again at all
    alone = [single.answer([one], net, "always")[0].probabilities for one in prepared]
    together = [digit.probabilities for digit in single.answer(prepared, net, "always")]
    assert np.allclose(alone, together, atol=1e-5)


def test_a_buffer_that_is_written_anew_for_each_picture(digits: Dataset):
    """As a camera's: the second look is at the picture that was given, not at what has been written over it since."""
    random = np.random.default_rng(7)
    pictures = [peppered(image, random) for image in digits.images[:60]]
    buffer = np.empty_like(pictures[0])

    def frames():
        for picture in pictures:
            buffer[:] = picture
            yield buffer

    apart = inkdigits.classify_many(pictures, trust="always")
    together = inkdigits.classify_many(frames(), trust="always")
    assert [d.confidence for d in together] == [d.confidence for d in apart]


def test_a_letter_stays_no_digit():
    """No letter gets an answer for having been cleaned: nearly none more than without a second look."""
    letters = fonts.others()
    rows = np.random.default_rng(4).permutation(len(letters.pictures))[:400]
    net = network.load("default")
    prepared = [p for p in map(single.prepare, letters.pictures[rows]) if p.glyph is not None]
    first = decide.believe(net.probabilities(np.stack([p.glyph for p in prepared])), net.temperature)
    for trust, more in (("strict", 0), ("normal", 2)):
        before = int((first.confidence >= net.thresholds[trust]).sum())
        answered = [d for d in single.answer(prepared, net, trust) if d.label is not None]
        assert len(answered) <= before + more


def test_the_box_and_the_glyph_are_of_the_form_that_was_believed(digits: Dataset):
    """A digit between two bars, in a large photo: the box is the digit's, in the photo's own pixels, not the bars'."""
    random = np.random.default_rng(5)
    pictures = [barred(image, random) for image in digits.images[:40]]
    large = [cv2.resize(p, None, fx=30, fy=30, interpolation=cv2.INTER_LINEAR) for p in pictures]
    answers = inkdigits.classify_many(large, trust="always")
    right = [d for d, label in zip(answers, digits.labels, strict=False) if d.label == label]
    assert len(right) >= 36
    heights = [d.box[3] - d.box[1] for d in right if d.box is not None]
    assert 480 <= np.median(heights) <= 700  # MNIST's digits are 20 of 28 pixels high: 600 here
    assert all(0 <= d.box[0] < d.box[2] <= 840 and 0 <= d.box[1] < d.box[3] <= 840 for d in right if d.box)


@pytest.mark.parametrize("shape", [(8, 2), (2, 8), (2, 48), (48, 3), (9, 2000), (2000, 9), (48, 48), (700, 500, 3)])
def test_any_array_survives(shape):
    """Noise, checks and stripes of any shape: cleaned forms have the shape of the view, candidates are glyphs."""
    random = np.random.default_rng(6)
    rows, columns = np.indices(shape[:2])
    checks = np.asarray((rows // 2 + columns // 2) % 2 * 255, np.uint8)
    stripes = np.asarray(columns // 7 % 2 * 255, np.uint8)
    for pixels in (random.integers(0, 256, shape, dtype=np.uint8), checks, stripes):
        picture = load(pixels)
        seen = candidates.views(picture, (0, 0, shape[1], shape[0]), dark=bool(random.random() < 0.5))
        assert max(seen.whole.pixels.shape[:2]) <= 160
        around = candidates.reduced(seen.around, 48)
        assert max(around.pixels.shape[:2]) <= 48
        start = time.process_time()
        every = list(candidates.candidates(seen))
        assert time.process_time() - start < 4
        cleaned = list(candidates.cleaned(around, seen.dark))
        assert len(cleaned) <= 14 and len(every) <= 16
        assert all(ink.dtype == np.uint8 and ink.shape == around.pixels.shape[:2] for _, ink in cleaned)
        assert all(one.glyph.shape == (28, 28) and one.glyph.dtype == np.uint8 for one in every)


@pytest.mark.parametrize("dark", [False, True])
def test_a_candidate_lies_where_the_digit_does(dark: bool):
    """In a large photo of a digit, told by boxes in the photo's own pixels; exchanged light is elsewhere."""
    canvas = np.zeros((900, 700), np.uint8)
    cv2.putText(canvas, "3", (200, 700), cv2.FONT_HERSHEY_SIMPLEX, 14, 255, 60, cv2.LINE_AA)
    left, top, width, height = cv2.boundingRect(canvas)
    seen = candidates.views(load(255 - canvas if dark else canvas), (left, top, left + width, top + height), dark)
    found = {one.name: one.box for one in candidates.candidates(seen)}
    off = {name: np.abs(np.array(box) - (left, top, left + width, top + height)).max() for name, box in found.items()}
    assert off["smoothed"] < 40 and off["found by the locator"] < 100
    assert "light and dark exchanged" not in off or off["light and dark exchanged"] > 50


def test_steps_show_the_second_look(digits: Dataset):
    """Two tiles more than the first look alone has: the candidate that was believed, and its glyph."""
    plain = digits.images[0]
    barred_one = barred(plain, np.random.default_rng(3))
    assert draw(barred_one).width == draw(plain).width + 2 * 212
