"""Limits hold, and what is beyond them costs nobody else anything: slow, idle, huge, abandoned and hostile requests."""

import io
import socket
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress

import httpx
import numpy as np
import pytest
from PIL import Image

from tests.conftest import drawing
from tests.server.conftest import limited, seven, small
from tests.server.test_api import refused
from tests.server.test_life import linux
from tests.waiting import wait_until


@pytest.fixture(scope="module")
def server():
    limits = {
        "seconds": 1.5,
        "waiting": 3,
        "connections": 8,
        "idle_seconds": 1,
        "pause_seconds": 0.6,
        "body_seconds": 1.5,
    }
    with limited(1, **limits, request_bytes=3_000_000, held_bytes=4_000_000) as server:
        yield server


@pytest.fixture(scope="module")
def row():
    """A document that takes longer to read than the time there is: fifty large pages with a row of digits each."""
    digits = [drawing(n % 10, height=60, pen=6, margin=12) for n in range(12)]
    height = max(d.shape[0] for d in digits)
    line = np.concatenate([np.pad(d, ((0, height - d.shape[0]), (0, 0)), constant_values=255) for d in digits], axis=1)
    page = np.full((1500, 1500), 255, np.uint8)
    for top in range(100, 1300, 150):
        page[top : top + height, 100 : 100 + line.shape[1]] = line
    sheets = [Image.fromarray(page).convert("1")] * 50
    buffer = io.BytesIO()
    sheets[0].save(buffer, "TIFF", save_all=True, append_images=sheets[1:], compression="group4")
    return buffer.getvalue()


def idle(server):
    """Wait until nothing is waiting any longer."""

    def is_idle():
        health = client.get("/health")
        return health.status_code == 200 and health.json()["waiting"] == 0 and health.json()["workers"] == 2

    with server.client as client:
        wait_until(is_idle)


def test_slow_work_does_not_stall_small_pictures_and_ends(server, row):
    """A worker is held up by a long document; meanwhile small pictures are read; after its time it is given up."""
    with ThreadPoolExecutor(1) as thread, server.client as client:
        started = time.monotonic()
        slow = thread.submit(httpx.post, f"{server.url}/read", content=row, timeout=60)
        answered = 0
        while not slow.done():
            assert client.post("/classify", content=small()).json()["results"][0]["best"] == 7
            answered += 1
        refused(slow.result(), 422, "took longer than 1.5 s")
        assert time.monotonic() - started > 1.4
        assert answered > 1  # a picture that had to wait for the document would be the only one
        assert client.post("/read", content=seven()).json()["results"][0]["text"] == "7"


@linux
def test_too_many_that_wait_are_429_and_those_that_wait_are_answered(server, row):
    idle(server)
    with ThreadPoolExecutor(8) as threads, server.client as client:
        begun = server.begins_work()
        slow = threads.submit(httpx.post, f"{server.url}/read", content=row, timeout=60)
        wait_until(begun)
        waiting = [threads.submit(httpx.post, f"{server.url}/read", content=seven(), timeout=60) for _ in range(3)]
        wait_until(lambda: client.get("/health").json()["waiting"] == 3)
        answer = client.post("/read", content=seven())
        refused(answer, 429, "are waiting")
        assert answer.headers["retry-after"] == "1"
        refused(slow.result(), 422)
        assert [w.result().json()["results"][0]["text"] for w in waiting] == ["7"] * 3
        refused(client.post("/read", files=[("f", ("a.png", seven()))] * 4), 429)  # more than could ever wait


@linux
def test_who_goes_away_waits_no_longer(server, row):
    idle(server)
    with ThreadPoolExecutor(1) as thread, server.client as client:
        begun = server.begins_work()
        slow = thread.submit(httpx.post, f"{server.url}/read", content=row, timeout=60)
        wait_until(begun)
        for _ in range(3):
            with pytest.raises(httpx.ReadTimeout):
                httpx.post(f"{server.url}/read", content=seven(), timeout=0.15)
        wait_until(lambda: client.get("/health").json()["waiting"] == 0)
        refused(slow.result(), 422)
    idle(server)


def test_a_connection_that_is_idle_after_a_request_ends(server):
    with socket.create_connection((server.host, server.port), 60) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
        assert b"".join(iter(lambda: connection.recv(65536), b"")).startswith(b"HTTP/1.1 200 ")


def test_a_head_without_end_is_refused(server):
    """It is not kept in memory while more and more of it comes."""
    with socket.create_connection((server.host, server.port), 60) as connection:
        connection.sendall(b"GET /health HTTP/1.1\r\nHost: localhost\r\nX: ")
        with suppress(ConnectionError):  # it has hung up
            for _ in range(100):
                connection.sendall(b"x" * 10_000)
        with suppress(ConnectionError):
            assert connection.recv(100).startswith(b"HTTP/1.1 400 ")
    idle(server)


@linux
@pytest.mark.skipif(not hasattr(socket, "TCP_USER_TIMEOUT"), reason="the system has no limit for what is not taken")
def test_an_answer_that_is_not_taken_is_given_up(server):
    """The client stays, and reads nothing: the connection is gone from the system all the same."""
    with socket.socket() as connection:
        connection.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 2048)
        connection.connect((server.host, server.port))
        connection.sendall(b"GET /openapi.json HTTP/1.1\r\nHost: localhost\r\n\r\n")
        wait_until(lambda: server.holds(connection))
        wait_until(lambda: not server.holds(connection))


@pytest.mark.parametrize("pause", [2.0, 0.2])
def test_a_body_that_halts_or_trickles_is_408(server, pause):
    with socket.create_connection((server.host, server.port), 10) as connection:
        connection.sendall(b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\n")
        started = time.monotonic()
        connection.settimeout(pause)
        answer = b""
        while b"arrive" not in answer and time.monotonic() - started < 60:
            if not answer:
                connection.sendall(b"x")
            with suppress(TimeoutError):
                answer += connection.recv(65536)
        assert answer.startswith(b"HTTP/1.1 408 ") and b"did not arrive" in answer


def test_too_many_connections_are_503_and_leave_room_when_they_go(server):
    idle(server)
    others = [socket.create_connection((server.host, server.port), 10) for _ in range(8)]
    answer = server.raw(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 503 ")
    for other in others:
        other.close()
    idle(server)


def test_too_many_bytes_at_a_time_are_503_and_are_given_back(server):
    """Two bodies of which each is short enough, and both are not."""
    idle(server)
    head = b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 2900000\r\n\r\n"
    with server.client as client:

        def sent(count, status):
            answer = client.post("/read", content=bytes(count))
            return answer if answer.status_code == status else None

        def beside_another():
            # A body that halts is given up after a while: on a busy machine perhaps before the second one is there.
            with socket.create_connection((server.host, server.port), 10) as connection:
                connection.sendall(head + bytes(2_800_000))
                return next(filter(None, (sent(2_000_000, 503) for _ in range(5))), None)

        refused(wait_until(beside_another), 503, "holds as many bytes")
        refused(wait_until(lambda: sent(2_900_000, 422)), 422)
        refused(client.post("/read", content=bytes(3_000_001)), 413, "2 MB")
