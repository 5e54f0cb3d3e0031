"""`inkdigits serve` under load: how many small pictures a second, how soon, and what a crowd of all kinds does to it.

1. Record: /classify of 28×28 PNGs of MNIST's training digits over 32 connections that are kept alive; each answer is compared with
   `inkdigits.classify`. Then requests come at half that rate, at random times, and the time of each counts from when it was due.
2. Crowd: 200 clients at a time send good, bad, huge, slow and abandoned requests. Every answer must be right or a refusal that the
   contract has for it; memory is that of the server and all its workers, and must not grow between the middle third and the last.

The client runs on the same cores as the server, and its share of them is in the figures.

Usage: python benchmarks/api_load.py [SECONDS]    60 for the crowd; writes benchmarks/results/api_load.json (with 60 only)
"""

from __future__ import annotations

import asyncio
import io
import json
import random
import re
import signal
import struct
import subprocess
import sys
import time
import zlib
from collections import Counter
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import numpy as np
import uvloop
from PIL import Image

import inkdigits
from inkdigits.datasets import mnist
from inkdigits.synthetic import scenes, strokes
from machine import write_results

WHOLE = 60
CLIENTS = 200
CONNECTIONS = 32
LENGTH = re.compile(rb"content-length: (\d+)", re.I)


def encoded(pixels: np.ndarray, kind: str = "PNG") -> bytes:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, kind)
    return buffer.getvalue()


def request(path: str, body: bytes, length: int | None = None) -> bytes:
    size = len(body) if length is None else length
    head = f"POST {path} HTTP/1.1\r\nHost: localhost\r\nContent-Type: application/octet-stream\r\nContent-Length: {size}\r\n\r\n"
    return head.encode() + body


class Server:
    """A server in a process of its own."""

    def __init__(self) -> None:
        command = [sys.executable, "-m", "inkdigits", "serve", "--port", "0"]
        self.process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.process.stdout is not None
        self.port = int(self.process.stdout.readline().rstrip("/\n").rpartition(":")[2])

    def memory_mb(self) -> float:
        """The resident memory of the server and its workers, in MB of 10⁶ bytes."""
        pid = self.process.pid
        children = Path(f"/proc/{pid}/task").glob("*/children")  # each worker is the child of a thread
        family = [str(pid), *(child for each in children for child in each.read_text(encoding="ascii").split())]
        pages = 0
        for one in family:
            try:
                pages += int(Path(f"/proc/{one}/statm").read_text(encoding="ascii").split()[1])
            except (FileNotFoundError, ProcessLookupError):  # a worker that has just been replaced
                continue
        return pages * 4096 / 1e6

    def stop(self) -> None:
        """End it, and stop everything if it does not end well."""
        self.process.send_signal(signal.SIGTERM)
        if self.process.wait(120) != 0:
            raise SystemExit(f"the server ended with code {self.process.returncode}")


class Connection(asyncio.Protocol):
    """A connection that is kept alive, with one request at a time: as little work of its own as can be."""

    def __init__(self) -> None:
        self.data = b""
        self.whole = 0
        self.answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to write."""
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        """Hand an answer over when it is whole."""
        self.data += data
        if not self.whole and (end := self.data.find(b"\r\n\r\n")) >= 0:
            length = LENGTH.search(self.data)
            self.whole = end + 4 + (int(length[1]) if length else 0)
        if self.whole and len(self.data) >= self.whole and self.answer is not None:
            answer, self.data, self.whole = self.data, b"", 0
            self.answer.set_result(answer)

    def connection_lost(self, exc: Exception | None) -> None:
        """Tell who waits."""
        if self.answer is not None and not self.answer.done():
            self.answer.set_exception(exc or ConnectionError("closed"))

    async def ask(self, data: bytes) -> bytes:
        """Send a request and return its answer, head and all."""
        self.answer = asyncio.get_running_loop().create_future()
        self.transport.write(data)  # type: ignore[attr-defined]
        return await self.answer


@asynccontextmanager
async def connections(port: int, count: int) -> AsyncIterator[list[Connection]]:
    loop = asyncio.get_running_loop()
    made = [(await loop.create_connection(Connection, "127.0.0.1", port))[1] for _ in range(count)]
    yield made
    for connection in made:
        connection.answer = None
        connection.transport.close()


def small_pictures(count: int) -> list[tuple[bytes, bytes]]:
    """Requests, and the ends of their right answers."""
    pairs = []
    for glyph in mnist.train().images[:count]:
        data = encoded(glyph)
        answer = json.dumps({**inkdigits.classify(data).to_dict(), "source": "picture"})
        label = re.search(r'"label": \S+ "best": \d', answer)
        assert label is not None
        pairs.append((request("/classify", data), label[0].encode()))
    return pairs


async def record(port: int, seconds: float) -> float:
    """Return requests a second, all answered rightly."""
    pairs = small_pictures(500)
    done = 0
    started, until = time.perf_counter() + 2, time.perf_counter() + 2 + seconds

    async def go_on(connection: Connection, first: int) -> None:
        nonlocal done
        turn = first
        while (now := time.perf_counter()) < until:
            data, expected = pairs[turn % len(pairs)]
            answer = await connection.ask(data)
            if not answer.startswith(b"HTTP/1.1 200") or expected not in answer:
                raise SystemExit(f"a wrong answer: {answer!r}")
            turn += 1
            done += now >= started  # the first two seconds warm up

    async with connections(port, CONNECTIONS) as made:
        await asyncio.gather(*(go_on(connection, 13 * i) for i, connection in enumerate(made)))
    return done / seconds


async def half_load(port: int, rate: float, seconds: float) -> dict[str, float]:
    """Send requests at this rate, and return the times from when they were due until they were answered, in ms."""
    pairs = small_pictures(500)
    free: asyncio.Queue[Connection] = asyncio.Queue()
    times: list[float] = []

    async def one(due: float, data: bytes, expected: bytes) -> None:
        connection = await free.get()
        answer = await connection.ask(data)
        times.append(time.perf_counter() - due)
        free.put_nowait(connection)
        if expected not in answer:
            raise SystemExit(f"a wrong answer: {answer!r}")

    chance = random.Random(1)
    asked = []
    async with connections(port, 4 * CONNECTIONS) as made:
        for connection in made:
            free.put_nowait(connection)
        due = time.perf_counter()
        end = due + seconds
        while due < end:
            await asyncio.sleep(max(0.0, due - time.perf_counter()))
            asked.append(asyncio.create_task(one(due, *pairs[len(asked) % len(pairs)])))
            due += chance.expovariate(rate)
        await asyncio.gather(*asked)
    p50, p99 = np.percentile(times, [50, 99]) * 1e3
    return {"rate": round(rate, 1), "p50_ms": round(float(p50), 2), "p99_ms": round(float(p99), 2)}


class Crowd:
    """Clients of every kind, and what they got."""

    def __init__(self, port: int, seconds: float) -> None:
        self.port, self.until = port, time.monotonic() + seconds
        self.counts: Counter[str] = Counter()
        self.wrong: list[str] = []
        digits = mnist.train()
        self.pictures = small_pictures(300)
        draw = np.random.default_rng(3)
        sheets = [scenes.picture(digits.images[n], draw)[0] for n in range(20)]
        page = 255 - np.pad(
            np.concatenate([strokes.draw(strokes.digit(d, 0), 60, 6, 12)[:84, :60] for d in (1, 2, 3)], 1), 40
        )
        self.pages = [
            (encoded(page, kind), json.dumps(inkdigits.read(encoded(page, kind)).text)) for kind in ("PNG", "JPEG")
        ]
        bare = encoded(np.full((6000, 6000), 255, np.uint8))
        self.bad = [
            b"no picture",
            encoded(sheets[0])[:60],
            b"%PDF-1.4 nonsense",
            b"\x89PNG\r\n\x1a\n" + bytes(500),
            bare[: len(bare) // 2],
        ]
        self.bare = bare
        header = b"IHDR" + struct.pack(">IIBBBBB", 60_000, 60_000, 8, 0, 0, 0, 0)
        self.bomb = bare[:12] + header + struct.pack(">I", zlib.crc32(header)) + bare[33:]
        self.long = bytes(65 << 20)

    async def ask(self, data: bytes, *, pause: float = 0.0, give_up: float | None = None) -> tuple[int, bytes]:
        """Send a request in pieces, and return the status and the body; 0 for a client that has given up."""
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port)
        try:
            step = len(data) if not pause else max(1, len(data) // 8)
            for start in range(0, len(data), step):
                writer.write(data[start : start + step])
                await writer.drain()
                if pause:
                    await asyncio.sleep(pause)
            if give_up is not None:
                await asyncio.sleep(give_up)
                return 0, b""
            head = await reader.readuntil(b"\r\n\r\n")
            length = LENGTH.search(head)
            return int(head[9:12]), await reader.readexactly(int(length[1]) if length else 0)
        finally:
            writer.close()

    def judge(self, kind: str, answer: tuple[int, bytes], statuses: set[int], expected: bytes = b"") -> None:
        """Count an answer, and note one that is neither right nor a refusal for want of room."""
        status, body = answer
        self.counts[f"{kind} {status or 'gave up'}"] += 1
        refused = status in (429, 503) and b'"error"' in body
        right = status in statuses and expected in body and (status == 200 or b'"error"' in body)
        if status and not refused and not right:
            self.wrong.append(f"{kind}: {status} {body[:200]!r}")

    async def good(self, chance: random.Random) -> None:
        """Send a digit or a page."""
        if chance.random() < 0.7:
            data, expected = chance.choice(self.pictures)
            self.judge("small", await self.ask(data), {200}, expected)
        else:
            page, text = chance.choice(self.pages)
            self.judge("page", await self.ask(request("/read", page)), {200}, f'"text": {text}'.encode())

    async def poor(self, chance: random.Random) -> None:
        """Send what is no picture, and an option that is none."""
        path = chance.choice(["/classify", "/read"])
        self.judge("bad", await self.ask(request(path, chance.choice(self.bad))), {422})
        self.judge("bad option", await self.ask(request("/read?trust=blind", b"x")), {422})

    async def huge(self, chance: random.Random) -> None:
        """Send too many bytes, too many pixels, and as many pixels as may be."""
        kind = chance.randrange(4)
        if kind == 0:
            self.judge("huge body", await self.ask(request("/read", self.long)), {413})
        elif kind == 1:
            self.judge("huge header", await self.ask(request("/classify", self.bomb)), {413})
        else:
            self.judge("huge paper", await self.ask(request("/classify", self.bare)), {200}, b'"reason": "blank"')

    async def slow(self, chance: random.Random) -> None:
        """Send a digit in pieces, or never all of it."""
        data, expected = chance.choice(self.pictures)
        if chance.random() < 0.7:
            self.judge("slow", await self.ask(data, pause=chance.uniform(0.05, 0.5)), {200}, expected)
        else:
            self.judge("never ends", await self.ask(data[:-5]), {408})

    async def abandoned(self, chance: random.Random) -> None:
        """Go away before all is sent, or before the answer comes."""
        page, _ = chance.choice(self.pages)
        whole = request("/read", page)
        part = whole[: chance.randrange(len(whole))] if chance.random() < 0.5 else whole
        self.judge("abandoned", await self.ask(part, give_up=chance.uniform(0, 0.3)), set())

    async def client(self, seed: int) -> None:
        """Send one request after the other, of all kinds."""
        chance = random.Random(seed)
        kinds: list[Callable[[random.Random], Awaitable[None]]] = [
            self.good,
            self.poor,
            self.huge,
            self.slow,
            self.abandoned,
        ]
        while time.monotonic() < self.until:
            (kind,) = chance.choices(kinds, [60, 12, 2, 14, 12])
            try:
                async with asyncio.timeout(150):
                    await kind(chance)
            except (OSError, EOFError, TimeoutError) as error:
                self.wrong.append(f"{kind.__name__}: {type(error).__name__} {error}")

    async def run(self, server: Server) -> list[float]:
        """Let them all in, and return the memory, second by second."""
        clients = asyncio.gather(*(self.client(seed) for seed in range(CLIENTS)))
        memory = []
        while time.monotonic() < self.until:
            memory.append(server.memory_mb())
            await asyncio.sleep(1)
        await clients
        return memory


async def measure(server: Server, seconds: int) -> dict[str, Any]:
    rate = await record(server.port, min(20, seconds))
    print(f"{rate:.0f} requests a second", flush=True)
    half = await half_load(server.port, rate / 2, min(20, seconds))
    print(half, flush=True)
    crowd = Crowd(server.port, seconds)
    memory = await crowd.run(server)
    for count in sorted(crowd.counts.items()):
        print(*count)
    third = len(memory) // 3
    middle, last = float(np.median(memory[third : 2 * third])), float(np.median(memory[2 * third :]))
    print(f"memory {memory[0]:.0f} MB at first, {middle:.0f} in the middle third, {last:.0f} in the last")
    for words in crowd.wrong[:20]:
        print("WRONG", words)
    await asyncio.sleep(0.5)
    status, body = await crowd.ask(b"GET /health HTTP/1.1\r\nHost: localhost\r\n\r\n")
    if status != 200 or json.loads(body)["waiting"]:
        raise SystemExit(f"not well after it: {status} {body!r}")
    return {
        "classify_28x28": {"connections": CONNECTIONS, "requests_a_second": round(rate, 1), "half_load": half},
        "crowd": {
            "clients": CLIENTS,
            "seconds": seconds,
            "answers": dict(sorted(crowd.counts.items())),
            "wrong_answers_or_errors_outside_the_contract": len(crowd.wrong),
            "memory_mb": {"first": round(memory[0]), "middle_third": round(middle), "last_third": round(last)},
        },
    }


def main() -> None:
    seconds = int(sys.argv[1]) if len(sys.argv) > 1 else WHOLE
    server = Server()
    try:
        figures = uvloop.run(measure(server, seconds))
    finally:
        server.stop()
    if seconds == WHOLE:
        write_results("api_load", figures)
    if figures["crowd"]["wrong_answers_or_errors_outside_the_contract"]:
        sys.exit(1)


if __name__ == "__main__":
    main()
