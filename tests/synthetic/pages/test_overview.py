"""Sheets of pages: every scene has its row, and the truth is drawn on them in its colours."""

import numpy as np
from PIL import Image

from inkdigits.synthetic.pages import overview
from inkdigits.synthetic.pages.scenes import SCENES
from inkdigits.synthetic.pages.truth import Mark, SyntheticPage, Truth


def test_a_sheet_has_a_row_for_each_scene(training):
    pages = overview.rows(training, 3, 2)
    assert list(pages) == list(SCENES) and all(len(row) == 2 for row in pages.values())
    plain, known = overview.sheet(pages), overview.sheet(pages, truth=True)
    assert plain.mode == known.mode == "RGB"
    assert plain.width > 2 * 256 and plain.height > len(SCENES) * 256
    assert known.width > 4 * 256 and known.height > len(SCENES) * 512
    again, other = overview.sheet(overview.rows(training, 3, 2)), overview.sheet(overview.rows(training, 4, 2))
    assert plain.tobytes() == again.tobytes() != other.tobytes()


def test_truth_has_its_colours():
    grey = np.full((60, 100), 200, np.uint8)
    marks = [
        Mark("1", (10, 10, 20, 30), 0, 0),
        Mark(".", (22, 26, 25, 30), 0, 1),
        Mark("2", (30, 10, 40, 30), 0, 2),
        Mark("3", (60, 10, 70, 30), 1, 0, "printed"),
    ]
    empty = np.zeros_like(grey)
    drawn = overview.with_truth(SyntheticPage(grey, Truth(marks, [(75, 40, 95, 55)]), empty, empty, empty))
    assert isinstance(drawn, Image.Image) and drawn.size == (200, 120)
    pixels = np.asarray(drawn).astype(int)
    red, green, blue = pixels[20, 30], pixels[20, 30], pixels[20, 130]
    assert green[1] > green[0] and green[1] > green[2]
    assert blue[2] > blue[0] and blue[2] > blue[1]
    red = pixels[52, 47]
    assert red[0] > 1.5 * red[1] and red[0] > 1.5 * red[2]
    link = pixels[40, 50]  # between the two digits: the separator does not part them
    assert link[0] > link[2] + 60 and (pixels[40, 100] == 200).all()
    hatched = pixels[82:108, 152:188].reshape(-1, 3)
    assert 0.05 < (hatched != 200).any(axis=1).mean() < 0.3
