"""The page's files, read when the server starts: what a client asks for never becomes a path."""

from __future__ import annotations

import gzip
import hashlib
import mimetypes
import re
from dataclasses import dataclass
from pathlib import Path

from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Route

WEB = Path(__file__).parent.parent / "web"
# Not left to the machine's own tables: on some, JavaScript is text/plain, which no browser runs as a module.
_TYPES = {
    ".html": "text/html; charset=utf-8",
    ".css": "text/css; charset=utf-8",
    ".js": "text/javascript; charset=utf-8",
    ".mjs": "text/javascript; charset=utf-8",
    ".json": "application/json",
    ".webmanifest": "application/manifest+json",
    ".svg": "image/svg+xml",
    ".bin": "application/octet-stream",
    ".txt": "text/plain; charset=utf-8",
}
_PACKED = 0.9  # worth the browser's work
_NAME = re.compile(r"[A-Za-z0-9][\w.-]*", re.ASCII)  # neither hidden nor in need of escapes


@dataclass(frozen=True)
class _File:
    """A file as it goes over the wire: as it is, and packed where that is worth it."""

    kind: str
    plain: bytes
    packed: bytes | None
    tag: str


def routes(folder: Path = WEB, prefix: str = "") -> list[Route]:
    """Return a route for every file in the folder and below it, and one for index.html. Hidden ones have none."""
    found = []
    for path in sorted(folder.rglob("*")):
        parts = path.relative_to(folder).parts
        if path.is_file() and all(_NAME.fullmatch(part) for part in parts):
            address = f"{prefix}/" + "/".join(parts)
            found.append(route(address, path))
            if parts == ("index.html",):
                found.append(route(prefix or "/", path))
    return found


def _load(path: Path) -> _File:
    data = path.read_bytes()
    kind = _TYPES.get(path.suffix.lower()) or mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    packed = gzip.compress(data, 9, mtime=0)
    tag = hashlib.sha256(data).hexdigest()[:20]
    return _File(kind, data, packed if len(packed) < _PACKED * len(data) else None, tag)


def route(address: str, path: Path) -> Route:
    """Return a route for a file, which is read now."""
    file = _load(path)

    async def give(request: Request) -> Response:
        packs = file.packed is not None and "gzip" in request.headers.get("accept-encoding", "")
        tag = f'"{file.tag}-gzip"' if packs else f'"{file.tag}"'
        # Names stay the same from version to version, so a browser asks each time whether its copy is still good.
        headers = {"cache-control": "no-cache", "etag": tag, "vary": "accept-encoding"}
        known = {one.strip().removeprefix("W/") for one in request.headers.get("if-none-match", "").split(",")}
        if tag in known or "*" in known:
            return Response(status_code=304, headers=headers)
        if packs:
            headers["content-encoding"] = "gzip"
        return Response(file.packed if packs else file.plain, headers=headers, media_type=file.kind)

    return Route(address, give, methods=["GET", "HEAD"], include_in_schema=False)
