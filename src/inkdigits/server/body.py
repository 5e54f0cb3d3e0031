"""The body of a request → pictures, each a name and its bytes: within the limits, in memory alone."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import AsyncGenerator
from http import HTTPStatus

from starlette.datastructures import Headers, UploadFile
from starlette.formparsers import MultiPartException, MultiPartParser
from starlette.requests import ClientDisconnect
from starlette.types import Receive

from inkdigits.errors import one_line
from inkdigits.image.decode import FORMATS_TEXT
from inkdigits.server import in_json
from inkdigits.server.in_json import JSON
from inkdigits.server.limits import Budget, Limits, RefusalError

PICTURE_TYPES = (
    "image/png",
    "image/jpeg",
    "image/bmp",
    "image/gif",
    "image/tiff",
    "image/webp",
    "image/avif",
    "image/heic",
    "image/heif",
    "image/x-portable-anymap",
    "application/pdf",
    "application/octet-stream",
)
MULTIPART = "multipart/form-data"
# What clients call PDFs, or send where they do not know what it is (curl --data-binary). Pictures have many names, and old
# systems others, so that all are taken; what it is the decoder tells by its bytes.
_ALSO = {
    "application/x-pdf",
    "binary/octet-stream",
    "application/binary",
    "application/x-binary",
    "application/x-www-form-urlencoded",
}
_DRAWINGS = ("image/svg+xml", "image/svg")  # text, and no pixels
# The parser of forms would log bytes of those that are broken.
logging.getLogger("python_multipart").setLevel(logging.CRITICAL + 1)
_ADMITTED = frozenset({*PICTURE_TYPES, *_ALSO})
# What a picture in a raw body is called in its answer.
NAME = "picture"
# A body that is too long is read to its end, unless that is far away: who is still sending hears no answer.
_DRAINED = 4


class Body:
    """A request's body as it comes, counted against the limits; its bytes are given back when the `with` block ends."""

    def __init__(self, headers: Headers, receive: Receive, limits: Limits, budget: Budget) -> None:
        self._headers, self._receive, self._limits, self._budget = headers, receive, limits, budget
        self._count = 0
        self._counted = 0

    def __enter__(self) -> Body:
        return self

    def __exit__(self, *_: object) -> None:
        self._budget.give_back(self._counted)

    async def pictures(self) -> list[tuple[str, bytes]]:
        """Return the pictures, at least one. Raises RefusalError, or ClientDisconnect where the client has gone."""
        kind = self._headers.get("content-type", "application/octet-stream").partition(";")[0].strip().lower()
        is_picture = kind in _ADMITTED or (kind.startswith("image/") and kind not in _DRAWINGS)
        if not is_picture and kind not in (MULTIPART, JSON):
            reason = (
                f"{one_line(kind, 80)} is not read here; send a {FORMATS_TEXT} picture, a PDF, files as {MULTIPART}, "
                f"or base64 in {JSON}"
            )
            raise RefusalError(HTTPStatus.UNSUPPORTED_MEDIA_TYPE, reason)
        try:
            async with asyncio.timeout(self._limits.body_seconds):
                if kind == JSON:
                    pictures = await self._in_json()
                else:
                    pictures = await (self._parts() if kind == MULTIPART else self._whole())
        except TimeoutError:
            reason = f"the body did not arrive within {self._limits.body_seconds:g} s, or came to a halt on its way"
            raise RefusalError(HTTPStatus.REQUEST_TIMEOUT, reason) from None
        if not pictures or not any(data for _, data in pictures):
            raise RefusalError(
                HTTPStatus.BAD_REQUEST, "there is no picture in the request; send one as its body, or files"
            )
        return pictures

    async def _whole(self) -> list[tuple[str, bytes]]:
        return [(NAME, await self._bytes())]

    async def _bytes(self) -> bytes:
        return b"".join([chunk async for chunk in self._chunks()])

    async def _in_json(self) -> list[tuple[str, bytes]]:
        body = await self._bytes()
        self._take(2 * len(body))  # its text and the pictures are in memory beside it
        # In a thread: the server answers others meanwhile.
        return await asyncio.to_thread(in_json.parse, body, self._limits.files)

    def _take(self, count: int) -> None:
        self._budget.take(count)
        self._counted += count

    async def _parts(self) -> list[tuple[str, bytes]]:
        most = self._limits.files
        parser = MultiPartParser(self._headers, self._chunks(), max_files=most, max_fields=most)
        parser.spool_max_size = 0  # never to disk
        try:
            form = await parser.parse()
        except MultiPartException as error:
            if error.message.startswith("Too many files"):
                reason = f"there are more than {most} files in the request; send several requests"
                raise RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason) from None
            reason = f"the body is no proper {MULTIPART} ({one_line(error.message, 100)})"
            raise RefusalError(HTTPStatus.BAD_REQUEST, reason) from None
        pictures = []
        try:
            for name, value in form.multi_items():
                if not isinstance(value, UploadFile):
                    reason = f"the field {one_line(name, 80)} is no file; options go into the address: ?trust=strict"
                    raise RefusalError(HTTPStatus.BAD_REQUEST, reason)
                pictures.append((one_line(value.filename or NAME), await value.read()))
        finally:
            await form.close()
        return pictures

    async def _chunks(self) -> AsyncGenerator[bytes, None]:
        """Yield the body's pieces. Raises RefusalError as soon as it is known to be too long."""
        most = self._limits.request_bytes
        announced = self._headers.get("content-length", "")
        if announced.isdecimal() and int(announced) > most:
            if "expect" not in self._headers:  # else it has not sent any of it
                await self._drain()
            raise self._too_long()
        more = True
        while more:
            chunk, more = await self._next()
            if self._count > most:
                await self._drain()
                raise self._too_long()
            self._take(len(chunk))
            yield chunk

    async def _drain(self) -> None:
        more = True
        while more and self._count <= _DRAINED * self._limits.request_bytes:
            _, more = await self._next()

    async def _next(self) -> tuple[bytes, bool]:
        async with asyncio.timeout(self._limits.pause_seconds):
            event = await self._receive()
        if event["type"] == "http.disconnect":
            raise ClientDisconnect
        chunk: bytes = event.get("body", b"")
        self._count += len(chunk)
        return chunk, event.get("more_body", False)

    def _too_long(self) -> RefusalError:
        reason = f"the body is longer than {self._limits.request_bytes >> 20} MB; send smaller pictures or fewer"
        return RefusalError(HTTPStatus.REQUEST_ENTITY_TOO_LARGE, reason)
