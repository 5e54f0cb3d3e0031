"""A worker: the process that pictures are read in, and the way that they and the answers take between the two.

A message to it is the lengths of its parts, a JSON head (what is asked, names and lengths of the pictures) and the
pictures' bytes. A message from it is, for each picture in turn, how that went and JSON. Nothing is pickled.
"""

from __future__ import annotations

import io
import json
import signal
import struct
from collections.abc import Iterator, Sequence
from dataclasses import asdict, dataclass
from enum import IntEnum
from itertools import chain
from socket import socket
from typing import Protocol

from inkdigits import network
from inkdigits.batch import process
from inkdigits.batch.job import Job
from inkdigits.batch.rows import Verb
from inkdigits.errors import InputError, TooLargeError
from inkdigits.reading import single
from inkdigits.reading.decide import Trust
from inkdigits.results import Page

LENGTH = struct.Struct("!Q")
ANSWER = struct.Struct("!BQ")  # how it went, and the length of what follows
READY = b"!"


class Outcome(IntEnum):
    """How it went with a picture, and what the bytes are that come with it."""

    ANSWERED = 0  # JSON objects with commas between them, one for each answer
    UNREADABLE = 1  # [source, problem, remedy]
    TOO_LARGE = 2  # the same


@dataclass(frozen=True)
class Question:
    """What is asked of a picture. `model` is a shipped model's name or a path that the server was started with."""

    verb: Verb
    model: str
    trust: Trust
    expect: tuple[str, ...] = ()


class _Upload(io.BytesIO):
    """A picture's bytes with its name, as a file has one."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def message(question: Question, pictures: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the bytes that ask a worker about pictures, each a name and its bytes."""
    head = json.dumps([asdict(question), [(name, len(data)) for name, data in pictures]]).encode()
    return b"".join([LENGTH.pack(len(head)), head, *(data for _, data in pictures)])


def serve(its: socket, models: Sequence[str], pages: int) -> None:
    """Answer what comes through the socket until it ends, be it because the server was killed."""
    process.begin()
    signal.signal(
        signal.SIGTERM, signal.SIG_IGN
    )  # a service manager's goes to all processes; the server ends us in its time
    try:
        for model in models:  # loaded before the first picture waits for it
            network.load(model)
        stream = its.makefile("rwb")
        stream.write(READY)
        stream.flush()
        while True:
            question, uploads = _receive(stream)
            for outcome, answer in _answers(question, uploads, pages):
                stream.write(ANSWER.pack(outcome, len(answer)) + answer)
            stream.flush()
    except (EOFError, OSError):
        pass


def _receive(stream: _Readable) -> tuple[Question, list[_Upload]]:
    (length,) = LENGTH.unpack(_exactly(stream, LENGTH.size))
    asked, pictures = json.loads(_exactly(stream, length))
    question = Question(asked["verb"], asked["model"], asked["trust"], tuple(asked["expect"]))
    return question, [_Upload(_exactly(stream, length), name) for name, length in pictures]


def _exactly(stream: _Readable, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _answers(question: Question, uploads: list[_Upload], pages: int) -> Iterator[tuple[Outcome, bytes]]:
    if question.verb == "classify":
        yield from _classify(question, uploads)
    else:
        for upload in uploads:
            try:
                yield Outcome.ANSWERED, _read(question, upload, pages)
            except Exception as error:
                yield _failure(upload.name, error)


def _classify(question: Question, uploads: list[_Upload]) -> Iterator[tuple[Outcome, bytes]]:
    """Yield the answer to each picture. The network is asked once for all of them."""
    ready: list[single.Prepared | Exception] = []
    for upload in uploads:
        try:
            ready.append(single.prepare(upload))
        except Exception as error:
            ready.append(error)
    good = [one for one in ready if isinstance(one, single.Prepared)]
    digits = iter(single.answer(good, network.load(question.model), question.trust))
    for upload, one in zip(uploads, ready, strict=True):
        if isinstance(one, Exception):
            yield _failure(upload.name, one)
        else:
            yield Outcome.ANSWERED, next(digits).to_json().encode()


def _read(question: Question, upload: _Upload, most: int) -> bytes:
    answers = Job("read", "json", question.model, question.trust, question.expect).answers(upload)
    first = next(answers)
    if isinstance(first, Page) and first.pages > most:
        raise TooLargeError(upload.name, f"has {first.pages:,} pages, more than the {most} read at once", "cut it up")
    return b", ".join(page.to_json().encode() for page in chain([first], answers))


def _failure(name: str, error: Exception) -> tuple[Outcome, bytes]:
    if isinstance(error, InputError):
        outcome = Outcome.TOO_LARGE if isinstance(error, TooLargeError) else Outcome.UNREADABLE
        return outcome, json.dumps([error.source, error.problem, error.remedy]).encode()
    # Ours to mend; but the next picture shall not suffer for it.
    words = f"cannot be read ({type(error).__name__}: {error})"
    own = InputError(name, words, "please report this picture")
    return Outcome.UNREADABLE, json.dumps([own.source, own.problem, own.remedy]).encode()
