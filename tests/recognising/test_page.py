"""`inkdigits.read`: lines in order, separators, turns, print, boxes, documents, and what it says of how sure it is.

Numbers are written in forms of the digits, and printed in fonts, that the locator was not trained on.
"""

import io
import json
from dataclasses import replace

import cv2
import numpy as np
import pypdfium2
import pytest
from PIL import Image

import inkdigits
from inkdigits import network
from inkdigits.geometry import bounding_box
from inkdigits.synthetic import outlines
from inkdigits.synthetic.held_out import is_held_out
from inkdigits.synthetic.paper import Scene, photograph
from tests.conftest import encoded
from tests.written import Written, lines, paper, write

LINES = ["3141", "27182", "606", "98"]
ROWS = ["27435", "52347", "73524", "45372"]  # upside down most of these are no digits
HEIGHT = 30


def right(pages_and_texts):
    """How many lines are read as they were written, of how many."""
    read = wanted = 0
    for grey, texts in pages_and_texts:
        got = inkdigits.read(grey, trust="always").text.split("\n")
        read += sum(text in got for text in texts)
        wanted += len(texts)
    return read, wanted


def everything(page):
    return [digit for line in page.lines for digit in line.digits]


@pytest.mark.parametrize("seed", range(3))
def test_lines_come_in_reading_order(seed):
    page = inkdigits.read(lines(LINES, HEIGHT, seed=seed).grey, trust="always")
    assert page.rotation == 0 and len(page.lines) == 4
    assert [len(line.digits) for line in page.lines] == [4, 5, 3, 2]
    assert sum(line.number_text == text for line, text in zip(page.lines, LINES, strict=True)) >= 3


def test_a_photo_in_colour_with_a_shadow_is_read():
    random = np.random.default_rng(0)
    page = lines(LINES, 40, seed=1)
    ink = ((235 - page.grey.astype(float)) * 255 / 195).clip(0, 255).astype(np.uint8)
    size = ink.shape[1] + 160, ink.shape[0] + 120
    photo = photograph(ink, size, (80, 60), Scene(light=0.3, shadow=0.3, tilt=0.0), random)
    read, wanted = right([(photo, LINES)])
    assert photo.ndim == 3 and read >= wanted - 1


@pytest.mark.parametrize("degrees", [90, 270])
def test_pages_on_their_side_are_read(degrees):
    picture = np.rot90(lines(ROWS, HEIGHT, seed=1).grey, -degrees // 90).copy()
    page = inkdigits.read(picture, trust="always")
    assert page.rotation == degrees and page.size == (picture.shape[1], picture.shape[0])
    assert sum(line.number_text == text for line, text in zip(page.lines, ROWS, strict=False)) >= 3


@pytest.mark.parametrize("degrees", [0, 90, 270, 14])
def test_boxes_and_polygons_are_in_pixels_of_the_picture_that_was_given(degrees):
    """Also where it is large, and reduced to be read; each digit's ink is in its polygon, and hardly any beside it."""
    page = lines(ROWS, 150, seed=2)
    if degrees == 14:
        height, width = page.grey.shape
        matrix = cv2.getRotationMatrix2D((width / 2, height / 2), -14, 0.75)
        place = lambda grey, edge: cv2.warpAffine(grey, matrix, (width, height), borderValue=edge)  # noqa: E731
    else:
        place = lambda grey, _edge: np.rot90(grey, -degrees // 90).copy()  # noqa: E731
    picture = place(page.grey, 235)
    large = cv2.resize(picture, None, fx=2.0, fy=2.0, interpolation=cv2.INTER_LINEAR)
    found = inkdigits.read(large, trust="always")
    assert max(large.shape) > 2048 and found.size == (large.shape[1], large.shape[0])
    digits = everything(found)
    caught = []
    for box, ink in zip(page.boxes, page.inks, strict=True):
        alone = np.zeros(page.grey.shape, np.uint8)
        alone[box[1] : box[3], box[0] : box[2]] = ink
        rows, columns = np.nonzero(place(alone, 0) > 100)
        points = 2.0 * np.stack([columns + 0.5, rows + 0.5], axis=1)[::7]
        shares = [
            np.mean([cv2.pointPolygonTest(np.array(d.polygon, np.float32), p.tolist(), True) > -12 for p in points])
            for d in digits
        ]
        caught.append(sorted(shares)[::-1][:2])
    assert np.mean([first > 0.95 for first, _ in caught]) >= 0.9
    assert np.median([second for _, second in caught]) < 0.1
    for digit in digits:
        assert digit.polygon is not None and digit.box == bounding_box(digit.polygon, found.size)
    for line in found.lines:
        hull = np.array(line.polygon, np.float32)
        assert all(cv2.pointPolygonTest(hull, p, True) > -0.1 for digit in line.digits for p in digit.polygon or ())


def test_digits_that_touch_are_read_apart():
    texts = [["87406", "08765"], ["10467", "36051"], ["51376", "48192"], ["28957", "38749"]]
    read, wanted = right((lines(t, 34, seed=i, gap=-0.04).grey, t) for i, t in enumerate(texts))
    assert read >= 0.5 * wanted


@pytest.mark.parametrize("sign", [".", ",", "-", "/", ":"])
def test_separators_are_told(sign):
    texts = [f"12{sign}45", f"7{sign}30", f"604{sign}8"]
    read, wanted = right((lines(texts, HEIGHT, seed=seed, gap=0.3).grey, texts) for seed in (0, 2, 3, 4))
    assert read >= 0.7 * wanted


def test_numbers_that_stand_apart_are_parted_by_a_space():
    """In a line of text, and in the columns of a table."""
    texts = ["123  45", "7   80  6"]
    read, wanted = 0, 0
    for seed in range(3):
        got = inkdigits.read(lines(texts, HEIGHT, seed=seed).grey, trust="always").text.split("\n")
        read += sum(" ".join(text.split()) in got for text in texts)
        wanted += len(texts)
    assert read >= wanted - 2


def test_a_blank_picture_has_no_lines_and_one_digit_is_a_line():
    for light in (0, 128, 250):
        blank = inkdigits.read(np.full((300, 400), light, np.uint8))
        assert blank.lines == () and blank.text == "" and blank.rotation == 0
    for label in (2, 5, 7, 8):
        assert inkdigits.read(lines([str(label)], 40, seed=1).grey, trust="always").text == str(label)


def test_a_digit_that_abstains_is_a_question_mark():
    picture = cv2.GaussianBlur(lines(["12345", "67890"], HEIGHT, seed=6).grey, (0, 0), 4)
    unsure = 0
    for trust in ("strict", "normal", "always"):
        for line in inkdigits.read(picture, trust=trust).lines:
            assert len(line.number_text) == len(line.digits)
            for digit, sign in zip(line.digits, line.number_text, strict=True):
                assert (digit.label is None) == (sign == "?") == (digit.reason == "unsure")
                unsure += sign == "?"
                assert trust != "always" or sign != "?"
    assert unsure > 0


def test_more_trust_is_asked_the_fewer_digits_are_answered_and_the_answers_are_the_same():
    answered = []
    grey = np.random.default_rng(0).normal(0, 12, (10_000, 1_000)).astype(np.float32)
    picture = lines(ROWS, 22, seed=3).grey
    noisy = (picture + grey[: picture.shape[0], : picture.shape[1]]).clip(0, 255).astype(np.uint8)
    for trust in ("strict", "normal", "always"):
        digits = everything(inkdigits.read(noisy, trust=trust))
        answered.append({digit.box: digit.label for digit in digits if digit.label is not None})
    strict, normal, always = answered
    assert strict.items() <= normal.items() <= always.items() and len(always) >= 16


def test_confidences_are_probabilities():
    for seed, trust in enumerate(("strict", "normal", "always")):
        page = inkdigits.read(lines(LINES, 20, seed=seed).grey, trust=trust)
        for line in page.lines:
            assert 0 <= line.confidence <= 1
            for digit in line.digits:
                assert 0 <= digit.confidence <= 1 and digit.best == int(digit.probabilities.argmax())
                assert digit.probabilities.sum() == pytest.approx(1, abs=1e-4)
                assert digit.glyph.shape == (28, 28) and digit.glyph.dtype == np.uint8


def test_a_clear_line_is_believed_more_than_a_blurred_one():
    page = lines(["27435"], HEIGHT, seed=1).grey
    clear, blurred = (inkdigits.read(p, trust="always").lines for p in (page, cv2.GaussianBlur(page, (0, 0), 3.5)))
    assert clear[0].confidence > 0.5 and all(line.confidence < clear[0].confidence for line in blurred)


def test_a_digit_network_that_knows_ten_digits_alone_reads_pages_as_well():
    assert network.load("classic").probabilities(np.zeros((1, 28, 28), np.uint8)).shape == (1, 10)
    page = lines(LINES, HEIGHT, seed=1).grey
    got = inkdigits.read(page, model="classic", trust="always").text.split("\n")
    assert sum(text in got for text in LINES) >= 3


FONTS = [font for i, font in enumerate(outlines.fonts("print")) if is_held_out(i, "training")]
# Plain faces: a slab serif, a typewriter's, and sans serifs; their README tells the names.
PLAIN = [
    font
    for font in FONTS
    if font.name in ("print-007", "print-028", "print-035", "print-049", "print-063", "print-056")
]


def printed(texts, font, height=26, pitch=2.0):
    """A page of lines of print, uint8 (H, W)."""
    inks = [outlines.drawn(font, text, height) for text in texts]
    margin = round(1.5 * height)
    shape = round(pitch * height * len(texts)) + 2 * margin, max(ink.shape[1] for ink in inks) + 2 * margin
    page = np.full(shape, 235, np.uint8)
    for row, ink in enumerate(inks):
        top = margin + round(row * pitch * height)
        part = page[top : top + ink.shape[0], margin : margin + ink.shape[1]]
        part[:] = np.rint(235 - 195 * (ink / 255))
    return page


NUMBERS = ["407", "26195", "8830"]


@pytest.mark.parametrize("ink", ["printed", "any"])
def test_printed_digits_are_read_if_asked_for(ink):
    read = 0
    for font in PLAIN:
        page = inkdigits.read(printed(NUMBERS, font), ink=ink, trust="always")
        read += sum(text in NUMBERS for text in page.text.split("\n"))
        assert ink == "any" or all(digit.ink == "printed" for digit in everything(page))
    assert read >= 0.75 * 3 * len(PLAIN)


def test_printed_digits_are_not_taken_for_handwritten_ones():
    answered = sum(d.label is not None for font in FONTS for d in everything(inkdigits.read(printed(NUMBERS, font))))
    assert answered <= 0.05 * 12 * len(FONTS)


def test_a_page_of_print_has_hardly_any_handwritten_digits():
    words = ["the", "quick", "meter", "shows", "what", "every", "Reader", "wants,", "none", "of", "it", "since", "1984"]
    random = np.random.default_rng(1)
    answered = 0
    for font in PLAIN[:3]:
        page = printed([" ".join(random.choice(words, 7)) for _ in range(14)], font, 15)
        answered += sum(digit.label is not None for digit in everything(inkdigits.read(page)))
    assert answered <= 2


def test_each_digit_says_whether_it_is_written_or_printed():
    page = lines(["2743"], 30, seed=1)
    label = printed(["8830 26195"], PLAIN[3], 24)
    sheet = np.full((page.grey.shape[0] + label.shape[0], max(page.grey.shape[1], label.shape[1])), 235, np.uint8)
    sheet[: label.shape[0], : label.shape[1]] = label
    sheet[label.shape[0] :, : page.grey.shape[1]] = page.grey
    digits = everything(inkdigits.read(sheet, ink="any", trust="always"))
    is_written = [digit.box[1] > label.shape[0] for digit in digits if digit.box]
    assert len(digits) >= 11
    assert np.mean([(d.ink == "handwritten") == w for d, w in zip(digits, is_written, strict=True)]) >= 0.8
    assert all(digit.ink == "handwritten" for digit in everything(inkdigits.read(sheet)))


def cells(text, *, pen=2, apart=8, seed=0, pitch=40):
    """A printed box around each digit; with `apart` 0 they share their sides, as in a comb."""
    page = paper(96, 60 + (pitch + apart) * len(text))
    for i, sign in enumerate(text):
        x = 30 + (pitch + apart) * i
        cv2.rectangle(page.grey, (x, 18), (x + pitch, 74), 60, pen)
        if sign != " ":
            write(page, sign, x + 11, 63, 32, seed=seed)
    return page.grey


@pytest.mark.parametrize("pen, apart", [(1, 8), (2, 8), (3, 8), (2, 0)])
def test_boxes_around_digits_are_no_digits(pen, apart):
    right_ = 0
    for seed in range(3):
        page = inkdigits.read(cells("70245865", pen=pen, apart=apart, seed=seed), trust="always")
        text = page.text.replace(" ", "").replace("\n", "")
        assert len(everything(page)) <= 9 and len(text) <= 10
        right_ += sum(a == b for a, b in zip(text, "70245865", strict=False)) if len(text) == 8 else 0
    assert right_ >= 12


def test_empty_boxes_and_rules_are_no_digits():
    page = cells(" " * 8)
    for y in range(10, 96, 12):
        page[y] = 120
    for picture in (cells(" " * 8), cells(" " * 8, apart=0, pen=3), page):
        assert sum(digit.label is not None for digit in everything(inkdigits.read(picture))) == 0


@pytest.mark.parametrize("square", [20, 40])
def test_squared_paper_is_read_as_plain_paper_is(square):
    """Squares half as high as the digits, and as high."""
    texts = ["27435", "90816", "13572"]
    read = wanted = 0
    for seed in range(2):
        page = lines(texts, 36, seed=seed, gap=0.5, pen=0.11)
        grid = np.full(page.grey.shape, 235, np.uint8)
        grid[::square] = grid[:, ::square] = 170
        read += right([(np.minimum(page.grey, grid), texts)])[0]
        wanted += 3
    assert read >= wanted - 2


def document(kind, texts):
    buffer = io.BytesIO()
    first, *others = (Image.fromarray(lines([text], 40, seed=2).grey) for text in texts)
    first.save(buffer, kind, save_all=True, append_images=others)
    return buffer.getvalue()


@pytest.mark.parametrize("kind", ["PDF", "TIFF"])
def test_every_page_of_a_document_is_read(kind):
    data = document(kind, ["274", "583"])
    pages = list(inkdigits.read_pages(data, trust="always"))
    assert [page.text for page in pages] == ["274", "583"]
    assert [(p.number, p.pages) for p in pages] == [(1, 2), (2, 2)]
    assert [p.to_dict()["page"] for p in pages] == [1, 2]
    for number, text in ((1, "274"), (2, "583")):
        page = inkdigits.read(data, trust="always", page=number)
        assert (page.text, page.number, page.pages) == (text, number, 2)
    with pytest.raises(inkdigits.InputError, match="has 2 pages, and no page 3"):
        inkdigits.read(data, page=3)


def test_a_page_that_there_is_not():
    picture = lines(["27"], 40).grey
    for source in (Image.fromarray(picture), picture, encoded(picture)):
        with pytest.raises(inkdigits.InputError, match="has one page, and no page 2"):
            inkdigits.read(source, page=2)
    for page in (0, -1, True, "2", None, 1.5):
        with pytest.raises(inkdigits.InputError, match="is no page's number"):
            inkdigits.read(picture, page=page)


def test_bad_documents():
    empty = pypdfium2.PdfDocument.new()
    buffer = io.BytesIO()
    empty.save(buffer)
    for data in (b"%PDF-1.4 nothing", buffer.getvalue()):
        with pytest.raises(inkdigits.InputError, match="is a PDF"):
            list(inkdigits.read_pages(data))


def test_json_and_drawing():
    page = inkdigits.read(lines(["27"], 40, seed=1).grey, trust="always")
    said = page.to_dict()
    assert said["text"] == "27" and len(said["lines"][0]["digits"]) == 2 and "glyph" not in str(said)
    assert json.loads(page.lines[0].to_json()) == said["lines"][0]
    assert page.draw().size == (page.picture.shape[1], page.picture.shape[0])
    assert "\n" not in page.to_json()
    assert inkdigits.Page.from_dict(json.loads(page.to_json())).to_dict() == said


def test_what_is_expected_narrows_the_reading():
    picture = lines(["4735"], 34, seed=2, gap=0.4).grey
    page = inkdigits.read(picture, expect=r"\d{4}", trust="always")
    assert (page.text, page.lines[0].expected) == ("4735", True)
    # What is surely there is not made into something else, at any level of trust.
    for other in ("values:9888,1000", r"1\d*"):
        line = inkdigits.read(picture, expect=other, trust="always").lines[0]
        assert (line.number_text, line.expected) == ("4735", False)
    assert inkdigits.read(picture, expect=["length:4", "range:4000-5000"]).lines[0].expected is True
    assert inkdigits.read(picture).lines[0].expected is None
    with pytest.raises(inkdigits.InputError, match="expect"):
        inkdigits.read(picture, expect="length:many")


def test_what_is_expected_tells_points_from_commas():
    picture = lines(["7.5"], 34, seed=2, gap=0.4).grey
    assert inkdigits.read(picture, expect=r"\d,\d", trust="always").text == "7,5"
    assert inkdigits.read(picture, expect="values:7.5,8.0", trust="always").text == "7.5"


def test_the_same_picture_is_read_the_same_as_a_file_and_as_an_array():
    grey = lines(LINES, HEIGHT, seed=1).grey
    as_array, as_file = inkdigits.read(grey), inkdigits.read(encoded(grey))
    assert replace(as_file, source="x").to_dict() == replace(as_array, source="x").to_dict()


def test_light_digits_on_a_dark_ground():
    page = lines(LINES, HEIGHT, seed=1)
    read, wanted = right([(Written(255 - page.grey).grey, LINES)])
    assert read >= wanted - 1
