"""What was left out of a file is a line on standard error, and in JSON; the answer and the exit code stay what they are."""

import io
import json

import pytest
from PIL import Image

from tests.cli.conftest import run
from tests.conftest import drawing, encoded


@pytest.fixture
def animation(tmp_path):
    """An animation of two frames: the second is a 4."""
    buffer = io.BytesIO()
    Image.new("L", drawing(4, pen=14).shape[::-1], 255).save(
        buffer, "GIF", save_all=True, append_images=[Image.fromarray(drawing(4, pen=14))]
    )
    path = tmp_path / "grow.gif"
    path.write_bytes(buffer.getvalue())
    return path


def said(path):
    return (
        f"inkdigits: warning: {path}: one of 2 frames is read, number 2, which has the most ink; "
        "save the others as pictures of their own to have them read\n"
    )


@pytest.mark.parametrize("verb", ["classify", "read", "explain"])
def test_one_file(animation, verb, monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    result = run(verb, animation)
    assert (result.exit_code, result.stderr) == (0, said(animation)) and "4" in result.stdout


@pytest.mark.parametrize("verb", ["classify", "read"])
def test_json_says_it_too_and_only_where_there_is_something(animation, verb, tmp_path):
    plain = tmp_path / "plain.png"
    plain.write_bytes(encoded(drawing(4, pen=14)))
    first, second = map(json.loads, run(verb, "--json", animation, plain).stdout.splitlines())
    assert first["warnings"][0].startswith("one of 2 frames is read, number 2") and "warnings" not in second


@pytest.mark.parametrize("out", [False, True])
def test_many_files_in_processes_of_their_own(animation, out, tmp_path):
    others = [tmp_path / f"{n}.png" for n in range(13)]
    for other in others:
        other.write_bytes(encoded(drawing(7, pen=14, height=60)))
    result = run("read", animation, *others, "--jobs", 1, *(["--out", tmp_path / "out.jsonl"] if out else ["--csv"]))
    assert result.exit_code == 0 and result.stderr.startswith(said(animation))
    assert result.stderr.count("\n") == 1 + out


def test_a_page_of_a_document_is_named(tmp_path):
    buffer = io.BytesIO()
    picture = Image.fromarray(drawing(4, pen=14))
    picture.save(buffer, "TIFF", save_all=True, append_images=[picture] * 2)
    path = tmp_path / "pages.tif"
    path.write_bytes(buffer.getvalue())
    result = run("classify", path)
    assert (
        result.stderr
        == f"inkdigits: warning: {path}: one of 3 pages is read, the first; read goes through all of them\n"
    )
    assert run("read", path).stderr == ""


def test_pictures_of_a_folder_that_no_decoder_takes_are_a_line_each(tmp_path):
    for name in ("a.jxl", "b.JXL"):
        (tmp_path / name).write_bytes(b"\xff\x0a" + bytes(50))
    for name in ("c.jfif", "d.pjpeg", "e.pjp", "f.jif"):
        (tmp_path / name).write_bytes(encoded(drawing(4, pen=14), "JPEG"))
    (tmp_path / "g.apng").write_bytes(encoded(drawing(4, pen=14)))
    result = run("classify", tmp_path, "--brief")
    assert result.exit_code == 1 and result.stdout.count(": 4 (") == 5
    lines = result.stderr.splitlines()
    assert len(lines) == 2 and all("is a JPEG XL picture, which is not read here" in line for line in lines)
    assert "a.jxl" in lines[0] and "holds no pictures" not in result.stderr


@pytest.mark.parametrize("source", ["https://example.org/a.png", "data:image/png;base64,iVBORw0KGgo"])
def test_an_address_is_one_line(source):
    result = run("read", source)
    assert result.exit_code == 1 and result.stderr.count("\n") == 1 and "URL" in result.stderr
