"""What the tests of the server share: a real one in a process of its own, and pictures to send."""

from __future__ import annotations

import io
import json
import os
import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager, suppress
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
from PIL import Image

from tests.conftest import drawing, encoded

ROOT = Path(__file__).parent.parent.parent


class Running:
    """A server: its process, the address that it printed, and a client."""

    def __init__(self, process, lines):
        self.process, self.lines = process, lines
        self.address = re.search(r"https?://\S+", "".join(lines))[0]
        parts = urlsplit(self.address)
        self.host, self.port = parts.hostname, parts.port
        self.url = f"{parts.scheme}://{parts.netloc}"

    @property
    def client(self):
        return httpx.Client(base_url=self.url, timeout=60, trust_env=False)

    def raw(self, data):
        """Send bytes as they are, and return all that comes until the server closes the connection."""
        with socket.create_connection((self.host, self.port), 60) as connection:
            connection.sendall(data)
            return b"".join(iter(lambda: connection.recv(65536), b""))

    def complaints(self):
        """What it has printed on standard error so far."""
        os.set_blocking(self.process.stderr.fileno(), False)
        return self.process.stderr.buffer.read() or b""

    def holds(self, connection):
        """Whether the system still has the server's side of a connection, with something to send."""
        ours, theirs = (f":{address[1]:04X}" for address in (connection.getsockname(), connection.getpeername()))
        rows = (line.split() for line in Path("/proc/net/tcp").read_text("ascii").splitlines()[1:])
        queues = [row[4] for row in rows if row[1].endswith(theirs) and row[2].endswith(ours)]
        return any(int(queue.partition(":")[0], 16) > 0 for queue in queues)

    def workers(self):
        """The worker processes, by their ids."""
        found = []
        for children in Path(f"/proc/{self.process.pid}/task").glob("*/children"):  # each has a thread
            with suppress(OSError):  # it ends as we look
                ids = children.read_text("ascii").split()
                found += [int(i) for i in ids if b"spawn_main" in Path(f"/proc/{i}/cmdline").read_bytes()]
        return found

    def begins_work(self):
        """Return a question: has a worker that was ready begun to compute since, for 50 ms of its processor's time?"""
        before = self._ticks()
        return lambda: self._ticks() - before >= 0.05 * os.sysconf("SC_CLK_TCK")

    def _ticks(self):
        stats = (Path(f"/proc/{worker}/stat").read_text("ascii") for worker in self.workers())
        return sum(int(ticks) for stat in stats for ticks in stat.rpartition(")")[2].split()[11:13])


@contextmanager
def running(*command, last="is at", **options):
    """Start `python -m COMMAND`, wait until it has printed a line with `last`, and end it after the block."""
    process = subprocess.Popen(
        [sys.executable, "-m", *map(str, command)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        **options,
    )
    try:
        lines = []
        while not lines or last not in lines[-1]:
            lines.append(process.stdout.readline())
            assert lines[-1], process.stderr.read()
        yield Running(process, lines)
        if process.poll() is None:
            process.send_signal(signal.SIGTERM)
            assert process.wait(60) == 0
    finally:
        process.kill()
        process.communicate()


@contextmanager
def limited(workers=1, **limits):
    with running("tests.server.started", json.dumps(limits), workers) as server:
        yield server


@pytest.fixture(scope="session")
def folder(tmp_path_factory):
    """The only place where the shared server could keep anything."""
    return tmp_path_factory.mktemp("temporary")


@pytest.fixture(scope="session")
def server(folder):
    environment = {**os.environ, "TMPDIR": str(folder)}
    with running("inkdigits", "serve", "--port", 0, "--workers", 1, env=environment) as server:
        yield server


@pytest.fixture
def client(server):
    with server.client as client:
        yield client


def small(label=7):
    """A PNG of 28 × 28 pixels."""
    digit = Image.fromarray(drawing(label, pen=14)).resize((28, 28), Image.Resampling.BOX)
    buffer = io.BytesIO()
    digit.save(buffer, "PNG")
    return buffer.getvalue()


def document(pages, kind="PDF", label=None):
    """A PDF or TIFF with a digit on each page."""
    sheets = [Image.fromarray(drawing(n % 10 if label is None else label, pen=14)) for n in range(pages)]
    buffer = io.BytesIO()
    sheets[0].save(buffer, kind, save_all=True, append_images=sheets[1:])
    return buffer.getvalue()


def seven():
    return encoded(drawing(7, pen=14))
