"""A server's life: it starts or says in a line why not, survives its workers' deaths, and ends when it is told to."""

import io
import os
import signal
import socket
import threading
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import httpx
import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

from inkdigits import network
from inkdigits.cli import main
from tests.conftest import drawing
from tests.server.conftest import running, seven, small
from tests.server.test_api import refused
from tests.waiting import wait_until

PAGES = 6  # of a document that takes seconds on a quick machine, and not a minute on a busy one

linux = pytest.mark.skipif(not Path("/proc/self/task").is_dir(), reason="finds processes in /proc")


@linux
def test_kill_9_of_workers_is_survived_and_nothing_is_lost():
    """Workers are killed while they read; every request is answered, and rightly."""
    pictures = {label: small(label) for label in (2, 4, 7)}
    stop = threading.Event()
    answers = {label: [] for label in pictures}

    def ask(label, server):
        with server.client as client:
            while not stop.is_set():
                answers[label].append(client.post("/classify", content=pictures[label]))

    killed = set()

    def kill(workers):
        for worker in workers:
            os.kill(worker, signal.SIGKILL)
            killed.add(worker)

    def one_more_each():
        before = {label: len(got) for label, got in answers.items()}
        wait_until(lambda: all(len(answers[label]) > count for label, count in before.items()))

    with running("inkdigits", "serve", "--port", 0, "--workers", 1) as server, ThreadPoolExecutor(3) as threads:
        asked = [threads.submit(ask, label, server) for label in pictures]
        try:
            one_more_each()
            first = server.workers()
            assert len(first) == 2
            kill(first[:1])
            one_more_each()
            kill(server.workers())
            # Their successors too, while they start: when no worker is left, the next picture still waits for one.
            wait_until(lambda: len({*server.workers()} - killed) == 2)
            kill({*server.workers()} - killed)
            with server.client as client:
                assert client.post("/classify", content=pictures[2]).status_code == 200
            wait_until(lambda: len({*server.workers()} - killed) == 2)
            with server.client as client:
                assert client.post("/read", content=seven()).json()["results"][0]["text"] == "7"
        finally:
            stop.set()
        assert not {*server.workers()} & {*first}
        for thread in asked:
            thread.result()
        for label, got in answers.items():
            assert {
                (a.status_code, a.json()["results"][0]["best"] if a.status_code == 200 else a.text) for a in got
            } == {(200, label)}


@linux
def test_sigterm_finishes_what_was_accepted_and_takes_no_more():
    page = Image.fromarray(np.tile(drawing(7, height=40, pen=5, margin=12), (10, 8)))
    buffer = io.BytesIO()
    page.save(buffer, "TIFF", save_all=True, append_images=[page] * (PAGES - 1))
    with running("inkdigits", "serve", "--port", 0, "--workers", 1) as server, ThreadPoolExecutor(1) as thread:
        with server.client as client:
            wait_until(lambda: client.get("/health").json()["workers"] == 2)
        workers, begun = server.workers(), server.begins_work()
        url = f"{server.url}/read?ink=any"  # copies of one digit are print
        slow = thread.submit(httpx.post, url, content=buffer.getvalue(), timeout=120)
        wait_until(begun)
        for worker in workers:  # the document is not read before the server has closed its door
            os.kill(worker, signal.SIGSTOP)
        server.process.send_signal(signal.SIGTERM)
        wait_until(lambda: takes_no_more(server))
        assert not slow.done()
        for worker in workers:
            os.kill(worker, signal.SIGCONT)
        answer = slow.result().json()["results"]
        assert [sheet["page"] for sheet in answer] == [*range(1, PAGES + 1)] and len(answer[-1]["lines"]) == 10
        assert server.process.wait(60) == 0
        assert server.process.stderr.read() == ""
        assert not any(Path(f"/proc/{worker}").exists() for worker in workers)


def takes_no_more(server):
    try:
        httpx.get(f"{server.url}/health")
    except httpx.TransportError:
        return True
    return False


@linux
def test_workers_end_when_the_server_is_killed():
    with running("inkdigits", "serve", "--port", 0, "--workers", 1) as server:
        workers = server.workers()
        server.process.kill()
        server.process.wait()
        wait_until(lambda: not any(Path(f"/proc/{worker}/exe").exists() for worker in workers))


def test_ctrl_c_ends_it_without_a_word():
    with running("inkdigits", "serve", "--port", 0, "--workers", 1, last="Ctrl-C", start_new_session=True) as server_:
        os.killpg(server_.process.pid, signal.SIGINT)  # as a terminal does: to the workers as well
        assert server_.process.wait(60) == 0
        assert server_.process.stderr.read() == ""


@linux
def test_a_second_ctrl_c_ends_it_at_once():
    """A request is still coming, which the first one waits for; the workers end as well."""
    with running("inkdigits", "serve", "--port", 0, "--workers", 1, last="Ctrl-C") as server:
        workers = server.workers()
        with socket.create_connection((server.host, server.port), 10) as connection:
            connection.sendall(b"POST /read HTTP/1.1\r\nHost: localhost\r\nContent-Length: 1000\r\n\r\nx")
            server.process.send_signal(signal.SIGINT)
            wait_until(lambda: takes_no_more(server))
            server.process.send_signal(signal.SIGINT)
            server.process.wait(30)
        wait_until(lambda: not any(Path(f"/proc/{worker}/exe").exists() for worker in workers))


def test_what_cannot_be_served_is_one_line(server):
    for arguments, words in (
        (["--port", server.port], f"port {server.port} of 127.0.0.1"),
        (["--host", "192.0.2.7", "--port", 0], "cannot be listened at"),
        (["--host", "no such host"], "is no address"),
        (["--host", "a..b"], "is no address"),
        (["--model", "nonsense"], "model nonsense: does not exist"),
    ):
        result = CliRunner().invoke(main, ["serve", *map(str, arguments)])
        assert result.exit_code == 1 and words in result.output, result.output
        assert result.output.count("\n") == 1


def test_a_missing_extra_is_one_line(monkeypatch):
    monkeypatch.setattr("importlib.util.find_spec", lambda name: None)
    result = CliRunner().invoke(main, ["serve"])
    assert result.exit_code == 1
    assert (
        result.output == "Error: inkdigits serve needs more packages: pip install '.[serve]' in a clone of Inkdigits\n"
    )


def test_a_model_of_ones_own(tmp_path, server):
    """A run folder is served under its own name, beside the shipped models, and answers where none is named."""
    import shutil

    from inkdigits.network.registry import MODELS

    own = tmp_path / "mine"
    shutil.copytree(MODELS / "classic", own)
    with (
        running("inkdigits", "serve", "--port", 0, "--workers", 1, "--model", own) as started,
        started.client as client,
    ):
        models = {m["name"]: m["default"] for m in client.get("/models").json()["models"]}
        assert models == {**dict.fromkeys(network.shipped(), False), "mine": True}
        with server.client as other:
            expected = other.post("/classify?model=classic", content=seven()).json()
        assert client.post("/classify", content=seven()).json() == expected
        refused(client.post("/classify", params={"model": str(own)}, content=seven()), 422, "not served here")
    own.rename(tmp_path / "default")
    result = CliRunner().invoke(main, ["serve", "--model", str(tmp_path / "default")])
    assert result.exit_code == 1 and "name of a shipped model" in result.output
