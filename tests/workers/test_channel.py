"""Messages arrive as they were sent, whatever is in them; a deadline holds in both directions."""

import threading
import time
from socket import socketpair

import pytest

from inkdigits.workers.channel import Channel


@pytest.fixture
def ends():
    ours, theirs = socketpair()
    with ours, theirs:
        yield Channel(ours), Channel(theirs)


def test_values_and_bytes_arrive_as_they_were_sent(ends):
    sent = [(None, []), (["a\n\udce9", 1.5, {"b": None}], [b"", b"\0" * 5, bytes(range(256)) * 8000]), ("数字", [b"x"])]
    thread = threading.Thread(target=lambda: [ends[0].send(*message) for message in sent])
    thread.start()
    assert [ends[1].receive() for _ in sent] == sent
    thread.join()


def test_a_deadline_holds_in_both_directions(ends):
    with pytest.raises(TimeoutError):
        ends[0].receive(time.monotonic() + 0.01)
    with pytest.raises(TimeoutError):
        ends[0].receive(time.monotonic() - 1)
    with pytest.raises(TimeoutError):  # nobody reads
        ends[0].send(None, [bytes(50_000_000)], time.monotonic() + 0.01)


def test_the_end_of_the_other_is_told(ends):
    ends[1].close()
    with pytest.raises((EOFError, OSError)):
        ends[0].receive()


def test_what_is_no_message_is_no_value(ends):
    ends[1]._end.sendall((5).to_bytes(8, "big") + b"nonsense")
    with pytest.raises(ValueError, match="Expecting"):
        ends[0].receive()
