"""The page's files: the right types, copies that stay good, and no more than there is."""

import gzip

import httpx
import pytest
from starlette.applications import Starlette

from inkdigits.server import static

HTML = "<!doctype html><title>Inkdigits</title>" + "<p>seven</p>" * 100
FILES = {
    "index.html": HTML.encode(),
    "style.css": b"p {}",
    "js/app.js": b"export const seven = 7;\n" * 50,
    "models/default.bin": bytes(range(256)) * 4,
    "icon.svg": b"<svg/>",
    ".hidden": b"secret",
    "js/__pycache__/x.js": b"secret",
}


@pytest.fixture
def get(tmp_path):
    for name, data in FILES.items():
        path = tmp_path / "web" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    (tmp_path / "outside.txt").write_bytes(b"secret")
    app = Starlette(routes=static.routes(tmp_path / "web"))

    async def ask(path, method="GET", **headers):
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://localhost") as client:
            return await client.request(method, path, headers={k.replace("_", "-"): v for k, v in headers.items()})

    import asyncio

    return lambda *arguments, **headers: asyncio.run(ask(*arguments, **headers))


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        ("/", "text/html; charset=utf-8"),
        ("/index.html", "text/html; charset=utf-8"),
        ("/style.css", "text/css; charset=utf-8"),
        ("/js/app.js", "text/javascript; charset=utf-8"),
        ("/models/default.bin", "application/octet-stream"),
        ("/icon.svg", "image/svg+xml"),
    ],
)
def test_files_come_whole_and_with_their_type(get, path, kind):
    data = FILES["index.html" if path == "/" else path[1:]]
    for encoding in ("gzip", "identity"):
        answer = get(path, accept_encoding=encoding)
        assert answer.status_code == 200 and answer.content == data and answer.headers["content-type"] == kind
        assert answer.headers["cache-control"] == "no-cache"
    head = get(path, "HEAD", accept_encoding="identity")
    assert head.content == b"" and head.headers["content-length"] == str(len(data))


def test_text_goes_packed_where_it_is_asked_for(get):
    packed, plain = get("/", accept_encoding="gzip"), get("/", accept_encoding="identity")
    assert int(packed.headers["content-length"]) == len(gzip.compress(HTML.encode(), 9, mtime=0)) < len(HTML) / 4
    assert packed.headers["content-encoding"] == "gzip" and "content-encoding" not in plain.headers
    assert packed.headers["vary"] == plain.headers["vary"] == "accept-encoding"
    assert packed.headers["etag"] != plain.headers["etag"]


def test_a_copy_that_is_still_good_is_not_sent_again(get):
    tag = get("/js/app.js").headers["etag"]
    again = get("/js/app.js", if_none_match=f'"other", {tag}')
    assert again.status_code == 304 and again.content == b"" and again.headers["etag"] == tag
    assert get("/js/app.js", if_none_match='"other"').status_code == 200


@pytest.mark.parametrize(
    "path", ["/.hidden", "/js/", "/js", "/models", "/../outside.txt", "/js/../../outside.txt", "/js/__pycache__/x.js"]
)
def test_there_is_nothing_else(get, path):
    assert get(path).status_code == 404


def test_files_cannot_be_changed(get):
    assert get("/index.html", "POST").status_code == 405


def test_no_page_is_no_route(tmp_path):
    assert static.routes(tmp_path / "none") == []
