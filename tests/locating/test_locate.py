"""The shipped locator finds numbers of any height on pages of any size, says where they are, and finds nothing in nothing.

What is written here is in forms of the digits that it was not trained on.
"""

from itertools import pairwise

import numpy as np
import pytest

from inkdigits.locating import locate, network, peaks
from inkdigits.locating.maps import HANDWRITTEN, PRINTED
from tests.locating import made
from tests.locating.matching import matched, off, sure_digits, told
from tests.written import Written, lines, paper, write

TEXTS = ["86523", "90714", "27438"]


@pytest.mark.parametrize("height, least", [(12, 24), (20, 26), (28, 26), (45, 26), (80, 26), (160, 26)])
def test_digits_of_any_height_are_found_in_their_places(height, least):
    """Of thirty; and where they are is told to three pixels, or 15 % of their height."""
    right = count = 0
    for seed in range(2):
        page = lines(TEXTS, height, seed=seed)
        found = locate.locate(page.grey).found
        right += told(page, found)
        count += sure_digits(found)
        assert np.quantile(off(page, found), 0.9) < 1
    assert right >= least and count <= 32


@pytest.mark.parametrize("side", [20, 24, 32])
def test_a_digit_fills_a_tiny_picture(side):
    right = 0
    for label in range(10):
        end = write(paper(99, 99), str(label), 0, 60, 0.7 * side, seed=label)
        page = paper(side, side)
        write(page, str(label), (side - end + 0.33 * 0.7 * side) / 2, 0.85 * side, 0.7 * side, seed=label)
        right += told(page, locate.locate(page.grey).found)
    assert right >= 7


@pytest.mark.parametrize("corner", [(70, 110), (2650, 1950)])
def test_a_number_in_a_corner_of_a_large_page_is_found_in_the_tile_around_it(corner, monkeypatch):
    page = paper(2000, 3000)
    write(page, "27435", *corner, 40, seed=2)
    read, sizes = network.run, []

    def counted(grey):
        sizes.append(grey.size)
        return read(grey)

    monkeypatch.setattr(network, "run", counted)
    found = locate.locate(page.grey).found
    assert told(page, found) >= 4 and max(off(page, found)) < 1
    assert len(sizes) <= 8 and max(sizes) <= 1.2e6  # coarse passes, and a tile or those that overlap there


@pytest.fixture
def areas(monkeypatch):
    """What the network reads from now on, in pixels."""
    run, read = network.run, []
    monkeypatch.setattr(network, "run", lambda grey: read.append(grey.size) or run(grey))
    return read


def guessed(kind, score, count=400):
    """Say that coarse passes saw marks all over a picture of 2000×3000, 12 pixels high."""
    places = [(40 + 145 * (i % 20), 40 + 95 * (i // 20)) for i in range(count)]
    marks = made.found([made.Mark("7", x, y, height=12) for x, y in places])
    marks.kinds[:], marks.scores[:] = kind, score
    return marks


@pytest.mark.parametrize("kind, score", [(PRINTED, 0.9), (HANDWRITTEN, 0.15)], ids=["print", "unsure"])
def test_what_is_no_sure_handwriting_costs_little_more_than_an_empty_page(areas, monkeypatch, kind, score):
    page = np.full((2000, 3000), 230, np.uint8)
    monkeypatch.setattr(locate, "guessed", lambda *_: guessed(kind, score))
    locate.locate(page)
    coarse = [area for area in areas if area < 400_000][:4]
    assert len(areas) > len(coarse)  # a part is read to see
    assert sum(areas) <= 1.6 * sum(coarse) + 2 * locate._LEAST_DOUBT


def test_where_one_part_shows_digits_the_others_are_read_too(areas, monkeypatch):
    """Coarse passes were sure of none of them."""
    page = paper(1100, 2000)
    for row in range(7):
        write(page, "27435" * 6, 60, 110 + 140 * row, 26, seed=row, gap=0.9)
    marks = made.found([made.Mark("7", x, y, height=26) for x, y in page.centres])
    marks.scores[:] = 0.2
    monkeypatch.setattr(locate, "guessed", lambda *_: marks)
    assert told(page, locate.locate(page.grey).found) >= 0.85 * len(page.labels)


def test_however_many_sure_marks_there_are_the_work_is_bounded(areas, monkeypatch):
    page = np.full((2000, 3000), 230, np.uint8)
    monkeypatch.setattr(locate, "guessed", lambda *_: guessed(HANDWRITTEN, 0.9))
    monkeypatch.setattr(locate, "_MOST_AREA", 3_000_000)
    locate.locate(page)
    assert sum(areas) <= 3_500_000  # the page at the scale of these digits has forty million pixels


def test_a_page_that_is_full_is_read_tile_by_tile():
    """Digits that two tiles share are found once."""
    page = paper(1000, 3000)
    for row in range(8):
        write(page, "2743586190" * 6, 40, 100 + 110 * row, 32, seed=row, gap=0.5)
    located = locate.locate(page.grey)
    assert len(located.passes) >= 2
    assert told(page, located.found) >= 0.9 * len(page.labels)
    assert sure_digits(located.found) <= 1.03 * len(page.labels)
    assert np.quantile(off(page, located.found), 0.95) < 1


@pytest.mark.parametrize("seed", range(2))
def test_digits_of_two_heights_on_one_page(seed):
    page = paper(420, 700)
    write(page, "27435", 60, 150, 80, seed=seed)
    write(page, "90816", 80, 240, 20, seed=seed + 5)
    write(page, "13572", 300, 330, 20, seed=seed + 7)
    located = locate.locate(page.grey)
    assert told(page, located.found) >= 13 and max(off(page, located.found)) < 1.3
    scales = sorted(one.scale[0] for one in located.passes)
    assert scales[-1] / scales[0] > 2 and len(located.passes) <= 3
    # Each was found at the scale that makes it about as high as the digits that the locator learned most from.
    for i, row in matched(page, located.found).items():
        height = page.boxes[i][3] - page.boxes[i][1]
        assert 14 < height * located.passes[located.of_pass[row]].scale[1] < 56


def empty(kind):
    random = np.random.default_rng(0)
    return {
        "white": np.full((300, 400), 255, np.uint8),
        "black": np.zeros((300, 400), np.uint8),
        "grey": np.full((90, 100), 128, np.uint8),
        "gradient": np.tile(np.linspace(40, 230, 400).astype(np.uint8), (300, 1)),
        "grain": random.normal(220, 6, (300, 400)).clip(0, 255).astype(np.uint8),
        "small": np.full((8, 8), 200, np.uint8),
        "strip": np.full((8, 1500), 200, np.uint8),
    }[kind]


@pytest.mark.parametrize("kind", ["white", "black", "grey", "small", "strip"])
def test_nothing_is_found_where_nothing_is(kind):
    assert len(locate.locate(empty(kind)).found) == 0


def test_noise_is_never_a_sure_digit():
    noise = np.random.default_rng(0).integers(0, 256, (300, 400), dtype=np.uint8)
    for grey in (noise, empty("grain"), empty("gradient")):
        found = locate.locate(grey).found
        assert len(found) <= peaks.MOST and found.scores.max(initial=0) < 0.8 and (found.scores > 0.5).sum() <= 4


def test_digits_that_look_like_print_where_they_are_small_are_read_larger():
    """Small in every coarse pass, handwriting may look like print: then the scale is that of what looks like print."""
    marks = made.found([made.Mark("7", 20.0 * i, 30, height=14) for i in range(5)])
    marks.kinds[:] = PRINTED
    assert locate._scales(marks, (0,)) == pytest.approx([locate.HEIGHT / 14]) == locate._scales(marks, (PRINTED,))
    marks.kinds[1], marks.boxes[1, 1] = 0, marks.boxes[1, 3] - 56
    assert locate._scales(marks, (0,)) == pytest.approx([locate.HEIGHT / 56])


def test_marks_come_with_the_pass_that_found_them_the_surest_first():
    located = locate.locate(lines(TEXTS, 30).grey)
    assert len(located.of_pass) == len(located.found) and set(located.of_pass) <= set(range(len(located.passes)))
    assert (np.diff(located.found.scores) <= 0).all()


def test_coarse_passes_that_were_made_before_are_not_made_again(monkeypatch):
    page = lines(TEXTS, 45).grey
    first = locate.coarse(page)
    assert all(a.scale[0] == pytest.approx(2 * b.scale[0], rel=0.05) for a, b in pairwise(first))
    whole = locate.locate(page)
    sizes = []
    run = network.run
    monkeypatch.setattr(network, "run", lambda grey: sizes.append(grey.shape) or run(grey))
    again = locate.locate(page, first=first)
    assert np.array_equal(again.found.boxes, whole.found.boxes) and len(sizes) <= 1


def test_a_page_is_the_same_wherever_it_lies_on_a_larger_sheet():
    """To a cell of the network's maps, whose pixels do not fall on the same places."""
    page = lines(TEXTS, 30)
    alone = locate.locate(page.grey).found
    sheet = np.full((400, 500), 235, np.uint8)
    sheet[60 : 60 + page.grey.shape[0], 90 : 90 + page.grey.shape[1]] = page.grey
    moved = Written(sheet, page.labels, [(a + 90, b + 60, c + 90, d + 60) for a, b, c, d in page.boxes])
    found = locate.locate(sheet).found
    assert told(moved, found) >= told(page, alone) - 1 >= 12 and max(off(moved, found)) < 1


def test_light_digits_on_a_dark_ground_are_found():
    page = lines(TEXTS, 30)
    assert told(Written(255 - page.grey, page.labels, page.boxes), locate.locate(255 - page.grey).found) >= 13


def test_the_scale_is_that_of_the_ink_that_is_asked_for():
    """Large handwriting beside small print: asked for print, a pass is made that suits it."""
    from inkdigits.synthetic import outlines
    from inkdigits.synthetic.held_out import is_held_out

    page = lines(["2743", "5819"], 90)
    font = next(
        f for i, f in enumerate(outlines.fonts("print")) if is_held_out(i, "training") and f.name == "print-049"
    )
    for row in range(3):
        ink = outlines.drawn(font, "407 26195 8830", 16)
        part = page.grey[8 + 26 * row :, 12:][: ink.shape[0], : ink.shape[1]]
        part[:] = np.minimum(part, 235 - (ink[: part.shape[0], : part.shape[1]] * 0.8).astype(np.uint8))
    written, printed = (max(o.scale[0] for o in locate.locate(page.grey, kinds).passes) for kinds in ((0,), (PRINTED,)))
    assert written < 0.6 and printed > 1
