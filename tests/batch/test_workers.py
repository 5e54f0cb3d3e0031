"""Parallel processes: everything comes once, whatever the inputs do to the process that reads them."""

import multiprocessing
import os

import pytest

from inkdigits.batch import workers
from tests.batch.works import Unloadable, shout


def outcome(items, processes=2, **options):
    return {done.item: done for done in workers.run(shout, items, processes, **options)}


def test_every_item_comes_once_from_more_than_one_process_and_none_is_left():
    items = [f"i{n}" for n in range(300)]
    done = list(workers.run(shout, items, 2))
    assert sorted(d.item for d in done) == sorted(items)
    assert all(d.lines[0] == d.item.upper() and d.error is None for d in done)
    pids = {d.lines[1] for d in done}
    assert len(pids) == 2 and str(os.getpid()) not in pids
    assert not multiprocessing.active_children()


def test_names_that_are_no_text_survive_the_way():
    odd = ["line\nbreak", "caf\udce9", "数字", ""]
    assert [d.item for d in workers.run(shout, odd, 1, ordered=True)] == odd
    assert [d.lines[0] for d in workers.run(shout, odd, 1, ordered=True)] == [name.upper() for name in odd]


def test_ordered_results_wait_for_a_slow_one_and_as_they_come_they_do_not(tmp_path):
    """The first item is not done before the last one is begun."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    items = [f"waits for {pipe}", *(f"i{n}" for n in range(40)), f"opens {pipe}"]
    ordered = list(workers.run(shout, items, 2, ordered=True))
    assert [d.item for d in ordered] == items and all(d.error is None for d in ordered)
    # The slow one's worker holds some back, and on a busy machine its result may be taken before others that are there.
    assert [d.item for d in workers.run(shout, items, 2)].index(items[0]) >= 30


def test_warnings_are_beside_the_lines():
    done = outcome(["a", "odd"])
    assert done["odd"].warnings == ("odd: is odd",) and done["odd"].lines[0] == "ODD" and len(done["odd"].lines) == 2
    assert done["a"].warnings == ()


def test_errors_are_results():
    done = outcome(["a", "bad", "broken", "half", "b"])
    assert str(done["bad"].error) == "bad: is bad; be good" and done["bad"].lines == []
    assert "ZeroDivisionError: our own\\nmistake" in str(done["broken"].error)
    assert done["half"].lines == ["HALF"] and done["half"].error is not None
    assert done["a"].error is None and done["b"].error is None


@pytest.mark.parametrize("ordered", [True, False])
def test_an_item_that_kills_its_process_is_found_and_the_rest_goes_on(ordered):
    items = [*(f"i{n}" for n in range(20)), "exit", "i20", "kill", "i21"]
    done = list(workers.run(shout, items, 2, ordered=ordered))
    assert sorted(d.item for d in done) == sorted(items)
    if ordered:
        assert [d.item for d in done] == items
    failed = {d.item: str(d.error) for d in done if d.error is not None}
    assert failed.keys() == {"exit", "kill"}
    assert "ended with code 3" in failed["exit"] and "killed by signal 9 (perhaps for want of memory)" in failed["kill"]


def test_an_item_whose_process_dies_once_is_read_after_all(tmp_path):
    item = f"once {tmp_path / 'seen'}"
    done = outcome([item, "a"])
    assert done[item].lines[0] == item.upper() and done[item].error is None


@pytest.mark.parametrize("ordered", [True, False])
def test_items_are_drawn_as_they_are_needed(ordered):
    """Neither a long list nor a slow head makes results pile up: they would be held in memory."""
    drawn = 0

    def items():
        nonlocal drawn
        for n in range(100_000):
            drawn += 1
            yield "slow" if n == 0 else f"i{n}"

    results = workers.run(shout, items(), 2, ordered=ordered)
    for taken, _ in enumerate(results, 1):
        assert drawn <= taken + 300
        if taken == 600:
            break
    results.close()
    assert not multiprocessing.active_children()


def test_a_process_that_cannot_start_is_said():
    with pytest.raises(ChildProcessError, match="ended with code 9 while it was starting"):
        list(workers.run(Unloadable(), ["a"], 1))


def test_nothing_to_do():
    assert list(workers.run(shout, [], 1)) == []
