"""Whatever comes in, what comes out is a Digit or an InputError of one line."""

import io

import numpy as np
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra import numpy as hnp
from PIL import Image, features

import inkdigits
from tests.conftest import drawing, encoded

SEEDS = []
for kind, options in (("PNG", {}), ("JPEG", {}), ("BMP", {}), ("GIF", {}), ("TIFF", {"compression": "tiff_lzw"}),
                      ("TIFF", {}), ("WEBP", {}), ("PPM", {})):  # fmt: skip
    buffer = io.BytesIO()
    Image.fromarray(drawing(height=30, pen=4, margin=5)).save(buffer, kind, **options)
    SEEDS.append(buffer.getvalue())
for kind, options in (("GIF", {}), ("PNG", {}), ("WEBP", {}), ("MPO", {}), ("TIFF", {}), ("TIFF", {"big_tiff": True})):
    buffer = io.BytesIO()
    pixels = drawing(4, height=30, pen=4, margin=5)
    other = Image.fromarray(np.ascontiguousarray(pixels[::-1]))
    Image.fromarray(pixels).save(buffer, kind, save_all=True, append_images=[other], **options)
    SEEDS.append(buffer.getvalue())
if features.check("avif"):
    SEEDS.append(encoded(drawing(height=30, pen=4, margin=5), "AVIF"))

FUZZ = settings(max_examples=400, deadline=None, suppress_health_check=[HealthCheck.too_slow])


def check(source):
    try:
        digit = inkdigits.classify(source)
    except inkdigits.InputError as error:
        assert "\n" not in str(error) and ";" in str(error)
    else:
        assert isinstance(digit, inkdigits.Digit)
        assert digit.glyph.shape == (28, 28)
        assert abs(float(digit.probabilities.sum()) - 1) < 1e-4


@FUZZ
@given(st.binary(max_size=400))
def test_any_bytes(data):
    check(data)


@FUZZ
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=12),
       st.integers(0, 10**6))  # fmt: skip
def test_damaged_pictures(data, changes, length):
    """Real files of every format with some bytes changed, and cut off anywhere."""
    damaged = bytearray(data)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    check(bytes(damaged[: len(data) - length % len(data)]) if length % 3 == 0 else bytes(damaged))


@FUZZ
@given(hnp.arrays(
    dtype=st.one_of(hnp.integer_dtypes(), hnp.unsigned_integer_dtypes(), hnp.floating_dtypes(), hnp.boolean_dtypes(),
                    hnp.complex_number_dtypes(), hnp.unicode_string_dtypes(), hnp.datetime64_dtypes()),
    shape=hnp.array_shapes(min_dims=0, max_dims=4, min_side=0, max_side=14),
))  # fmt: skip
def test_any_array(array):
    check(array)


@FUZZ
@given(hnp.arrays(np.uint8, st.tuples(st.integers(1, 40), st.integers(1, 40))))
def test_any_picture(array):
    check(array)


@settings(max_examples=100, deadline=None)
@given(st.one_of(st.text(max_size=60), st.none(), st.integers(), st.lists(st.integers(), max_size=3)))
def test_any_other_source(source):
    check(source)


@settings(max_examples=150, deadline=None)
@given(hnp.arrays(np.uint8, st.tuples(st.integers(8, 60), st.integers(8, 90))), st.integers(0, 3))
def test_read_any_picture(array, softness):
    """`read` on noise of any grain: a page, and boxes within the picture."""
    for _ in range(softness):
        array = ((array.astype(int) + np.roll(array, 1, 0) + np.roll(array, 1, 1)) // 3).astype(np.uint8)
    page = inkdigits.read(array, trust="always")
    for line in page.lines:
        assert line.text == line.text.strip() and "  " not in line.text
        for digit in line.digits:
            assert digit.box is not None
            left, top, right, bottom = digit.box
            assert 0 <= left < right <= page.size[0] and 0 <= top < bottom <= page.size[1]


@FUZZ
@given(st.sampled_from(SEEDS), st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 255)), max_size=8))
def test_read_damaged_pictures(data, changes):
    damaged = bytearray(data)
    for place, value in changes:
        damaged[place % len(damaged)] = value
    try:
        pages = list(inkdigits.read_pages(bytes(damaged)))
    except inkdigits.InputError as error:
        assert "\n" not in str(error)
    else:
        assert all(isinstance(page, inkdigits.Page) for page in pages)
