"""The HEIF family: recognised by any of its brands, decoded where a decoder is there, and named where none is."""

import importlib.util
import io
import struct

import numpy as np
import pillow_heif
import pytest
from PIL import Image, features

from inkdigits.errors import InputError
from inkdigits.image import opening
from inkdigits.image.load import load
from tests.conftest import drawing

GREY = drawing(3, height=60, pen=8, margin=12)[:80, :80]
BRANDS = ["heic", "heix", "hevc", "hevx", "heim", "heis", "mif1", "msf1", "mif2", "avif", "avis"]


def box(major, *compatible):
    content = major.encode() + bytes(4) + "".join(compatible).encode()
    return struct.pack(">I", len(content) + 8) + b"ftyp" + content + bytes(30)


@pytest.fixture
def without_plugin(monkeypatch):
    find = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name, *a: None if name == "pillow_heif" else find(name, *a))
    monkeypatch.setattr(opening, "_by_heif", lambda data: None)


@pytest.mark.parametrize("brand", BRANDS)
@pytest.mark.parametrize("other", ["major", "compatible"])
def test_every_brand_is_recognised_and_the_decoder_named(brand, other, without_plugin):
    data = box(brand) if other == "major" else box("xxxx", "mp41", brand)
    with pytest.raises(InputError, match=r"is a HEI[CF] picture, and the decoder for it is not installed; ") as refused:
        load(data)
    assert "pip install pillow-heif" in str(refused.value) and "\n" not in str(refused.value)


def test_a_film_is_no_picture():
    with pytest.raises(InputError, match="is not a picture that can be read"):
        load(box("isom", "mp41"))


@pytest.mark.parametrize("start", [b"\xff\x0a", b"\0\0\0\x0cJXL \r\n\x87\n"])
def test_jpeg_xl_is_named(start):
    with pytest.raises(InputError, match="is a JPEG XL picture, which is not read here; save or export it"):
        load(start + bytes(50))


@pytest.mark.skipif(not features.check("avif"), reason="this Pillow has no AVIF")
def test_avif_is_read_and_one_that_is_damaged_is_told(without_plugin):
    buffer = io.BytesIO()
    Image.fromarray(GREY).convert("RGB").save(buffer, "AVIF", quality=90)
    picture = load(buffer.getvalue())
    assert np.abs(picture.pixels.mean(axis=2) - GREY).mean() < 5 and picture.warnings == ()
    with pytest.raises(InputError):
        load(buffer.getvalue()[:-200])


@pytest.mark.parametrize("brand", BRANDS)
def test_heic_is_read_by_the_plugin_whatever_its_brand(brand):
    before = dict(Image.OPEN)
    buffer = io.BytesIO()
    pillow_heif.from_pillow(Image.fromarray(GREY).convert("RGB")).save(buffer, quality=90)
    data = buffer.getvalue().replace(b"ftypheic", b"ftyp" + brand.encode(), 1)
    picture = load(data)
    assert np.abs(picture.pixels.mean(axis=2) - GREY).mean() < 5
    assert before.keys() == Image.OPEN.keys() - {"AVIF"} | ({"AVIF"} & before.keys()), "Pillow is left as it was"
