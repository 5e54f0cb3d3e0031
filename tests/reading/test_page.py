"""Pages of our own making are read: lines in order, touching digits, separators, turns, skew, documents."""

import io
import json

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

import inkdigits
from inkdigits.datasets.dataset import Dataset
from inkdigits.synthetic import strokes
from inkdigits.synthetic.paper import Scene, photograph
from tests.conftest import encoded

# Signs as strokes, from and to, in shares of the digits' height.
SIGNS = {
    ":": [((0.1, 0.25), (0.12, 0.25)), ((0.1, 0.8), (0.12, 0.8))],
    "=": [((0.1, 0.4), (0.6, 0.4)), ((0.1, 0.65), (0.6, 0.63))],
    "+": [((0.1, 0.5), (0.7, 0.5)), ((0.4, 0.2), (0.4, 0.85))],
    "x": [((0.1, 0.25), (0.65, 0.9)), ((0.1, 0.9), (0.65, 0.25))],
    "/": [((0.1, 1.1), (0.75, -0.2))],
    "l": [((0.05, 0.98), (0.7, 0.02))],  # a 1 that leans by 34 degrees
}


def cut(glyph):
    rows, columns = np.flatnonzero(glyph.any(axis=1)), np.flatnonzero(glyph.any(axis=0))
    return glyph[rows[0] : rows[-1] + 1, columns[0] : columns[-1] + 1]


def written(text, digits: Dataset, random, height=44, gap=14):
    """A line of MNIST digits and separators as ink, white on black; `|` makes a wide gap."""
    field = np.zeros((height + 40, len(text) * (height + gap) + 60), np.uint8)
    x = 20
    for sign in text:
        if sign.isdigit():
            glyph = cut(digits.images[random.choice(np.flatnonzero(digits.labels == int(sign)))])
            size = (max(6, round(glyph.shape[1] * height / 20)), max(6, round(glyph.shape[0] * height / 20)))
            ink = cv2.resize(glyph, size, interpolation=cv2.INTER_CUBIC)
            y = 20 + height - ink.shape[0]
            place = field[y : y + ink.shape[0], x : x + ink.shape[1]]
            np.maximum(place, ink, out=place)
            x += ink.shape[1] + gap
        elif sign == "|":
            x += 3 * height
        elif sign in SIGNS:
            drawn = field[:, x : x + height]
            for stroke in SIGNS[sign]:
                start, end = ((round(across * height), 20 + round(down * height)) for across, down in stroke)
                cv2.line(drawn, start, end, 255, 5, cv2.LINE_AA)
            x += np.flatnonzero(drawn.any(axis=0))[-1] + 1 + gap
        else:
            shapes = {".": (6, 6, height - 4), ",": (6, 14, height - 4), "-": (18, 5, height // 2)}
            width, tall, down = shapes[sign]
            field[20 + down : 20 + down + tall, x : x + width] = 255
            x += width + gap
    return field[:, : x + 20]


def page_of(lines, digits, seed=0, gap=14, scene=None):
    random = np.random.default_rng(seed)
    inks = [written(line, digits, random, gap=gap) for line in lines]
    width, height = max(i.shape[1] for i in inks) + 120, sum(i.shape[0] for i in inks) + 100
    sheet = np.zeros((height, width), np.uint8)
    y = 50
    for ink in inks:
        sheet[y : y + ink.shape[0], 50 : 50 + ink.shape[1]] = ink
        y += ink.shape[0]
    chosen = scene or Scene(light=0.2, tilt=0.0, grain=0.01)
    return photograph(sheet, (width, height), (0, 0), chosen, random)


LINES = ["3141", "27182", "606", "98"]


@pytest.fixture(scope="module")
def clear(digits):
    """Digits that the shipped network is sure of: what is tested here is the page, not the handwriting."""
    sure = inkdigits.classify_glyphs(digits.images)
    right = (sure.argmax(axis=1) == digits.labels) & (sure.max(axis=1) > 0.999)
    # A 1 that lies at 45 degrees is a slash to anybody who meets it between two digits.
    lying = np.array([cut(image).shape[1] > 11 for image in digits.images]) & (digits.labels == 1)
    return digits.subset(right & ~lying)


@pytest.mark.parametrize("seed", range(3))
def test_lines_in_reading_order(clear, seed):
    page = inkdigits.read(page_of(LINES, clear, seed), trust="always")
    assert [line.number_text for line in page.lines] == LINES
    assert page.rotation == 0
    boxes = [d.box for line in page.lines for d in line.digits]
    assert all(left < right and top < bottom for left, top, right, bottom in boxes)


@pytest.mark.parametrize("quarters", [1, 2, 3])
def test_turned_pages(clear, quarters):
    picture = np.rot90(page_of(["27435", "52347", "73524"], clear, 1), quarters).copy()
    page = inkdigits.read(picture, trust="always")
    assert [line.number_text for line in page.lines] == ["27435", "52347", "73524"]
    assert page.rotation == (360 - 90 * quarters) % 360


@pytest.mark.parametrize("angle", [-14, -8, 8, 14])
def test_skewed_pages(clear, angle):
    picture = page_of(["274352", "523474", "735243"], clear, 2)
    height, width = picture.shape[:2]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), angle, 0.75)
    skewed = cv2.warpAffine(picture, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    page = inkdigits.read(skewed, trust="always")
    assert [line.number_text for line in page.lines] == ["274352", "523474", "735243"]
    assert page.rotation == pytest.approx(-angle, abs=4)


def test_touching_digits(clear):
    """Digits pushed together until they touch: at least eight of ten numbers are still read right."""
    right = 0
    for seed in range(10):
        text = "".join(str(d) for d in np.random.default_rng(seed).integers(0, 10, 3))
        page = inkdigits.read(page_of([text], clear, seed, gap=-3), trust="always")
        right += [line.number_text for line in page.lines] == [text]
    assert right >= 8


@pytest.mark.parametrize("text", ["6.5", "12,50", "3-4", "2026-11-24"])
def test_separators(clear, text):
    page = inkdigits.read(page_of([text], clear, 3), trust="always")
    assert page.text == text


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("text", ["12:45", "7:30", "10:59:24", "3/4", "24/11/26"])
def test_colons_and_slashes(clear, text, seed):
    assert inkdigits.read(page_of([text], clear, seed), trust="always").text == text


@pytest.mark.parametrize("trust", ["strict", "normal", "always"])
@pytest.mark.parametrize("sign", ["x", "+", "="])
def test_signs_are_no_digits(clear, sign, trust):
    for seed in range(4):
        page = inkdigits.read(page_of([f"25{sign}38"], clear, seed), trust=trust)
        assert page.text == "25 38"


def test_points_side_by_side_are_no_colon(clear):
    assert ":" not in inkdigits.read(page_of(["12..47"], clear, 3), trust="always").text


@pytest.mark.parametrize("seed", range(4))
def test_a_1_that_may_be_a_slash_is_unsure(clear, seed):
    """As tall as digits that stand upright, it leans: a person would ask what is meant."""
    picture = page_of(["40l35"], clear, seed)
    assert inkdigits.read(picture, trust="strict").text == "40?35"
    (line,) = inkdigits.read(picture, trust="always").lines
    assert line.text == "40135" and line.digits[2].confidence <= 0.5


def test_a_wide_gap_is_a_space(clear):
    assert inkdigits.read(page_of(["123|45"], clear, 4), trust="always").text == "123 45"
    assert inkdigits.read(page_of(["7|8"], clear, 4), trust="always").text == "7 8"


def test_blank_and_one_digit(clear):
    blank = inkdigits.read(np.full((300, 400), 250, np.uint8))
    assert blank.lines == () and blank.text == ""
    assert inkdigits.read(page_of(["7"], clear, 5), trust="always").text == "7"


def test_a_digit_that_abstains_is_a_question_mark(clear):
    picture = page_of(["12345"], clear, 6, scene=Scene(light=0.2, tilt=0.0, grain=0.01, blur=4.5))
    page = inkdigits.read(picture, trust="strict")
    assert len(page.lines) == 1 and len(page.lines[0].number_text) == len(page.lines[0].digits)
    assert all(
        (d.label is None) == (c == "?") for d, c in zip(page.lines[0].digits, page.lines[0].number_text, strict=True)
    )


def test_documents(clear):
    pictures = [Image.fromarray(page_of([line], clear, 7)) for line in ("123", "456")]
    for kind in ("PDF", "TIFF"):
        buffer = io.BytesIO()
        first, second = (picture.copy() for picture in pictures)
        first.save(buffer, kind, save_all=True, append_images=[second])
        pages = list(inkdigits.read_pages(buffer.getvalue(), trust="always"))
        assert [page.text for page in pages] == ["123", "456"]
        assert [(p.number, p.pages) for p in pages] == [(1, 2), (2, 2)]
        assert [p.to_dict()["page"] for p in pages] == [1, 2]
        first_page = inkdigits.read(buffer.getvalue(), trust="always")
        assert (first_page.text, first_page.number, first_page.pages) == ("123", 1, 2)
        second_page = inkdigits.read(buffer.getvalue(), trust="always", page=2)
        assert (second_page.text, second_page.number, second_page.pages) == ("456", 2, 2)
        with pytest.raises(inkdigits.InputError, match="has 2 pages, and no page 3"):
            inkdigits.read(buffer.getvalue(), page=3)
    for picture in (pictures[0], np.asarray(pictures[0]), encoded(np.asarray(pictures[0]))):
        with pytest.raises(inkdigits.InputError, match="has one page, and no page 2"):
            inkdigits.read(picture, page=2)
    for page in (0, -1, True, "2", None, 1.5):
        with pytest.raises(inkdigits.InputError, match="is no page's number"):
            inkdigits.read(pictures[0], page=page)


def test_bad_documents():
    empty = pypdfium2.PdfDocument.new()
    buffer = io.BytesIO()
    empty.save(buffer)
    for data in (b"%PDF-1.4 nothing", buffer.getvalue()):
        with pytest.raises(inkdigits.InputError, match="is a PDF"):
            list(inkdigits.read_pages(data))


def test_json_and_drawing(clear):
    page = inkdigits.read(page_of(["31"], clear, 8), trust="always")
    said = page.to_dict()
    assert said["text"] == "31" and len(said["lines"][0]["digits"]) == 2 and "glyph" not in str(said)
    assert json.loads(page.lines[0].to_json()) == said["lines"][0]
    assert page.draw().size == (page.picture.shape[1], page.picture.shape[0])
    assert "\n" not in page.to_json()
    assert 0 < page.lines[0].confidence <= 1


def test_what_is_expected_narrows_the_reading(clear):
    picture = page_of(["4711"], clear, 9)
    page = inkdigits.read(picture, expect=r"\d{4}", trust="always")
    assert (page.text, page.lines[0].expected) == ("4711", True)
    # What is surely there is not made into something else, at any level of trust.
    for other in ("values:4712,9999", "mod97", r"5\d*"):
        line = inkdigits.read(picture, expect=other, trust="always").lines[0]
        assert (line.text, line.expected) == ("4711", False)
    assert inkdigits.read(picture, expect="length:5").lines[0].expected is False
    assert inkdigits.read(picture, expect=["length:4", "range:4000-5000"]).lines[0].expected is True
    assert inkdigits.read(picture).lines[0].expected is None
    with pytest.raises(inkdigits.InputError, match="expect"):
        inkdigits.read(picture, expect="length:many")


def test_what_is_expected_tells_points_from_commas(clear):
    picture = page_of(["6.5"], clear, 3)
    assert inkdigits.read(picture, expect=r"\d,\d", trust="always").text == "6,5"
    assert inkdigits.read(picture, expect="values:6.5,7.0", trust="always").text == "6.5"
    assert inkdigits.read(picture, expect=r"\d-\d", trust="always").lines[0].expected is False


@pytest.mark.parametrize("square", [20, 40])
def test_squared_paper(square):
    """Squares half as high as the digits, and as high: no line was read."""
    random = np.random.default_rng(1)
    right = 0
    for _ in range(3):
        numbers = ["".join(str(n) for n in random.integers(0, 10, 5)) for _ in range(3)]
        paper = np.full((300, 380), 225.0)
        paper[::square] = paper[:, ::square] = 165
        for row, number in enumerate(numbers):
            for place, digit in enumerate(number):
                ink = strokes.draw(strokes.digit(int(digit)), 36, 4)
                top, left = 30 + 85 * row, 30 + 65 * place
                part = paper[top : top + ink.shape[0], left : left + ink.shape[1]]
                part *= 1 - 0.75 * ink / 255
        picture = np.clip(paper + random.normal(0, 3, paper.shape), 0, 255).astype(np.uint8)
        right += sum(line.text == number for line, number in zip(inkdigits.read(picture).lines, numbers, strict=False))
    assert right >= 8
