"""Files in parallel processes: everything comes once, in order where that is asked for, and drawn as needed."""

import multiprocessing
import os

import pytest

from inkdigits.batch import parallel
from tests.workers.works import Refusing, Shout, Starting


def outcome(items, processes=2, **options):
    return dict(parallel.run(Shout(), items, processes, **options))


def test_every_item_comes_once_from_more_than_one_process_and_none_is_left(tmp_path):
    pipe = tmp_path / "pipe"  # the first item is not done before another process has begun the last one
    os.mkfifo(pipe)
    items = [f"waits {pipe}", *(f"i{n}" for n in range(300)), f"opens {pipe}"]
    done = list(parallel.run(Shout(), items, 2))
    assert sorted(name for name, _ in done) == sorted(items)
    assert all(answer.lines[0] == name.upper() and answer.error is None for name, answer in done)
    pids = {answer.lines[1] for _, answer in done}
    assert len(pids) == 2 and str(os.getpid()) not in pids
    assert not multiprocessing.active_children()


def test_names_that_are_no_text_survive_the_way():
    odd = ["line\nbreak", "caf\udce9", "数字", ""]
    done = list(parallel.run(Shout(), odd, 1, ordered=True))
    assert [name for name, _ in done] == odd
    assert [answer.lines[0] for _, answer in done] == [name.upper() for name in odd]


def test_ordered_results_wait_for_a_slow_one_and_as_they_come_they_do_not(tmp_path):
    """The first item is not done before the last one is begun."""
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    items = [f"waits {pipe}", *(f"i{n}" for n in range(40)), f"opens {pipe}"]
    ordered = list(parallel.run(Shout(), items, 2, ordered=True))
    assert [name for name, _ in ordered] == items and all(answer.error is None for _, answer in ordered)
    # The last one may be told after it, which it has waited for.
    assert [name for name, _ in parallel.run(Shout(), items, 2)].index(items[0]) >= 40


def test_warnings_and_errors_are_results():
    done = outcome(["a", "odd", "bad", "broken", "half", "b"])
    assert done["odd"].warnings == ("odd: is odd",) and done["odd"].lines[0] == "ODD"
    assert str(done["bad"].error) == "bad: is bad; be good" and done["bad"].lines == []
    assert "ZeroDivisionError: our own\\nmistake" in str(done["broken"].error)
    assert done["half"].lines == ["HALF"] and done["half"].error is not None
    assert done["a"].error is None and done["b"].error is None and done["a"].warnings == ()


@pytest.mark.parametrize("ordered", [True, False])
def test_an_item_that_kills_its_process_is_found_and_the_rest_goes_on(ordered):
    items = [*(f"i{n}" for n in range(20)), "exit", "i20", "kill", "i21"]
    done = list(parallel.run(Shout(), items, 2, ordered=ordered))
    assert sorted(name for name, _ in done) == sorted(items)
    if ordered:
        assert [name for name, _ in done] == items
    failed = {name: str(answer.error) for name, answer in done if answer.error is not None}
    assert failed.keys() == {"exit", "kill"}
    assert "ended with code 3" in failed["exit"] and "killed by signal 9 (perhaps for want of memory)" in failed["kill"]


@pytest.mark.parametrize("ordered", [True, False])
def test_an_item_that_hangs_is_given_up_and_the_rest_goes_on(ordered):
    """A regular expression that never ends, as `expect` may be one: in C, where nothing within the process can stop it."""
    done = outcome(["i0", "hangs", *(f"i{n}" for n in range(1, 9))], seconds=2, ordered=ordered)
    failed = {name: str(answer.error) for name, answer in done.items() if answer.error is not None}
    assert failed.keys() == {"hangs"} and len(done) == 10
    assert "took longer than 2 s" in failed["hangs"] and "--timeout" in failed["hangs"]


@pytest.mark.parametrize("ordered", [True, False])
def test_items_are_drawn_as_they_are_needed(ordered):
    """Neither a long list nor a slow head makes results pile up: they would be held in memory."""
    drawn = 0

    def items():
        nonlocal drawn
        for n in range(100_000):
            drawn += 1
            yield "slow" if n == 0 else f"i{n}"

    results = parallel.run(Shout(), items(), 2, ordered=ordered)
    for taken, _ in enumerate(results, 1):
        assert drawn <= taken + 300
        if taken == 600:
            break
    results.close()
    assert not multiprocessing.active_children()


def test_a_process_that_is_killed_while_it_starts_is_tried_again(tmp_path):
    assert [name for name, _ in parallel.run(Starting(tmp_path, 2), ["a"], 1)] == ["a"]


def test_that_no_process_can_start_is_said():
    with pytest.raises(ChildProcessError, match="has gone; bring it back"):
        list(parallel.run(Refusing(), ["a"], 1))
    assert not multiprocessing.active_children()


def test_nothing_to_do():
    assert list(parallel.run(Shout(), [], 1)) == []
