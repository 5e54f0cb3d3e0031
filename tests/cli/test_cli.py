"""The command line as a person types it: outputs, exit codes, and nothing on the wrong stream."""

import importlib
import json
import os
import pty
import re
import shutil
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from PIL import Image

from inkdigits.datasets import load
from inkdigits.evaluation.metrics import measure
from inkdigits.network import registry
from inkdigits.recognising.decide import believe
from inkdigits.training import split
from tests.cli.conftest import run
from tests.conftest import SAMPLES, drawing, encoded, png_header


def test_help_and_version():
    assert "classify" in run("--help").output and re.search(r"\d+\.\d+", run("--version").output)
    for verb in (
        "classify",
        "read",
        "explain",
        "train",
        "evaluate",
        "ensemble",
        "quantise",
        "data",
        "models",
        "recipes",
    ):
        assert run(verb, "--help").exit_code == 0


def test_usage_errors_exit_with_2():
    for arguments in (
        ["nonsense"],
        ["classify"],
        ["classify", "x.png", "--trust", "blind"],
        ["train", "--epochs", "0"],
    ):
        assert run(*arguments).exit_code == 2


def test_one_bad_picture_does_not_stop_the_rest(pictures):
    result = run("classify", *pictures)
    assert result.exit_code == 1
    assert [line.split(": ")[1][0] for line in result.stdout.splitlines()] == ["4", "7"]
    assert result.stderr.startswith(f"inkdigits: {pictures[1]}: ") and result.stderr.count("\n") == 1


def test_json_is_one_object_a_line_and_nothing_else(pictures):
    result = run("classify", "--json", *pictures)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert [row["label"] for row in rows] == [4, 7]
    assert [row["source"] for row in rows] == [str(pictures[0]), str(pictures[2])]


def test_standard_input(pictures):
    assert json.loads(run("classify", "--json", "-", data=pictures[2].read_bytes()).stdout)["label"] == 7
    assert run("classify", "-", data=b"").exit_code == 1


@pytest.mark.parametrize("what", ["folder", "missing", "empty", "bomb"])
def test_every_kind_of_bad_input_is_one_line(tmp_path, what):
    path = tmp_path / "x.png"
    if what == "folder":
        path.mkdir()
    elif what == "empty":
        path.touch()
    elif what == "bomb":
        path.write_bytes(png_header(60_000, 60_000))
    result = run("classify", path)
    assert (result.exit_code, result.stdout) == (1, "")
    assert result.stderr.count("\n") == 1 and str(path) in result.stderr and "Traceback" not in result.stderr


def test_a_bad_model_is_one_line(pictures, tmp_path):
    (tmp_path / "m.onnx").write_bytes(b"no")
    for model in (tmp_path / "m.onnx", "nonsense", tmp_path):
        result = run("classify", pictures[0], "--model", model)
        assert result.exit_code == 1 and "Traceback" not in result.output and len(result.output.splitlines()) == 1


def test_on_a_terminal_the_glyph_and_the_bars_are_shown(pictures):
    """Run in a real pseudo-terminal: 14 lines of picture, the answer, three bars."""
    output = in_terminal([sys.executable, "-m", "inkdigits", "classify", str(pictures[2])])
    plain = re.sub(r"\x1b\[[0-9;]*m", "", output)
    assert output.count("▀") == 28 * 14
    assert re.search(r" 7  ", plain) and len(re.findall(r"\d\.\d%", plain)) == 4 and "█" in plain


def test_on_a_terminal_without_colour_letters_draw_the_glyph(pictures):
    output = in_terminal([sys.executable, "-m", "inkdigits", "classify", str(pictures[2])], NO_COLOR="1", TERM="dumb")
    assert "▀" not in output and "@" in output


def test_on_a_terminal_a_reason_is_given(tmp_path):
    (picture := tmp_path / "two.png").write_bytes(encoded(np.hstack([drawing(8), drawing(8)])))
    output = in_terminal([sys.executable, "-m", "inkdigits", "classify", str(picture)], NO_COLOR="1")
    assert "several digits; perhaps an 8" in output


def in_terminal(command, **environment):
    main_end, other_end = pty.openpty()
    env = {**os.environ, "TERM": "xterm-256color", "COLUMNS": "100", "LINES": "40", **environment}
    env.pop("NO_COLOR", None) if "NO_COLOR" not in environment else None
    process = subprocess.Popen(command, stdout=other_end, stderr=other_end, stdin=subprocess.DEVNULL, env=env)
    os.close(other_end)
    output = b""
    while True:
        try:
            part = os.read(main_end, 65536)
        except OSError:
            break
        if not part:
            break
        output += part
    os.close(main_end)
    assert process.wait() == 0
    return output.decode()


def test_data(tmp_path):
    assert "mnist" in run("data").output
    out = tmp_path / "samples.png"
    result = run("data", "show", "mnist", "--out", out)
    assert result.exit_code == 0 and "60,000 digits by 539 writers" in result.output
    with Image.open(out) as picture:
        assert picture.size[0] > 500
    assert run("data", "show", tmp_path / "nothing").exit_code == 1
    for name in ("x.foo", "x"):
        assert run("data", "show", "mnist", "--out", tmp_path / name).exit_code == 2


def test_data_pages(tmp_path):
    out = tmp_path / "pages.png"
    result = run("data", "show", "pages", "--out", out, "--count", 1, "--seed", 5, "--truth")
    assert result.exit_code == 0 and "1 of each of 10 scenes" in result.output
    with Image.open(out) as picture:
        colours = {colour for _, colour in picture.getcolors(1 << 24)}
    assert {(0, 150, 60), (30, 90, 220), (220, 30, 30), (230, 140, 0), (190, 0, 190)} <= colours
    for wrong in (("mnist", "--truth"), ("mnist", "--seed", 0), ("pages", "--count", 0), ("pages", "--out", "x.jpg")):
        assert run("data", "show", *wrong).exit_code == 2
    assert "pages" in run("data").output


def test_what_is_written_does_not_replace_what_is_there(tmp_path, pictures):
    pictures[1].unlink()
    (folder := tmp_path / "set" / "7").mkdir(parents=True)
    seven = folder / "seven.png"
    pictures[2].rename(seven)
    before = seven.read_bytes()
    assert run("read", folder, "--draw", seven).exit_code == 2  # the one picture in the folder
    for place in (seven, folder / "new.png"):
        result = run("data", "show", tmp_path / "set", "--out", place)
        assert result.exit_code == 2 and "lies in the data set itself" in result.stderr
    result = run("evaluate", "classic", "--data", tmp_path / "set", "--out", folder)
    assert result.exit_code == 1 and "holds other files already" in result.stderr
    assert seven.read_bytes() == before and list(folder.iterdir()) == [seven]


def test_a_closed_input_and_a_full_disk_are_one_line():
    for command, said in (
        ("classify - <&-", "standard input: is closed"),
        ("--help >/dev/full", "No space left on device; make room"),
    ):
        done = subprocess.run(
            ["sh", "-c", f"{sys.executable} -m inkdigits {command}"], capture_output=True, text=True, check=False
        )
        assert done.returncode == 1 and said in done.stderr and len(done.stderr.splitlines()) == 1


def test_models_and_recipes():
    assert "classic" in run("models").output and "Limits" in run("models", "show", "classic").output
    assert "classic" in run("recipes").output and "[network]" in run("recipes", "show", "classic").output
    assert "locator" in run("recipes").output and "[pages]" in run("recipes", "settings", "locate").output
    assert run("models", "show", "x").exit_code == 1 and run("recipes", "show", "x").exit_code == 1


def test_evaluate(tmp_path, digits):
    np.savez(tmp_path / "d.npz", x=digits.images[:200], y=digits.labels[:200])
    result = run("evaluate", "classic", "--data", tmp_path / "d.npz", "--out", tmp_path / "out")
    assert result.exit_code == 0 and "of 200 digits right" in result.output
    assert (tmp_path / "out" / "report.html").exists()
    figures = json.loads(run("evaluate", "--data", tmp_path / "d.npz", "--json").stdout)
    assert figures["digits"] == 200 and figures["accuracy"] > 0.97
    assert run("evaluate", "--data", tmp_path / "none").exit_code == 1


def test_what_is_put_right_in_data_is_told_and_no_failure(tmp_path, digits):
    folder = tmp_path / "mine"
    for row in range(60):
        place = folder / "testing" / str(digits.labels[row])
        place.mkdir(parents=True, exist_ok=True)
        Image.fromarray(255 - digits.images[row].T).save(place / f"{row}.png")
    (folder / "testing" / "2" / "notes.txt").write_text("x")
    for verb in (["evaluate"], ["compare", "classic", "default"]):
        result = run(*verb, "--data", folder, "--json")
        assert result.exit_code == 0 and json.loads(result.stdout)["digits"] == 60
        told = result.stderr.splitlines()
        assert len(told) == 2 and all(line.startswith("inkdigits: warning: ") for line in told)
        assert "notes.txt" in told[0] and "they were turned back" in told[1]


@pytest.fixture
def trained_on(tmp_path, digits):
    """A data set without a test half, and a model whose config says that it was trained on it as runs are."""
    np.savez(tmp_path / "mine.npz", x=digits.images[:300], y=digits.labels[:300])
    mine = load.find(str(tmp_path / "mine.npz"))
    learned, held_out = split.own_test(mine.train())
    training, validation = split.by_writer(learned, 0.1)
    folder = tmp_path / "mine-0"
    shutil.copytree(registry.locate("classic").parent, folder)
    config = json.loads((folder / "config.json").read_text("utf-8"))
    config["data_sha256"] = {"training": training.fingerprint(), "validation": validation.fingerprint()}
    (folder / "config.json").write_text(json.dumps(config), "utf-8")
    return tmp_path / "mine.npz", folder, training, held_out


@pytest.mark.parametrize("verb", [["evaluate"], ["compare", "default"]], ids=" ".join)
def test_a_model_is_not_measured_on_digits_that_it_was_trained_on(tmp_path, trained_on, verb):
    data, folder, training, held_out = trained_on
    result = run(*verb, folder, "--data", data, "--json")
    assert json.loads(result.stdout)["digits"] == len(held_out)
    assert f"measured on the {len(held_out)} digits that were held out" in result.stderr
    np.savez(tmp_path / "learned.npz", x=training.images, y=training.labels)
    result = run(*verb, folder, "--data", tmp_path / "learned.npz", "--json")
    assert result.exit_code == 1 and "is what the model 'mine-0' was trained on; give digits" in result.stderr


def test_compare(tmp_path, digits):
    np.savez(tmp_path / "d.npz", x=digits.images[:500], y=digits.labels[:500])
    (tmp_path / "d").mkdir()
    result = run("compare", "default", "classic", "--data", tmp_path / "d.npz")
    assert result.exit_code == 0 and "No difference is shown" in result.output and "McNemar" in result.output
    figures = json.loads(run("compare", "default", "classic", "--data", tmp_path / "d.npz", "--json").stdout)
    assert figures["digits"] == 500 and figures["difference_95_interval"][0] <= figures["difference"]
    for wrong in (("default", "nothing"), ("default", "classic", "--data", tmp_path / "d")):
        result = run("compare", *wrong)
        assert result.exit_code == 1 and len(result.stderr.splitlines()) == 1
    assert run("compare", "default").exit_code == 2


def test_samples_are_read_by_the_command_of_the_readme():
    result = run("classify", *sorted(SAMPLES.glob("*.jpg")))
    assert result.exit_code == 0
    assert [line.split(": ")[1][0] for line in result.stdout.splitlines()] == list("0123456789")


WITHOUT_EXTRAS = """
import sys
for name in ("tensorflow", "keras", "onnx", "scipy", "matplotlib", "seaborn", "pandas", "jinja2"):
    sys.modules[name] = None
from inkdigits.cli import main
main()
"""


@pytest.mark.parametrize("arguments", [["train"], ["evaluate"], ["data", "show"]], ids=" ".join)
def test_a_missing_extra_is_one_line_that_says_what_to_install(arguments):
    done = subprocess.run(
        [sys.executable, "-c", WITHOUT_EXTRAS, *arguments], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stdout) == (1, "")
    assert "pip install '.[train]'" in done.stderr and done.stderr.count("\n") == 1


@pytest.mark.parametrize("verb, answer", [("classify", ": 6 ("), ("explain", "Read as 6 (")])
def test_reading_and_explaining_need_no_extra(tmp_path, verb, answer):
    sample = str(SAMPLES / "6-red-pen.jpg")
    command = [sys.executable, "-c", WITHOUT_EXTRAS, verb, sample]
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=tmp_path)
    assert answer in done.stdout and done.stderr == ""


def test_steps(tmp_path):
    out = tmp_path / "steps.png"
    result = run("classify", SAMPLES / "2-chalk-on-board.jpg", "--steps", out)
    assert result.exit_code == 0 and ": 2 (" in result.stdout
    with Image.open(out) as strip:
        assert strip.width > 7 * 200
    blank = tmp_path / "blank.png"
    blank.write_bytes(encoded(np.full((40, 40), 255, np.uint8)))
    assert run("classify", blank, "--steps", out).exit_code == 0
    assert run("classify", blank, blank, "--steps", out).exit_code == 2
    assert run("classify", tmp_path / "none.png", "--steps", out).exit_code == 1


def test_read(tmp_path, pictures):
    result = run("read", "--json", *pictures)
    rows = [json.loads(line) for line in result.stdout.splitlines()]
    assert result.exit_code == 1 and [row["text"] for row in rows] == ["4", "7"]
    assert result.stderr.count("\n") == 1 and str(pictures[1]) in result.stderr
    table = run("read", "--csv", pictures[0]).stdout.splitlines()
    assert table[0].startswith("source,page,pages,line,lines,text,") and table[1].startswith(
        f"{pictures[0]},1,1,1,1,4,4,"
    )
    assert run("read", pictures[2]).stdout == "7\n"
    assert run("read", pictures[2], "--expect", "length:2").stdout == "7  (not as expected)\n"
    assert run("read", pictures[0], pictures[2], "--expect", "77").stdout.splitlines()[0].endswith("(not as expected)")


def test_read_a_folder_and_standard_input(tmp_path, pictures):
    pictures[1].unlink()
    result = run("read", tmp_path)
    assert [line.rsplit(": ", 1)[1] for line in result.stdout.splitlines()] == ["4", "7"]
    assert run("read", "-", data=pictures[0].read_bytes()).stdout == "4\n"
    (tmp_path / "empty").mkdir()
    assert run("read", tmp_path / "empty").exit_code == 1


def test_read_draws(tmp_path, pictures):
    out = tmp_path / "out.png"
    assert run("read", pictures[0], "--draw", out).exit_code == 0
    with Image.open(out) as picture:
        colours = picture.getcolors(2**24)
    assert colours is not None and any(colour == (23, 138, 74) for _, colour in colours)
    assert run("read", *pictures, "--draw", out).exit_code == 2
    given = pictures[0].read_bytes()
    for verb, option in (("read", "--draw"), ("classify", "--steps")):
        over = run(verb, pictures[0], option, pictures[0])
        assert over.exit_code == 2 and f"{option} is the picture itself" in over.stderr
        assert run(verb, pictures[0], option, tmp_path / "out.jpg").exit_code == 2
    assert pictures[0].read_bytes() == given and not (tmp_path / "out.jpg").exists()
    assert run("read", "--json", "--csv", pictures[0]).exit_code == 2
    blank = tmp_path / "blank.png"
    blank.write_bytes(encoded(np.full((40, 40), 255, np.uint8)))
    assert run("read", blank).stdout == "no digits found\n"


@pytest.mark.parametrize(("right", "told"), [(11, True), (30, False)])
def test_a_network_that_has_learned_nothing_is_told(capsys, right, told):
    """Its loss may be a number and stay one; a tenth of the digits is right by chance."""
    labels = np.arange(100) % 10
    said = np.where(np.arange(100) < right, labels, (labels + 1) % 10)
    beliefs = believe(np.eye(10, dtype=np.float32)[said] * 0.9 + 0.01, 1.0)
    metrics = measure("x", beliefs, labels.astype(np.uint8), {"strict": 0.99, "normal": 0.5, "always": 0.0})
    seconds = {"training": 1.0, "everything": 2.0}
    finished = SimpleNamespace(metrics=metrics, learned=None, seconds=seconds, folder=Path("runs"))
    importlib.import_module("inkdigits.cli.train")._show(finished)
    assert ("warning: nothing was learned, it seems" in capsys.readouterr().err) is told
