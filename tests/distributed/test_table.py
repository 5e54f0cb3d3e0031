"""Tables of results: every picture once, whatever stops a run and whoever goes on with it, here and through Ray."""

import importlib.util
import json
import os
import signal
import subprocess
import sys

import pytest

import inkdigits
from inkdigits.distributed import reader, table
from tests.cli.conftest import run
from tests.distributed import material
from tests.distributed.material import HAS_EXTRA, needs_extra
from tests.waiting import wait_until

HAS_RAY = HAS_EXTRA and importlib.util.find_spec("ray") is not None
HAS_S3 = HAS_EXTRA and all(importlib.util.find_spec(name) for name in ("s3fs", "moto", "flask"))


@pytest.fixture(scope="module", autouse=True)
def ended():
    yield
    reader.stop()


@pytest.fixture(scope="module")
def scans(tmp_path_factory):
    """A folder with 42 pictures in files and archives, and their names."""
    folder = tmp_path_factory.mktemp("scale") / "scans"
    return folder, material.scans(folder)


@pytest.fixture
def small_parts(monkeypatch):
    monkeypatch.setitem(table.ROWS, "classify", 4)


def rows_of(place):
    """All rows of a table, as they are sorted by their paths."""
    from pyarrow import dataset

    return sorted(dataset.dataset(str(place), format="parquet").to_table().to_pylist(), key=lambda row: row["path"])


@needs_extra
def test_all_is_there_once_and_as_a_reader_reads_it(scans, tmp_path, small_parts):
    folder, names = scans
    done = run("classify", folder, "--out", f"{tmp_path}/out/", "--jobs", 1)
    assert done.exit_code == 1 and "42 pictures" in done.output and "failed: 1" in done.output
    rows = rows_of(tmp_path / "out")
    assert [row["path"] for row in rows] == sorted(names) and len({row["id"] for row in rows}) == 42
    own = inkdigits.classify(folder / "03.png")
    for row in rows:
        label = int(row["path"].rpartition(".png")[0][-1]) if "parquet" not in row["path"] else int(row["path"][-1])
        if row["path"].endswith("07.png"):
            assert row["text"] is None and "not a picture" in row["error"]
        else:
            assert row["text"] == str(label) and row["error"] is None
            assert label != 3 or row["confidence"] == pytest.approx(own.confidence, abs=1e-6)
    summary = json.loads((tmp_path / "out" / "_summary.json").read_text())
    assert (
        summary["pictures"] == 42
        and summary["failed"] == 1
        and summary["errors"] == {"is not a picture that can be read": 1}
    )
    before = stamps(tmp_path / "out")
    assert run("classify", folder, "--out", f"{tmp_path}/out/").exit_code == 1 and stamps(tmp_path / "out") == before


def stamps(folder):
    return {path.name: path.stat().st_mtime_ns for path in folder.glob("part-*")}


@needs_extra
@pytest.mark.parametrize("lost", ["every third", "all of an archive but its end", "the ends"])
def test_only_what_is_missing_is_read_again(scans, tmp_path, small_parts, lost):
    out = tmp_path / "out"
    run("classify", scans[0], "--out", f"{out}/", "--jobs", 1)
    whole, before = rows_of(out), stamps(out)
    gone = sorted(before)[::3]
    if lost != "every third":
        gone = [name for name in before if ("end" in name) == (lost == "the ends")]
    for name in gone:
        (out / name).unlink()
    run("classify", scans[0], "--out", f"{out}/", "--jobs", 1)
    after = stamps(out)
    assert rows_of(out) == whole and after.keys() == before.keys()
    assert {name for name in before if after[name] != before[name]} == set(gone)


@needs_extra
def test_files_that_come_later_are_added(scans, tmp_path, small_parts):
    folder = tmp_path / "scans"
    names = material.scans(folder)
    (folder / "05.png").rename(tmp_path / "05.png")
    run("classify", folder, "--out", f"{tmp_path}/out/", "--jobs", 1)
    (tmp_path / "05.png").rename(folder / "05.png")
    assert "42 pictures" in run("classify", folder, "--out", f"{tmp_path}/out/", "--jobs", 1).output
    assert [row["path"] for row in rows_of(tmp_path / "out")] == sorted(names)


@needs_extra
def test_shards_write_to_one_table(scans, tmp_path):
    for n in (1, 2, 3):
        run("classify", scans[0], "--out", f"{tmp_path}/out/", "--jobs", 1, "--shard", f"{n}/3")
    assert [row["path"] for row in rows_of(tmp_path / "out")] == sorted(scans[1])


@needs_extra
def test_kill_9_loses_nothing_and_doubles_nothing(scans, tmp_path):
    """A file that never comes holds the run up: the archives before it are written, and stay as they are."""
    stuck, out = tmp_path / "stuck.tar", tmp_path / "out"
    os.mkfifo(stuck)
    command = [
        sys.executable,
        "-m",
        "inkdigits",
        "classify",
        str(scans[0]),
        str(stuck),
        "--out",
        f"{out}/",
        "--jobs",
        "1",
    ]
    process = subprocess.Popen(command, stderr=subprocess.DEVNULL, stdout=subprocess.DEVNULL)
    wait_until(lambda: len(list(out.glob("part-*"))) == 4)
    before = stamps(out)
    process.send_signal(signal.SIGKILL)
    process.wait()
    run("classify", scans[0], "--out", f"{out}/", "--jobs", 1)
    assert stamps(out) == before and [row["path"] for row in rows_of(out)] == sorted(scans[1])


@needs_extra
def test_folders_of_others_are_refused(scans, tmp_path):
    (tmp_path / "mine").mkdir()
    (tmp_path / "mine" / "letter.txt").write_text("dear")
    refused = run("classify", scans[0], "--out", f"{tmp_path}/mine/")
    assert refused.exit_code == 1 and "holds other files" in refused.stderr
    run("classify", scans[0] / "00.png", "--out", f"{tmp_path}/out/")
    refused = run("classify", scans[0], "--out", f"{tmp_path}/out/", "--trust", "strict")
    assert refused.exit_code == 1 and "another run" in refused.stderr
    (tmp_path / "out" / "_inkdigits.json").write_text("{")
    refused = run("classify", scans[0], "--out", f"{tmp_path}/out/")
    assert refused.exit_code == 1 and "damaged" in refused.stderr


@needs_extra
def test_a_damaged_part_is_named(scans, tmp_path):
    run("classify", scans[0] / "00.png", "--out", f"{tmp_path}/out/")
    part = next((tmp_path / "out").glob("part-*"))
    os.truncate(part, 20)
    refused = run("classify", scans[0] / "00.png", "--out", f"{tmp_path}/out/")
    assert refused.exit_code == 1 and part.name in refused.stderr and "remove it" in refused.stderr


@pytest.fixture
def store(monkeypatch):
    """A server of S3 on this machine, with an empty bucket; return its address."""
    from moto.server import ThreadedMotoServer

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    for name, value in (("AWS_ACCESS_KEY_ID", "k"), ("AWS_SECRET_ACCESS_KEY", "k"), ("AWS_DEFAULT_REGION", "us-east-1"),
                        ("AWS_ENDPOINT_URL_S3", f"http://{host}:{port}")):  # fmt: skip
        monkeypatch.setenv(name, value)
    import s3fs

    s3fs.S3FileSystem.clear_instance_cache()
    s3fs.S3FileSystem().mkdir("bucket")
    yield "s3://bucket"
    s3fs.S3FileSystem.clear_instance_cache()
    server.stop()


@pytest.mark.skipif(not HAS_S3, reason="s3fs and moto[server] are not installed")
@pytest.mark.filterwarnings("ignore::DeprecationWarning", "ignore::ResourceWarning")
def test_from_an_object_store_into_one(store, scans, tmp_path):
    import fsspec

    files = fsspec.filesystem("s3")
    files.put(f"{scans[0]}/", f"{store}/scans/", recursive=True)
    done = run("classify", f"{store}/scans/", "--out", f"{store}/out/", "--jobs", 1)
    assert "42 pictures" in done.output, done.stderr
    files.get(f"{store}/out/", f"{tmp_path}/out/", recursive=True)
    run("classify", scans[0], "--out", f"{tmp_path}/own/", "--jobs", 1)
    stored, own = rows_of(tmp_path / "out"), rows_of(tmp_path / "own")
    assert [row["path"].rpartition("/")[2] for row in stored] == [row["path"].rpartition("/")[2] for row in own]
    assert sorted((row["text"] or "", row["confidence"] or 0) for row in stored) == sorted(
        (row["text"] or "", row["confidence"] or 0) for row in own
    )
    assert run("classify", f"{store}/nothing/", "--out", f"{store}/out2/").exit_code == 1


@pytest.mark.skipif(not HAS_RAY, reason="Ray is not installed: pip install '.[scale]'")
def test_ray_with_two_workers_writes_the_same_table(scans, tmp_path):
    command = [sys.executable, "-m", "inkdigits", "classify", str(scans[0]), "--ray", "local", "--out"]
    done = subprocess.run([*command, f"{tmp_path}/ray/"], capture_output=True, text=True, check=False)
    assert done.returncode == 1 and "42 pictures" in done.stdout and "Traceback" not in done.stderr, done.stderr
    again = subprocess.run([*command[:-2], "nowhere:1", "--out", f"{tmp_path}/ray/"], capture_output=True, text=True,
                           check=False)  # fmt: skip
    assert again.stdout == done.stdout  # all is there: no cluster is asked for
    run("classify", scans[0], "--out", f"{tmp_path}/own/", "--jobs", 1)
    assert rows_of(tmp_path / "ray") == rows_of(tmp_path / "own")


@pytest.mark.skipif(HAS_EXTRA, reason="the extra is installed")
def test_without_the_extra_one_line_says_what_to_install(tmp_path):
    for arguments in (("read", "s3://bucket/x/"), ("classify", "x.png")):
        told = run(*arguments, "--out", f"{tmp_path}/out/")
        assert told.exit_code == 1 and told.stderr.splitlines()[-1].endswith(
            "pip install '.[scale]' in a clone of Inkdigits"
        )


def test_wrong_usage(tmp_path):
    for arguments in (
        ("--ray", "local"),
        ("--ray", "local", "--out", tmp_path / "x.csv"),
        ("--out", f"{tmp_path}/x/", "--json"),
    ):
        assert run("classify", "x.png", *arguments).exit_code == 2


def test_errors_are_counted_by_what_is_wrong():
    kinds = [
        "is 50,000×40,000 pixels large; make it smaller",
        "is 9,000×9,000 pixels large; make it smaller",
        "cannot be decoded (byte 7: odd); save it again",
        "cannot be decoded (byte 9); save it again",
    ]
    assert len({table.kind_of_error(kind) for kind in kinds}) == 2
