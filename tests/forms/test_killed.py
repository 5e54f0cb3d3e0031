"""A small stack that is read and reviewed while its processes are killed, as in benchmarks/forms_killed.py."""

import importlib
from pathlib import Path

import pytest

from inkdigits.forms.folder import Folder, Job

BENCHMARKS = Path(__file__).parent.parent.parent / "benchmarks"


@pytest.fixture
def killed(monkeypatch):
    monkeypatch.syspath_prepend(str(BENCHMARKS))
    return importlib.import_module("forms_killed")


def test_nothing_is_lost_and_nothing_is_there_twice(killed, tmp_path):
    said = killed.run(tmp_path, 9)
    assert said["reading_killed_at_sheets"][0] < said["reading_killed_at_sheets"][1] < 9
    assert said["review_killed"] >= 2 and said["sent_again"] > 0
    assert (said["sheets"], said["rows_of_the_table"], said["fields"], said["decisions"]) == (9, 9, 18, 18)
    wrong = ("sheets_lost", "sheets_twice", "sheets_not_aligned", "decisions_lost", "decisions_twice")
    assert {
        name: said[name] for name in (*wrong, "decisions_that_nobody_sent", "fields_not_as_decided")
    } == dict.fromkeys((*wrong, "decisions_that_nobody_sent", "fields_not_as_decided"), 0)


def test_a_batch_is_taken_up_again_however_early_it_was_killed(killed, tmp_path):
    killed.make(tmp_path, 1)
    job = Job((str(tmp_path / "small.toml"),), "default", str(tmp_path / "batch" / "crops"))
    for left in ((".lock",), (".lock", ".part-record.jsonl"), (".lock", "record.jsonl"), ("record.jsonl", "crops/")):
        folder = tmp_path / "-".join(name.strip("./") for name in left)
        folder.mkdir()
        for name in left:
            (folder / name).mkdir() if name.endswith("/") else (folder / name).touch()
        with Folder(folder).open_for(job):
            pass
        assert (folder / "batch.json").exists() and (folder / "templates" / "small.toml").exists()
