"""Shards: every path in exactly one, whoever asks, and their results put together are those of one run."""

import json
from collections import Counter

import pytest

from inkdigits.batch.shards import Shard
from inkdigits.errors import InputError
from tests.cli.conftest import run
from tests.conftest import drawing, encoded


def test_every_path_is_in_one_shard_and_shards_are_about_equal():
    paths = [f"scans/{n}.png" for n in range(10_000)]
    counts = Counter(number for path in paths for number in range(1, 8) if Shard(number, 7).has(path))
    assert sum(counts.values()) == 10_000 and all(abs(count - 10_000 / 7) < 150 for count in counts.values())


def test_the_share_is_that_of_every_machine_and_version():
    """What one machine leaves out another must take: the hash is fixed."""
    assert [n for n in range(1, 6) if Shard(n, 5).has("scans/a.png")] == [4]
    assert Shard(4, 5).has("./scans//a.png") and Shard(1, 1).has("caf\udce9.png")


@pytest.mark.parametrize("text", ["", "3", "0/4", "5/4", "-1/4", "1/x", "1/2/3", "1/0", "²/4", "1/" + "9" * 50])
def test_what_is_no_shard(text):
    with pytest.raises(InputError, match="shard"):
        Shard.parse(text)


@pytest.fixture
def folder(tmp_path):
    folder = tmp_path / "scans"
    folder.mkdir()
    for n in range(6):
        (folder / f"{n}.png").write_bytes(encoded(drawing(n, pen=14, height=60)))
    (folder / "bad.png").write_bytes(b"no picture")
    return folder


@pytest.mark.parametrize("ending", ["jsonl", "csv"])
def test_shards_joined_are_the_whole(folder, tmp_path, ending):
    whole = tmp_path / f"whole.{ending}"
    assert run("read", folder, "--out", whole, "--jobs", 1).exit_code == 1
    parts = [
        tmp_path / f"part{n}.{ending}" for n in range(1, 10)
    ]  # more shards than files: some are empty, and are there
    for number, part in enumerate(parts, 1):
        run("read", folder, "--out", part, "--jobs", 1, "--shard", f"{number}/9")
    joined = run("join", *parts, parts[0], "--out", tmp_path / f"joined.{ending}")
    assert joined.exit_code == 0 and "7 inputs" in joined.stderr
    own, all_of_it = ((tmp_path / f"{name}.{ending}").read_text().splitlines() for name in ("joined", "whole"))
    assert sorted(own) == sorted(all_of_it) and (ending == "jsonl" or own[0] == all_of_it[0])


def test_a_torn_end_is_left_out_and_other_runs_are_refused(folder, tmp_path):
    for name, trust in (("a", "normal"), ("b", "strict")):
        run("classify", folder, "--out", tmp_path / f"{name}.jsonl", "--jobs", 1, "--trust", trust)
    first = (tmp_path / "a.jsonl").read_bytes()
    (tmp_path / "torn.jsonl").write_bytes(first[:-10])
    joined = run("join", tmp_path / "torn.jsonl", "--out", tmp_path / "joined.jsonl")
    assert joined.exit_code == 0 and "left out" in joined.stderr and "6 inputs" in joined.stderr
    assert len({json.loads(line)["source"] for line in (tmp_path / "joined.jsonl").read_text().splitlines()}) == 6
    for arguments, told in (
        ((tmp_path / "a.jsonl", tmp_path / "b.jsonl"), "another run"),
        ((folder / "bad.png",), "no record"),
        ((tmp_path / "joined.jsonl", tmp_path / "new.jsonl"), "does not exist"),
    ):
        refused = run("join", *arguments, "--out", tmp_path / "new.jsonl")
        assert refused.exit_code and told in refused.stderr and not (tmp_path / "new.jsonl").exists()


def test_wrong_usage():
    assert run("read", "-", "--shard", "1/2").exit_code == 2
    wrong = run("classify", "x.png", "--shard", "3/2")
    assert wrong.exit_code == 2 and "such as 3/100" in wrong.stderr
