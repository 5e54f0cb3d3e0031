"""Which pictures go to the worker that is kept for small ones: told by the header, before anything is decoded."""

import io

import pytest
from PIL import Image

from inkdigits.server.pictures import is_small
from tests.server.conftest import document, small


def saved(size, kind, **options):
    buffer = io.BytesIO()
    Image.new("L", size, 255).save(buffer, kind, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    "data", [small(), saved((28, 28), "JPEG"), saved((1000, 1000), "JPEG"), saved((1024, 1024), "PNG")]
)
def test_small_pictures_are_small(data):
    assert is_small(data)


@pytest.mark.parametrize("progressive", [False, True])
def test_a_jpeg_of_few_bytes_and_many_pixels_is_not(progressive):
    """Bare paper: megapixels in the bytes of a thumbnail."""
    data = saved((1800, 1800), "JPEG", quality=20, progressive=progressive)
    assert len(data) < 64 * 1024 and not is_small(data)


def test_what_takes_long_in_few_pixels_is_not():
    """Scans of a progressive JPEG each go over the whole picture; of an animation every frame is looked at."""
    assert not is_small(saved((900, 900), "JPEG", progressive=True))
    frames = [Image.new("L", (900, 900), shade) for shade in (255, 250, 245)]
    assert not is_small(saved((900, 900), "PNG", save_all=True, append_images=frames))


@pytest.mark.parametrize(
    "data", [b"", b"\xff\xd8\xff", b"\x89PNG\r\n\x1a\n" + bytes(40), document(1), bytes(70_000), b"GIF89a"]
)
def test_what_cannot_be_told_is_not(data):
    assert not is_small(data)
