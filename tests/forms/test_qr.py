import numpy as np
import pytest
import segno

from inkdigits.forms import qr
from inkdigits.forms.qr import Code


@pytest.mark.parametrize("code", [Code("marks", 1, 1), Code("a-b_c", 12, 999_999, "0471938")])
def test_a_code_says_what_it_was_made_of(code):
    assert qr.parse(code.text()) == code


@pytest.mark.parametrize(
    "text",
    [
        "",
        "https://example.org/",
        "inkdigits:marks/0/1",
        "inkdigits:../../x/1/1",
        "inkdigits:marks/1/1/=cmd",
        "inkdigits:marks/1/1\n",
        "inkdigits:" + "m" * 50 + "/1/1",
        "inkdigits:marks/1/" + "9" * 40,
    ],
)
def test_what_a_hostile_code_says_is_nothing(text):
    assert qr.parse(text) is None


def test_a_printed_code_is_found_and_noise_is_none():
    modules = np.array([list(row) for row in segno.make(Code("marks", 1, 7).text(), error="m", micro=False).matrix])
    page = np.full((600, 500), 255, np.uint8)
    code = np.kron(1 - modules, np.ones((5, 5))) * 255
    page[40 : 40 + code.shape[0], 300 : 300 + code.shape[1]] = code
    assert qr.find(page) == Code("marks", 1, 7)
    assert qr.find(np.random.default_rng(0).integers(0, 255, (300, 300)).astype(np.uint8)) is None
