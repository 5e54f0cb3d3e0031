"""Folders as a person reads them: in parallel, stopped in every way, and gone on with."""

import csv
import json
import os
import pty
import signal
import subprocess
import sys
from collections import Counter
from functools import partial

import pytest
from click.testing import CliRunner
from PIL import Image

from inkdigits.cli import main
from tests.conftest import drawing, encoded
from tests.waiting import wait_until

COUNT = 60


def run(*arguments):
    return CliRunner().invoke(main, [str(a) for a in arguments])


def start(*arguments, **options):
    return subprocess.Popen([sys.executable, "-m", "inkdigits", *map(str, arguments)], **options)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """Sixty pictures in two folders, one of them bad, and a document of three pages."""
    folder = tmp_path_factory.mktemp("folder")
    for n in range(COUNT):
        path = folder / f"part{n % 2}" / f"{n:03}.png"
        path.parent.mkdir(exist_ok=True)
        path.write_bytes(encoded(drawing(n % 10, pen=14, height=60)))
    (folder / "part1" / "007.png").write_bytes(b"no picture")
    pages = [Image.fromarray(drawing(n, pen=14)) for n in (1, 2, 3)]
    pages[0].save(folder / "pages.pdf", save_all=True, append_images=pages[1:])
    return folder


@pytest.fixture
def expected(folder):
    """What must be in a record of `read`, each once: source, page, and how many there are."""
    pictures = Counter((str(path), 1) for path in folder.rglob("*.png"))
    bad = str(folder / "part1" / "007.png")
    del pictures[(bad, 1)]
    return pictures + Counter([(bad, None), *((str(folder / "pages.pdf"), n) for n in (1, 2, 3))])


def found(path):
    """What is in a record so far: whole lines only."""
    if path.suffix == ".csv":
        rows = csv.DictReader(path.read_text("utf-8").splitlines())
        return Counter((row["source"], int(row["page"]) if row["page"] else None) for row in rows)
    rows = map(json.loads, path.read_text("utf-8").splitlines())
    return Counter((row["source"], row.get("page")) for row in rows)


@pytest.fixture
def stuck(tmp_path):
    """A picture that never comes: a run that is to read it does not end before it is stopped."""
    path = tmp_path / "stuck.png"
    os.mkfifo(path)
    return path


def wait_for_lines(path, count):
    wait_until(lambda: path.exists() and path.read_bytes().count(b"\n") >= count)


def end_of_all(process):
    """Wait until a process and its workers have ended, and return what they said on standard error.

    The workers hold the other end of that pipe, the one too that waits for the picture that never comes.
    """
    return process.communicate(timeout=60)[1]


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_kill_9_loses_nothing_and_doubles_nothing(folder, stuck, tmp_path, expected, ending):
    """Killed twice in the middle, by the signal that nobody can catch; the workers end with it, too."""
    out = tmp_path / f"out.{ending}"
    for lines in (6, 30):
        process = start("read", stuck, folder, "--out", out, "--resume", "--jobs", 2, stderr=subprocess.PIPE)
        wait_for_lines(out, lines)
        process.kill()
        errors = end_of_all(process)
        assert process.returncode == -signal.SIGKILL and b"Traceback" not in errors
        so_far = found(out)
        assert lines <= so_far.total() + 1 and so_far <= expected and so_far != expected
    result = run("read", folder, "--out", out, "--resume")
    assert found(out) == expected
    assert result.exit_code == 1 and "are in" in result.stderr and "1 failed" in result.stderr
    assert result.stdout == ""
    before = out.read_bytes()
    again = run("read", folder, "--out", out, "--resume")
    assert again.exit_code == 1 and out.read_bytes() == before  # a failure stays one until its line is removed
    lines = before.splitlines(keepends=True)
    out.write_bytes(b"".join(line for line in lines if b"007.png" not in line))
    assert run("read", folder, "--out", out, "--resume").exit_code == 1 and found(out) == expected


def test_ctrl_c_keeps_what_was_read_and_says_how_to_go_on(folder, stuck, tmp_path):
    """The signal goes to the whole group, workers included, as a terminal sends it."""
    out = tmp_path / "out.jsonl"
    # Where the tests run in the background of a shell, the signal is ignored, and what they start would inherit that.
    heard = partial(signal.signal, signal.SIGINT, signal.SIG_DFL)
    options = {"stderr": subprocess.PIPE, "start_new_session": True, "preexec_fn": heard}
    process = start("classify", stuck, folder, "--out", out, "--jobs", 2, **options)
    wait_for_lines(out, 5)
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=300)
    message = errors.decode().splitlines()[-1]
    assert process.returncode == 1 and "Type the same command with --resume" in message and b"Traceback" not in errors
    kept = found(out).total()
    assert 5 <= kept < COUNT and out.read_bytes().endswith(b"\n")
    assert run("classify", folder, "--out", out, "--resume").exit_code == 1
    assert set(found(out).values()) == {1} and found(out).total() == COUNT  # classify takes no documents


def test_standard_output_is_in_order_and_the_same_from_any_number_of_processes(folder):
    outputs = [run("read", folder, "--json", "--jobs", jobs) for jobs in (1, 3)]
    assert outputs[0].stdout == outputs[1].stdout and outputs[0].exit_code == outputs[1].exit_code == 1
    rows = [json.loads(line) for line in outputs[0].stdout.splitlines()]
    assert [row["page"] for row in rows[:3]] == [1, 2, 3] and len(rows) == COUNT + 2
    sources = [row["source"] for row in rows]
    assert sources == sorted(sources)
    assert outputs[0].stderr.count("\n") == 1 and "007.png" in outputs[0].stderr


def test_many_are_read_as_few_are(folder):
    """In processes of their own or here, the answers are the same."""
    some = sorted((folder / "part0").iterdir())[:20]
    for form in (["--json"], ["--csv"], ["--brief"]):
        together = run("classify", *some, *form).stdout.splitlines()
        apart = [line for half in (some[:10], some[10:]) for line in run("classify", *half, *form).stdout.splitlines()]
        if form == ["--csv"]:
            assert apart.pop(11) == together[0] == apart[0]
        assert together == apart


def test_results_of_two_models_are_not_mixed(folder, tmp_path):
    out = tmp_path / "out.jsonl"
    assert run("classify", folder / "part0", "--out", out).exit_code == 0
    before = out.read_bytes()
    for options in (["--model", "classic"], ["--trust", "strict"]):
        result = run("classify", folder / "part0", "--out", out, "--resume", *options)
        assert result.exit_code == 1 and "is from another run" in result.stderr and result.stderr.count("\n") == 1
    lines = tmp_path / "lines.csv"
    assert run("read", folder / "part0", "--out", lines, "--ink", "any").exit_code == 0
    for options in ([], ["--ink", "printed"], ["--ink", "any", "--expect", "luhn"]):
        result = run("read", folder, "--out", lines, "--resume", *options)
        assert result.exit_code == 1 and "is from another run" in result.stderr
    assert run("read", folder / "part0", "--out", lines, "--resume", "--ink", "any").exit_code == 0
    assert "is there already" in run("classify", folder, "--out", out).stderr
    assert out.read_bytes() == before


def test_wrong_usage(folder, tmp_path):
    picture = folder / "part0" / "000.png"
    for options in (
        ["--out", tmp_path / "x.txt"],
        ["--resume"],
        ["--json", "--csv"],
        ["--csv", "--out", tmp_path / "x.jsonl"],
        ["--jobs", 0],
    ):
        for verb in ("classify", "read"):
            assert run(verb, picture, *options).exit_code == 2, options
    assert run("read", picture, "--ink", "pencil").exit_code == run("classify", picture, "--ink", "any").exit_code == 2
    assert run("read", "-", "--out", tmp_path / "x.csv").exit_code == 2
    assert run("read", picture, "--out", tmp_path / "x.csv", "--draw", tmp_path / "x.png").exit_code == 2
    assert not list(tmp_path.iterdir())
    assert run("classify", picture, "--json", "--out", tmp_path / "x.txt").exit_code == 0
    assert run("classify", tmp_path / "none", "--out", tmp_path / "y.csv").exit_code == 1


def test_nothing_but_failures_and_what_is_passed_over_on_standard_error_in_a_pipe(folder):
    done = subprocess.run(
        [sys.executable, "-m", "inkdigits", "classify", "--csv", str(folder)],
        capture_output=True,
        text=True,
        check=False,
    )
    passed_over, failure = done.stderr.splitlines()
    assert passed_over.startswith("inkdigits: warning: ") and "1 file is passed over" in passed_over
    assert "007.png" in failure and "\x1b" not in done.stderr + done.stdout
    assert len(done.stdout.splitlines()) == 1 + COUNT - 1


def test_a_reader_that_leaves_early_ends_the_work(folder):
    """As `| head -1` does: no traceback, and no process that goes on."""
    process = start("classify", folder, "--brief", stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    process.stdout.readline()
    process.stdout.close()
    errors = process.stderr.read()
    process.stderr.close()
    assert process.wait(300) != 0 and b"Traceback" not in errors


@pytest.mark.parametrize("with_file", [True, False])
def test_a_bar_on_a_terminal(folder, tmp_path, with_file):
    ours, theirs = pty.openpty()
    options = ["--out", tmp_path / "o.jsonl"] if with_file else []
    env = {**os.environ, "TERM": "xterm", "COLUMNS": "100"}
    process = start("classify", folder, *options, stdout=theirs, stderr=theirs, env=env)
    os.close(theirs)
    screen = b""
    while True:
        try:
            part = os.read(ours, 65536)
        except OSError:
            break
        if not part:
            break
        screen += part
    os.close(ours)
    text = screen.decode()
    assert process.wait() == 1
    assert f"/{COUNT}" in text and "a second, 1 failed" in text and "007.png: is not a picture" in text
    assert text.count("part0/") == (0 if with_file else COUNT // 2)
