"""Files of several frames: the fullest is read, and that there are others is said."""

import io

import numpy as np
import pytest
from PIL import Image, features

from inkdigits.image import frames
from inkdigits.image.load import load
from tests.conftest import drawing

FULL = drawing(4, height=60, pen=8, margin=12)
WIDTH = FULL.shape[1]
GROWING = [np.where(np.arange(WIDTH) < WIDTH * share, FULL, 255).astype(np.uint8) for share in (0.4, 0.7, 1)]
KINDS = {"GIF": {}, "PNG": {}, "WEBP": {"lossless": True}, "MPO": {"quality": 95}}
if features.check("avif"):
    KINDS["AVIF"] = {"quality": 95}


def animation(kind, pictures, **options):
    first, *others = [Image.fromarray(picture).convert("RGB" if kind != "GIF" else "L") for picture in pictures]
    buffer = io.BytesIO()
    first.save(buffer, kind, save_all=True, append_images=others, **{**KINDS[kind], **options})
    return buffer.getvalue()


def is_full(pixels):
    grey = pixels if pixels.ndim == 2 else pixels[..., 1]
    return np.abs(grey.astype(float) - FULL).mean() < 12


@pytest.mark.parametrize("kind", KINDS)
def test_a_drawing_that_grows_is_read_when_it_is_whole(kind):
    picture = load(animation(kind, GROWING))
    assert is_full(picture.pixels)
    (said,) = picture.warnings
    assert said.startswith("one of 3 frames is read, number 3, which has the most ink; ")


@pytest.mark.parametrize("kind", KINDS)
def test_the_fullest_may_be_the_first(kind):
    picture = load(animation(kind, [FULL, GROWING[1], GROWING[0]]))
    assert is_full(picture.pixels) and "one of 3 frames is read, number 1," in picture.warnings[0]


def test_light_ink_on_dark_paper_is_ink():
    assert is_full(255 - load(animation("GIF", [255 - frame for frame in GROWING])).pixels)


def test_the_last_of_equals():
    other = np.ascontiguousarray(FULL[:, ::-1])  # as much ink
    assert np.array_equal(load(animation("PNG", [FULL, other])).pixels[..., 0], other)


def test_a_default_picture_counts_as_a_frame():
    picture = load(animation("PNG", [GROWING[0], FULL], default_image=True))
    assert is_full(picture.pixels) and "one of 2 frames" in picture.warnings[0]


@pytest.mark.parametrize("kind, options", [("GIF", {"interlace": 1}), ("PNG", {}), ("WEBP", {}), ("JPEG", {})])
def test_one_frame_is_nothing_to_speak_of(kind, options):
    buffer = io.BytesIO()
    Image.fromarray(FULL).save(buffer, kind, **options)
    assert load(buffer.getvalue()).warnings == ()


def test_a_second_picture_of_another_size_in_a_jpeg_is_no_frame():
    """As thumbnails are, and the gain maps of phones."""
    dark = np.zeros((FULL.shape[0] // 2, FULL.shape[1] // 2), np.uint8)
    picture = load(animation("MPO", [FULL, dark]))
    assert is_full(picture.pixels) and picture.warnings == ()


def test_large_frames_of_a_jpeg_are_reduced_as_they_are_decoded():
    large = [np.asarray(Image.fromarray(frame).resize((1500, 1500))) for frame in GROWING[1:]]
    picture = load(animation("MPO", large), 400)
    assert picture.size == (1500, 1500) and max(picture.pixels.shape) <= 400
    assert (
        np.abs(
            picture.pixels[..., 1] - np.asarray(Image.fromarray(FULL).resize(picture.pixels.shape[1::-1]), float)
        ).mean()
        < 12
    )


def test_frames_beyond_the_limit_are_said(monkeypatch):
    monkeypatch.setattr(frames, "_MAX_FRAMES", 2)
    picture = load(animation("GIF", GROWING))
    assert picture.warnings[0].startswith("one of 2 frames is read, number 2,")
    assert picture.warnings[1].startswith("only its first 2 frames are looked at;")
    monkeypatch.setattr(frames, "_MAX_PIXELS", 10)
    assert load(animation("GIF", GROWING)).warnings[-1].startswith("only its first 1 frames are looked at;")


def test_a_damaged_frame_ends_the_animation_and_is_said():
    data = animation("PNG", [FULL, GROWING[0], GROWING[1]])
    picture = load(data[: data.rindex(b"fdAT") + 30])
    assert is_full(picture.pixels)
    assert any("cannot be decoded from frame 3 on" in said for said in picture.warnings)
