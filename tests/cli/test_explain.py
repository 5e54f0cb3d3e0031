"""`inkdigits explain`: drawings appear where they are said to, and never over a picture."""

import json
from pathlib import Path

import pytest
from PIL import Image

from tests.cli.conftest import run
from tests.conftest import drawing, encoded


@pytest.fixture(autouse=True)
def here(tmp_path_factory, monkeypatch):
    """Work in a folder of its own, since drawings go to where one is."""
    folder = tmp_path_factory.mktemp("here")
    monkeypatch.chdir(folder)
    return folder


def names(folder="."):
    return sorted(path.name for path in Path(folder).iterdir())


def width(path):
    with Image.open(path) as picture:
        return picture.width


def test_the_words_are_printed_and_the_drawing_is_where_they_say(here, pictures):
    result = run("explain", pictures[0])
    assert result.exit_code == 0 and result.stderr == ""
    assert "Read as 4 (" in result.stdout and "spoke most for 4" in result.stdout
    assert result.stdout.endswith("Drawn: four.explained.png\n")
    assert names() == ["four.explained.png"] and width("four.explained.png") == 1080


def test_one_bad_picture_does_not_stop_the_rest(here, pictures):
    result = run("explain", *pictures, "--out", "new/folder")
    assert result.exit_code == 1 and result.stdout.count("Read as") == 2
    assert result.stderr.startswith(f"inkdigits: {pictures[1]}: ") and result.stderr.count("\n") == 1
    assert names("new/folder") == ["four.explained.png", "seven.explained.png"]


def test_json_is_one_object_a_line_and_draws_only_when_asked(here, pictures):
    result = run("explain", "--json", "--against", 1, pictures[0], pictures[2])
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [(row["label"], row["rival"]) for row in rows] == [(4, 1), (7, 1)] and names() == []
    assert run("explain", "--json", pictures[0], "--out", "x.png").stdout.count("\n") == 1
    assert width("x.png") == 1080


def test_a_digit_is_not_held_against_itself(pictures):
    result = run("explain", pictures[0], pictures[2], "--against", 7)
    assert result.exit_code == 1 and "Read as 4" in result.stdout and "seven.png: is read as 7 itself" in result.stderr


def test_no_picture_is_ever_written_over(here, pictures):
    """Neither by --out, nor through a link, nor by the name that a drawing would have."""
    original = pictures[0].read_bytes()
    link = here / "link.png"
    link.symlink_to(pictures[0])
    for out in (pictures[0], link):
        result = run("explain", pictures[0], "--out", out)
        assert result.exit_code == 2 and "is the picture itself" in result.stderr
    (here / "four.explained.png").write_bytes(original)
    result = run("explain", pictures[0], "four.explained.png")
    assert result.exit_code == 0 and "Drawn: four.explained-2.png" in result.stdout
    assert pictures[0].read_bytes() == original == (here / "four.explained.png").read_bytes()


def test_pictures_of_one_name_get_drawings_of_two(here, pictures):
    (here / "other").mkdir()
    (here / "other" / "four.jpg").write_bytes(encoded(drawing(4), "JPEG"))
    assert run("explain", pictures[0], "other/four.jpg").exit_code == 0
    assert names() == ["four.explained-2.png", "four.explained.png", "other"]


def test_standard_input_and_the_longest_names(here, pictures):
    assert "stdin.explained.png" in run("explain", "-", data=pictures[2].read_bytes()).stdout
    longest = here / ("é" * 120 + ".png")
    longest.write_bytes(pictures[0].read_bytes())
    assert run("explain", longest).exit_code == 0
    assert run("explain", here / ("a" * 3000), pictures[0]).stdout.count("Read as") == 1


@pytest.mark.parametrize(
    "options",
    [["--against", "10"], ["--against", "x"], ["--trust", "blind"], ["--out", "x.jpg"], ["--out", "full.txt"],
     ["four.png", "--out", "x.png"]],
    ids=" ".join,
)  # fmt: skip
def test_wrong_usage_exits_with_2_before_anything_is_written(here, pictures, options):
    (here / "full.txt").write_text("a file")
    assert run("explain", pictures[0], *options).exit_code == 2
    assert names() == ["full.txt"]


def test_bad_inputs_are_one_line(here, pictures, tmp_path):
    blank = tmp_path / "blank.png"
    blank.write_bytes(encoded(drawing()[:20, :20]))
    for arguments in ([blank], [tmp_path], [tmp_path / "none.png"], [pictures[0], "--model", "nonsense"]):
        result = run("explain", *arguments)
        assert (result.exit_code, result.stdout) == (1, "") and result.stderr.count("\n") == 1
    assert names() == []
