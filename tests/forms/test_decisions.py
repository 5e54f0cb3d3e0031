"""The file of decisions: nothing lost and nothing twice, whoever writes and whatever is killed."""

import multiprocessing
import os
import signal
import threading
from functools import partial

import pytest

from inkdigits.errors import InputError
from inkdigits.forms.decisions import FILE, ConflictError, Decision, Decisions, now
from tests.waiting import wait_until


def one(n, key="total", value="7", **more):
    return Decision(f"decision-{n}", f"sheet{n}", key, "value", value, "Kim", now(), **more)


def test_a_decision_is_there_for_whoever_reads_next(tmp_path):
    mine, theirs = Decisions(tmp_path), Decisions(tmp_path)
    mine.add([one(1)])
    assert theirs.current()["sheet1", "total"].value == "7"
    theirs.add([one(2)])
    assert len(mine.current()) == 2


def test_the_same_decision_sent_twice_is_one(tmp_path):
    log = Decisions(tmp_path)
    log.add([one(1)])
    log.add([one(1)])
    assert len((tmp_path / FILE).read_text().splitlines()) == 1


def test_who_comes_second_is_told_what_the_first_has_said(tmp_path):
    Decisions(tmp_path).add([one(1)])
    second = Decision("another-id", "sheet1", "total", "value", "8", "Lee", now())
    with pytest.raises(ConflictError, match=r"total: was decided by Kim meanwhile \(7\)"):
        Decisions(tmp_path).add([second])
    Decisions(tmp_path).add([Decision(**{**vars(second), "before": "decision-1"})])  # who has seen it may
    assert Decisions(tmp_path).current()["sheet1", "total"].value == "8"


def test_undo_brings_back_what_was_before(tmp_path):
    log = Decisions(tmp_path)
    log.add([one(1)])
    log.add([Decision("decision-b", "sheet1", "total", "value", "8", "Lee", now(), before="decision-1")])
    log.add([Decision("decision-c", "sheet1", "total", "undo", "decision-b", "Lee", now(), before="decision-b")])
    assert log.current()["sheet1", "total"].value == "7"
    log.add([Decision("decision-d", "sheet1", "total", "undo", "decision-1", "Lee", now(), before="decision-1")])
    assert log.current() == {} == Decisions(tmp_path).current()


def test_half_a_line_is_cut_off_and_whole_ones_stay(tmp_path):
    Decisions(tmp_path).add([one(1)])
    with (tmp_path / FILE).open("ab") as file:
        file.write(b'{"id": "decision-2", "sheet": "sh')
    log = Decisions(tmp_path)
    assert list(log.current()) == [("sheet1", "total")]
    log.add([one(3)])
    assert [each.id for each in Decisions(tmp_path).all()] == ["decision-1", "decision-3"]


@pytest.mark.parametrize("line", [b"{}\n", b"[" * 100_000 + b"\n", b'"x"\n', b"\xff\n"])
def test_a_damaged_line_is_told(tmp_path, line):
    (tmp_path / FILE).write_bytes(line)
    with pytest.raises(InputError, match="holds a line that is no decision"):
        Decisions(tmp_path).current()


def test_names_and_values_have_bounds(tmp_path):
    with pytest.raises(InputError, match="a value: has 201 characters"):
        Decisions(tmp_path).add([one(1, value="7" * 201)])


def _decide(folder, said, first, last):
    """Decide fields from `first` on, one at a time, and say of each that it was saved once it was."""
    log = Decisions(folder)
    with open(said, "a", buffering=1) as file:  # noqa: PTH123
        for n in range(first, last):
            try:
                log.add([one(n)])
            except ConflictError:
                continue
            file.write(f"{n}\n")


def _has_grown(folder, process, lines):
    return not process.is_alive() or len(Decisions(folder).current()) >= lines


def test_killed_twice_and_two_at_once_nothing_is_lost_and_nothing_is_there_twice(tmp_path):
    """Two reviewers decide the same 400 fields; one is killed twice in the middle of it and starts again."""
    context = multiprocessing.get_context("fork")
    said = tmp_path / "said-by-one", tmp_path / "said-by-other"
    other = context.Process(target=_decide, args=(tmp_path, said[1], 0, 400))
    other.start()
    for lines in (20, 40, None):
        process = context.Process(target=_decide, args=(tmp_path, said[0], 0, 400))
        process.start()
        if lines is not None:
            wait_until(partial(_has_grown, tmp_path, process, lines))
            os.kill(process.pid, signal.SIGKILL)
        process.join(60)
    other.join(60)
    assert other.exitcode == 0
    kept = [each.id for each in Decisions(tmp_path).all()]
    assert sorted(kept) == sorted(f"decision-{n}" for n in range(400))
    told = {f"decision-{line}" for file in said for line in file.read_text().split()}
    assert told <= set(kept)


def test_threads_share_one(tmp_path):
    log = Decisions(tmp_path)
    threads = [threading.Thread(target=lambda n=n: log.add([one(n)])) for n in range(20)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(log.current()) == 20
