"""The pictures of requests, on their way to the worker pool: which are small, and how many may wait."""

from __future__ import annotations

import asyncio
import io
from collections.abc import Sequence
from http import HTTPStatus

from PIL import Image

from inkdigits.server.limits import Limits, RefusalError
from inkdigits.server.work import Question, Reading
from inkdigits.workers.pool import Pool
from inkdigits.workers.work import Answer, Item

# Small: few bytes, and by their header few pixels. (A page of bare paper is 40 megapixels in a few kilobytes.)
_SMALL_BYTES = 64 * 1024
_SMALL_PIXELS = 1 << 20
_REMEDY = "save the picture again or make it smaller, or expect something simpler"


class Pictures:
    """A pool that reads pictures: so many workers, and one more that is reserved for small pictures."""

    def __init__(self, models: Sequence[str], workers: int, limits: Limits, forms: Sequence[str] = ()) -> None:
        self._limits = limits
        work = Reading(tuple(models), limits.pages, tuple(forms))
        self.pool = Pool(work, workers, limits.seconds, _REMEDY, reserved=True)

    async def start(self) -> None:
        """Start the workers, and wait for the first. Raises ChildProcessError if none can start."""
        self.pool.start()
        await asyncio.to_thread(self.pool.wait)

    def submit(self, question: Question, pictures: Sequence[tuple[str, bytes]]) -> list[asyncio.Future[Answer]]:
        """Return the answers to come, one a picture. Cancel one, and its picture waits no longer.

        Raises RefusalError if there is no room for all of them, or no worker can start; an answer raises the latter as
        ChildProcessError.
        """
        if self.pool.failure:
            raise no_workers(self.pool.failure)
        waiting = self.pool.waiting
        if waiting + len(pictures) > self._limits.waiting:
            reason = f"{waiting} pictures are waiting, and there is room for {self._limits.waiting}; "
            raise RefusalError(HTTPStatus.TOO_MANY_REQUESTS, reason + "send this again in a moment")
        asked = question.to_json()
        return [
            asyncio.wrap_future(
                self.pool.submit(Item(name, data), asked, small=question.verb == "classify" and is_small(data))
            )
            for name, data in pictures
        ]


def no_workers(reason: str) -> RefusalError:
    """Return the refusal of a server that has no workers."""
    return RefusalError(
        HTTPStatus.SERVICE_UNAVAILABLE, f"the server cannot start its workers ({reason}); look at its machine"
    )


def is_small(data: bytes) -> bool:
    """Tell by size and header whether a picture is quickly decoded: a PNG or JPEG of one frame, and not progressive.

    Each scan of a progressive JPEG goes over the whole picture, and thousands of them are a few kilobytes.
    """
    if len(data) > _SMALL_BYTES:
        return False
    try:
        # Of these two formats Pillow reads the header in Python; no decoder sees the bytes in this process.
        with Image.open(io.BytesIO(data), formats=("PNG", "JPEG")) as image:
            width, height = image.size
            is_one = getattr(image, "n_frames", 1) == 1 and not image.info.get("progressive")
            return is_one and width * height <= _SMALL_PIXELS
    except Exception:  # whatever is wrong with it, a worker tells
        return False
