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
from dataclasses import dataclass
from enum import IntEnum
from itertools import chain
from socket import socket
from typing import Protocol

from inkdigits import network
from inkdigits.batch import process
from inkdigits.batch.rows import Verb
from inkdigits.errors import InputError, TooLargeError, unexpected
from inkdigits.options import Options
from inkdigits.reader import shared
from inkdigits.recognising import decide
from inkdigits.results import Page
from inkdigits.server import shown

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
    """What is asked of a picture.

    `options.model` is a shipped model's name or a path that the server was started with. With `picture`, each page comes
    with a picture of it.
    """

    verb: Verb
    options: Options
    picture: bool = False


class _Upload(io.BytesIO):
    """A picture's bytes with its name, as a file has one."""

    def __init__(self, data: bytes, name: str) -> None:
        super().__init__(data)
        self.name = name


class _Readable(Protocol):
    def read(self, size: int, /) -> bytes: ...


def message(question: Question, pictures: Sequence[tuple[str, bytes]]) -> bytes:
    """Return the bytes that ask a worker about pictures, each a name and its bytes."""
    asked = [question.verb, question.options.to_dict(), question.picture]
    head = json.dumps([asked, [(name, len(data)) for name, data in pictures]]).encode()
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
    (verb, options, picture), pictures = json.loads(_exactly(stream, length))
    question = Question(verb, Options.from_dict(options), picture)
    return question, [_Upload(_exactly(stream, length), name) for name, length in pictures]


def _exactly(stream: _Readable, count: int) -> bytes:
    data = stream.read(count)
    if len(data) < count:
        raise EOFError
    return data


def _answers(question: Question, uploads: list[_Upload], pages: int) -> Iterator[tuple[Outcome, bytes]]:
    if question.verb == "classify":  # the network is asked once for all of them
        try:
            digits = shared(question.options).classify_many(uploads)
        except Exception as error:  # the model's file has gone, or the fault is ours
            digits = [decide.unreadable(_own(upload, error), upload.name) for upload in uploads]
        for digit in digits:
            yield _failure(digit.error) if digit.error else (Outcome.ANSWERED, digit.to_json().encode())
        return
    for upload in uploads:
        try:
            yield Outcome.ANSWERED, _read(question, upload, pages)
        except Exception as error:
            yield _failure(_own(upload, error))


def _read(question: Question, upload: _Upload, most: int) -> bytes:
    pages = shared(question.options).read_pages(upload)
    first = next(pages)
    if first.pages > most:
        raise TooLargeError(upload.name, f"has {first.pages:,} pages, more than the {most} read at once", "cut it up")
    return b", ".join(_page(page, question.picture) for page in chain([first], pages))


def _page(page: Page, with_picture: bool) -> bytes:
    said = page.to_dict()
    if with_picture and page.picture is not None:
        said["picture"] = shown.data_url(page.picture)
    return json.dumps(said).encode()


def _own(upload: _Upload, error: Exception) -> InputError:
    """Return why there is no answer for a picture; a fault of ours is told as such, and the next picture is read."""
    return error if isinstance(error, InputError) else unexpected(upload.name, error)


def _failure(error: InputError) -> tuple[Outcome, bytes]:
    outcome = Outcome.TOO_LARGE if isinstance(error, TooLargeError) else Outcome.UNREADABLE
    return outcome, json.dumps([error.source, error.problem, error.remedy]).encode()
