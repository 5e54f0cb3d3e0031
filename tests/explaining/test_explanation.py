"""An explanation says what the network's own answers bear out, in numbers, words and a drawing."""

import io
import json
import math

import numpy as np
import pytest
from PIL import Image

import inkdigits
from inkdigits import network
from inkdigits.explaining.explanation import odds
from inkdigits.explaining.neighbours import nearest
from inkdigits.explaining.occlusion import occlude
from inkdigits.reading.single import prepare
from inkdigits.synthetic import fonts
from tests.conftest import SAMPLES, drawing, encoded


@pytest.fixture(scope="module")
def seven():
    return inkdigits.explain(SAMPLES / "7-crossed.jpg")


def test_it_explains_the_answer_of_classify(seven):
    digit = inkdigits.classify(SAMPLES / "7-crossed.jpg")
    assert seven.digit.to_dict() == digit.to_dict() and (seven.digit.glyph == digit.glyph).all()
    assert seven.rival == digit.top(2)[1][0]
    ratio = digit.probabilities[7] / digit.probabilities[seven.rival]
    assert seven.log_odds == pytest.approx(math.log(ratio), abs=0.01)


def test_after_a_second_look_the_glyph_that_it_shows_is_explained(digits):
    """A line through a digit is taken out before it is read: nothing is said of the picture with the line."""
    crossed = 255 - digits.images[:100].repeat(3, axis=1).repeat(3, axis=2)
    crossed[:, 40:44] = 0
    changed = (p for p in crossed if (inkdigits.classify(p).glyph != prepare(p).glyph).any())
    explanation = inkdigits.explain(next(changed))
    glyph, best = explanation.digit.glyph, explanation.digit.best
    assert [n.index for n in explanation.neighbours] == [n.index for n in nearest(glyph)]
    cleaned = occlude(glyph, network.load()).before
    column = 10 if explanation.rival is None else explanation.rival
    assert explanation.log_odds == pytest.approx(math.log(cleaned[best] / cleaned[column]), abs=1e-3)


def test_findings_hold_when_they_are_done_by_hand():
    """Take the ink of the first finding away and fill the gap of the second: the odds are what was said."""
    glyph = inkdigits.classify(SAMPLES / "9-dim-light.jpg").glyph
    explanation = inkdigits.explain(SAMPLES / "9-dim-light.jpg")
    kinds = set()
    for finding in explanation.findings:
        left, top, right, bottom = finding.box
        changed = glyph.copy()
        changed[top:bottom, left:right] = 0 if finding.kind == "ink" else 255
        probabilities = inkdigits.classify_glyphs(changed[None])[0].astype(float)
        after = math.log(probabilities[explanation.digit.best] / probabilities[explanation.rival])
        assert explanation.log_odds - after == pytest.approx(finding.effect, abs=0.01)
        if finding.becomes is not None:
            assert finding.becomes == np.argmax(probabilities)
        kinds.add(finding.kind)
    assert kinds == {"ink", "gap"}


def test_against_names_the_rival_and_turns_the_map(seven):
    other = inkdigits.explain(SAMPLES / "7-crossed.jpg", against=2)
    assert other.rival == 2 and "7 against 2" in str(other)
    assert not np.allclose(other.evidence, seven.evidence)
    for bad in (10, -1, 2.0, True, "2", [2]):
        with pytest.raises(inkdigits.InputError, match="is not a digit; give a whole number from 0 to 9"):
            inkdigits.explain(SAMPLES / "7-crossed.jpg", against=bad)
    with pytest.raises(inkdigits.InputError, match=r"7-crossed\.jpg: is read as 7 itself"):
        inkdigits.explain(SAMPLES / "7-crossed.jpg", against=7)


def test_a_letter_is_held_against_not_a_digit():
    others = fonts.others()
    letters = (others.pictures[i] for i in np.flatnonzero(others.codes == ord("M")))
    explanation = next(e for e in map(inkdigits.explain, letters) if e.digit.reason == "not a digit")
    assert explanation.rival is None and explanation.log_odds < 0 and explanation.not_digit > 0.5
    assert 'against "not a digit": 1 to ' in str(explanation)
    assert explanation.to_dict()["rival"] is None and explanation.draw().width == 1080


def test_what_is_no_digit_is_explained_as_it_was_first_seen():
    """Cleaned, some letters look like digits: that is not what the answer came from."""
    letters = map(inkdigits.explain, fonts.others().pictures[:32])
    not_digits = [explanation for explanation in letters if explanation.digit.reason == "not a digit"]
    assert len(not_digits) > 10 and all(explanation.log_odds < 0 for explanation in not_digits)


def test_what_has_no_ink_has_no_explanation():
    with pytest.raises(inkdigits.InputError, match="is blank"):
        inkdigits.explain(np.full((50, 50), 255, np.uint8))
    for bad in (b"no picture", "nowhere.png", None):
        with pytest.raises(inkdigits.InputError):
            inkdigits.explain(bad)
    with pytest.raises(inkdigits.InputError, match="level of trust"):
        inkdigits.explain(drawing(), trust="blind")


def test_a_file_object_is_read_once():
    assert inkdigits.explain(io.BytesIO(encoded(drawing(4, pen=14))), model="classic").digit.best == 4


def test_json_says_the_same(seven):
    said = json.loads(seven.to_json())
    assert "\n" not in seven.to_json()
    assert said["label"] == 7 and said["rival"] == seven.rival and said["source"] == seven.source
    np.testing.assert_allclose(said["evidence"], seven.evidence, atol=1e-4)
    assert [tuple(f["box"]) for f in said["findings"]] == [f.box for f in seven.findings]
    assert [n["index"] for n in said["neighbours"]] == [n.index for n in seven.neighbours]


def test_words(seven):
    first, second, *others = seven.sentences()
    assert first.startswith("Read as 7 (") and second.startswith(f"The odds of 7 against {seven.rival}: ")
    assert len(others) == len(seven.findings) + 1
    assert "spoke most for 7" in others[0] and others[-1] == "The 6 most similar training digits are all 7."


@pytest.mark.parametrize(
    "nats, text",
    [(0.0, "1.0 to 1"), (math.log(30), "30 to 1"), (-math.log(2.5), "1 to 2.5"), (math.log(1234), "1,234 to 1"),
     (math.log(9.96), "10 to 1"), (20.0, "over a million to 1"), (-1e9, "1 to over a million")],
)  # fmt: skip
def test_odds(nats, text):
    assert odds(nats) == text


@pytest.mark.parametrize("label", range(10))
def test_the_drawing_shows_the_glyph_and_both_colours_of_evidence(label):
    explanation = inkdigits.explain(drawing(label, pen=14), model="classic")
    image = explanation.draw()
    assert image.mode == "RGB" and image.width == 1080 and 640 < image.height < 800
    # The second tile is the glyph in squares; its lower right corner is covered by nothing.
    assert image.getpixel((291 + 230, 118 + 230)) == (0, 0, 0)
    pixels = np.asarray(image).astype(int)
    assert ((pixels[..., 2] - pixels[..., 0]) > 60).sum() > 500  # blue: it spoke for the answer


def test_odd_shapes_are_drawn():
    wide = np.full((30, 900), 255, np.uint8)
    wide[5:25, 440:445] = 0
    for source in (wide, wide.T, Image.fromarray(drawing(3)).convert("RGBA"), drawing(0)[::8, ::8]):
        assert inkdigits.explain(source).draw().width == 1080
