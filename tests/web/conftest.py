"""What the tests in a real browser share: Chromium, a server, a host of static files, and a clip for the camera."""

from __future__ import annotations

import functools
import http.server
import shutil
import threading
from contextlib import contextmanager
from pathlib import Path

import numpy as np
import pytest

from inkdigits.synthetic import strokes
from tests.server.conftest import running

WEB = Path(__file__).parent.parent.parent / "src" / "inkdigits" / "web"
FILMED = "407"


def sheet(text, height=96, pen=9.0, size=(640, 480), at=(120, 170)):
    """A number on paper, grey levels (H, W)."""
    paper = np.full(size[::-1], 232, np.uint8)
    x = at[0]
    for sign in text:
        ink = strokes.draw(strokes.digit(int(sign)), height, pen)
        part = paper[at[1] : at[1] + ink.shape[0], x : x + ink.shape[1]]
        part -= (ink * (190 / 255)).astype(np.uint8)
        x += ink.shape[1] + 24
    return paper


@pytest.fixture(scope="module")
def clip(tmp_path_factory):
    """A film of a sheet that trembles in a hand, as raw video that Chromium takes for its camera."""
    path = tmp_path_factory.mktemp("camera") / "sheet.y4m"
    random = np.random.default_rng(0)
    grey = np.full(2 * 320 * 240, 128, np.uint8).tobytes()
    with path.open("wb") as file:
        file.write(b"YUV4MPEG2 W640 H480 F20:1 Ip C420jpeg\n")
        for _ in range(20):
            x, y = random.integers(-3, 4, 2)
            frame = sheet(FILMED, at=(120 + x, 170 + y)) + random.normal(0, 3, (480, 640))
            file.write(b"FRAME\n" + np.clip(frame, 0, 255).astype(np.uint8).tobytes() + grey)
    return path


@pytest.fixture(scope="module")
def browser(clip):
    """Chromium, with the clip as its camera. For one module: while it runs, no other event loop can."""
    from playwright import sync_api  # of the extra dev; not at the top, since test_javascript needs no browser

    found = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if found is None:
        pytest.skip("no browser for the page's tests: apt-get install chromium")
    arguments = [
        "--no-sandbox",  # which containers do not allow; it sees our own pages alone
        "--use-fake-ui-for-media-stream",
        "--use-fake-device-for-media-stream",
        f"--use-file-for-fake-video-capture={clip}",
    ]
    with sync_api.sync_playwright() as playwright:
        chromium = playwright.chromium.launch(executable_path=found, args=arguments)
        yield chromium
        chromium.close()


@pytest.fixture(scope="module")
def served():
    """The address of `inkdigits serve`."""
    with running("inkdigits", "serve", "--port", 0, "--workers", 1) as server:
        yield server.url


@pytest.fixture(scope="module")
def static():
    """The address of a host that has the page's files and nothing else."""

    class Quiet(http.server.SimpleHTTPRequestHandler):
        def log_message(self, *_):
            pass

    with http.server.ThreadingHTTPServer(("127.0.0.1", 0), functools.partial(Quiet, directory=str(WEB))) as host:
        threading.Thread(target=host.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{host.server_port}"
        host.shutdown()


DESKTOP = {"viewport": {"width": 1280, "height": 800}}
PHONE = {"viewport": {"width": 390, "height": 844}, "device_scale_factor": 2, "has_touch": True, "is_mobile": True}


@contextmanager
def opened_at(browser, address, ready, expects=(), within="", **options):
    """A page at an address, once it says that `ready` is. Fails on errors but the expected ones, and on requests elsewhere.

    Requests may go to addresses that begin with `within`, the address itself by default.
    """
    context = browser.new_context(**{"reduced_motion": "reduce", **DESKTOP, **options})
    context.set_default_timeout(60_000)
    page = context.new_page()
    troubles = []
    allowed = (within or address.split("?")[0], "blob:")
    page.on("pageerror", lambda error: troubles.append(str(error)))
    page.on("console", lambda said: troubles.append(said.text) if said.type in ("error", "warning") else None)
    page.on("request", lambda asked: None if asked.url.startswith(allowed) else troubles.append(asked.url))
    page.goto(address)
    page.wait_for_selector(f"html[data-ready={ready}]", state="attached")
    yield page
    context.close()
    assert [words for words in troubles if not any(status in words for status in expects)] == []
