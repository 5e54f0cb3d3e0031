"""The page, served by `inkdigits serve` on this machine, and a Chromium without a window to open it in."""

from __future__ import annotations

import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager

from playwright.sync_api import Browser, sync_playwright


@contextmanager
def opened(*arguments: str) -> Iterator[tuple[Browser, str]]:
    """Give the browser that the command line names, started with more `arguments`, and the page's address."""
    found = shutil.which(sys.argv[1] if len(sys.argv) > 1 else "chromium")
    if found is None:
        raise SystemExit("no such browser: apt-get install chromium, or name another one")
    server = subprocess.Popen(
        [sys.executable, "-m", "inkdigits", "serve", "--port", "0"], stdout=subprocess.PIPE, text=True
    )
    try:
        assert server.stdout is not None
        match = re.search(r"http://\S+", server.stdout.readline())
        assert match is not None, "the server has not started"
        with sync_playwright() as playwright:
            browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox", *arguments])
            yield browser, match[0]
            browser.close()
    finally:
        server.terminate()
        server.wait()
