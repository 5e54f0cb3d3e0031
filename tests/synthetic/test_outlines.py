"""The packed outlines are whole, filled as their fonts fill them, and drawn at the size that was asked."""

import re
import string
from pathlib import Path

import cv2
import numpy as np
import pytest

from inkdigits.synthetic import outlines

# Faces by their numbers (README.md beside the outlines tells which fonts they come from).
SANS, BLACKLETTER = "print-004", "print-082"
# Their characters are made of points or squares, cut by stencils, or have worn edges.
UNUSUAL = {"print-022", "print-059", "print-069", "print-071", "print-074"}
FOLDER = Path(outlines.__file__).parent / "font_outlines"


def plain():
    return [font for font in outlines.fonts("print") if font.name not in UNUSUAL]


def face(name):
    return next(font for font in outlines.fonts() if font.name == name)


def holes(picture):
    # With a wider margin, so that a stroke along the edge cuts nothing off; specks of a rough edge are no holes.
    areas = cv2.connectedComponentsWithStats((np.pad(picture, 3) < 128).astype(np.uint8), connectivity=4)[2]
    return int(np.sum(areas[1:, cv2.CC_STAT_AREA] > 12)) - 1


def test_both_kinds_are_there():
    printed, written = outlines.fonts("print"), outlines.fonts("handwriting")
    assert len(printed) >= 60 and len(written) == 38
    assert {font.name for font in outlines.fonts()} == {font.name for font in (*printed, *written)}
    assert len({font.name for font in outlines.fonts()}) == len(printed) + len(written)


def test_every_face_has_digits_and_letters():
    for font in outlines.fonts():
        assert set(string.digits + string.ascii_letters + "+-=.,:/") <= font.glyphs.keys(), font.name
        assert 0.4 < font.cap_height < 1.4 and 0.2 < font.x_height < 1.1 * font.cap_height, font.name
        for glyph in font.glyphs.values():
            assert 0 < glyph.advance < 2 and all(len(contour) >= 3 for contour in glyph.contours), font.name


@pytest.mark.parametrize(("character", "count"), [("o", 1), ("8", 2), ("I", 0), ("H", 0), ("5", 0), ("A", 1)])
def test_holes(character, count):
    found = {font.name: holes(outlines.drawn(font, character, 120)) for font in plain()}
    assert {name: n for name, n in found.items() if n != count and (name, character) != (BLACKLETTER, "A")} == {}


def test_strokes_that_overlap_are_filled():
    # A crossing that was filled by the even-odd rule would leave a hole in the middle of a plus or a t.
    for font in outlines.fonts():
        if font.name not in UNUSUAL:
            assert holes(outlines.drawn(font, "+", 120)) == 0, font.name


@pytest.mark.parametrize("height", [9, 14, 30.5, 60, 150])
def test_a_capital_is_as_high_as_asked(height):
    for font in outlines.fonts():
        rows = np.flatnonzero(outlines.drawn(font, "H", height).max(axis=1))
        assert abs(rows[-1] - rows[0] + 1 - height) <= 1.5, font.name


def test_small_stems_are_not_thickened():
    sans = face(SANS)
    large, small = (outlines.drawn(sans, "I", height).sum() / 255 / height**2 for height in (200, 12))
    assert small == pytest.approx(large, rel=0.15)


def test_a_text_is_cropped_with_a_margin():
    for font in outlines.fonts():
        for text, height in (("Street", 11), ("7", 40), ("gJ", 90)):
            ink = outlines.drawn(font, text, height, slant=0.2)
            assert ink.dtype == np.uint8 and ink.max() > 100
            edge = np.concatenate([ink[0], ink[-1], ink[:, 0], ink[:, -1]])
            assert not edge.any(), (font.name, text)
            assert ink[:3].any() and ink[-3:].any() and ink[:, :3].any() and ink[:, -3:].any(), (font.name, text)


def test_a_text_is_wider_than_its_first_letter():
    for font in outlines.fonts():
        first, word, wide = (
            outlines.drawn(font, text, 20, spacing=spacing).shape[1]
            for text, spacing in (("n", 0.0), ("nun", 0.0), ("nun", 0.2))
        )
        assert first < word < wide, font.name


def test_slant_leans_to_the_right():
    sans = face(SANS)
    upright, leaning = outlines.drawn(sans, "I", 60), outlines.drawn(sans, "I", 60, slant=0.3)
    assert leaning.shape[1] - upright.shape[1] == pytest.approx(18, abs=2)
    assert np.argmax(leaning[3]) > np.argmax(leaning[-4])


def test_letters_that_touch_stay_ink():
    sans = face(SANS)
    alone = outlines.drawn(sans, "H", 60)
    # Two H on top of each other: where their ink is shared, it must not turn into paper.
    twice = outlines.drawn(sans, "HH", 60, spacing=-sans.glyphs["H"].advance)
    np.testing.assert_array_equal(alone, twice)


def test_a_character_that_the_font_lacks_is_a_space():
    font = outlines.fonts("print")[0]
    np.testing.assert_array_equal(outlines.drawn(font, "1 2", 30), outlines.drawn(font, "1\u4e002", 30))
    assert outlines.drawn(font, "12", 30).shape[1] < outlines.drawn(font, "1 2", 30).shape[1]
    assert outlines.drawn(font, " ", 30).shape == (2, 2) and not outlines.drawn(font, "", 30).any()


def test_no_digit_of_one_face_is_that_of_another():
    seen = {}
    for font in outlines.fonts():
        for digit in string.digits:
            shape = b"".join(contour.tobytes() for contour in font.glyphs[digit].contours)
            assert shape not in seen, (font.name, seen.get(shape), digit)
            seen[shape] = font.name


def test_each_face_has_its_licence_and_its_notice():
    """Outlines are a modified form of a font: its licence and notice stand beside them, and its name is not theirs."""
    readme = (FOLDER / "README.md").read_text(encoding="utf-8")
    notices = dict(re.findall(r"^- (.+?): (@fontsource/.+)$", readme, re.MULTILINE))
    numbers = [number for names in notices for number in re.findall(r"(?:print|handwriting)-\d+", names)]
    assert sorted(numbers) == sorted(font.name for font in outlines.fonts())
    for notice in notices.values():
        origin, licence, holder = re.match(r"@fontsource/(\S+) [\d.]+, (\S+); (.+)", notice).groups()
        assert licence in {"OFL-1.1", "Apache-2.0", "UFL-1.0"} and re.search(r"copyright|©", holder, re.IGNORECASE), (
            origin
        )
        assert not any(origin in font.name for font in outlines.fonts())
    for name, says in (
        ("OFL", "SIL OPEN FONT LICENSE Version 1.1"),
        ("APACHE", "END OF TERMS AND CONDITIONS"),
        ("UFL", "UBUNTU FONT LICENCE Version 1.0"),
    ):
        text = (FOLDER / f"LICENSE-{name}.txt").read_text(encoding="utf-8")
        assert says in text and len(text) > 4000 and "Copyright 20" not in text and f"LICENSE-{name}.txt" in readme
