"""The page of `form review` in a real browser: by keyboard, by finger, by two people at once."""

from __future__ import annotations

import json
import shutil
from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.forms import batch
from tests.server.conftest import running
from tests.waiting import wait_until
from tests.web.conftest import DESKTOP, PHONE, opened_at


@pytest.fixture(scope="module")
def read_batch(tmp_path_factory):
    """A batch folder that was read for real."""
    return batch.make(tmp_path_factory.mktemp("batch"))


@contextmanager
def reviewed(read_batch, tmp_path):
    """A copy of the batch, and the address of a server in which it is reviewed."""
    folder = shutil.copytree(read_batch, tmp_path / "batch")
    with running("inkdigits", "form", "review", folder, "--port", 0) as server:
        yield folder, server.url


@contextmanager
def opened(browser, address, expects=(), **options):
    with opened_at(browser, address, "review", expects, **options) as page:
        yield page


def begin(page, which="doubtful", name="Kim"):
    page.fill("#name", name)
    page.check(f"input[value={which}]")
    page.click("#begin button[type=submit]")


def decisions(folder):
    path = folder / "decisions.jsonl"
    return [json.loads(line) for line in path.read_text().splitlines()] if path.exists() else []


def test_by_keyboard_from_the_first_field_to_the_last(browser, read_batch, tmp_path):
    with reviewed(read_batch, tmp_path) as (folder, address):
        with opened(browser, address, expects=("422",)) as page:
            assert "Only this machine." in page.inner_text("#reach") and str(folder) in page.inner_text("#folder")
            begin(page)
            page.wait_for_selector("#key:text-is('task[1]')")
            page.keyboard.press("Enter")
            page.wait_for_selector("#key:text-is('task[2]')")
            page.keyboard.press(" ")
            page.wait_for_selector("#sheet[open] #sheet-picture[src]")
            page.keyboard.press(" ")
            page.keyboard.type("33.")
            page.keyboard.press("Enter")
            page.wait_for_selector("#wrong:not(:empty)")  # comes back: 33. is no number
            page.keyboard.press("Escape")
            page.keyboard.press("Enter")
            page.wait_for_selector("#sheet-name:has-text('sheet4.png')")  # nothing was read; the one with 7 comes next
            page.keyboard.press("e")
            page.wait_for_selector("#sheet-name:has-text('sheet3.png')")
            page.keyboard.press("u")
            page.wait_for_selector("#sheet-name:has-text('sheet4.png')")
            page.keyboard.press("e")
            page.wait_for_selector("#sheet-name:has-text('sheet3.png')")
            page.keyboard.press("9")
            page.keyboard.press("Enter")
            page.wait_for_selector("#done:visible")
        said = wait_until(lambda: len(decisions(folder)) == 6 and decisions(folder))
        assert [(one["key"], one["action"], one["value"]) for one in said if one["action"] != "undo"] == [
            ("task[1]", "value", "4"),
            ("task[2]", "value", "3"),
            ("total", "empty", None),
            ("total", "empty", None),
            ("total", "value", "9"),
        ]
        assert {one["by"] for one in said} == {"Kim"}
        with opened(browser, address) as page:  # it goes on where it ended
            begin(page)
            page.wait_for_selector("#done:visible")


def test_two_people_get_different_fields_and_lose_nothing(browser, read_batch, tmp_path):
    with (
        reviewed(read_batch, tmp_path) as (folder, address),
        opened(browser, address) as one,
        opened(browser, address) as other,
    ):
        begin(one, "sample", "Kim")
        one.wait_for_selector("#work:visible")
        begin(other, "sample", "Lee")
        other.wait_for_selector("#work:visible")
        for page in (one, other):
            while page.is_visible("#work"):
                before = page.inner_text("#key") + page.inner_text("#sheet-name")
                page.keyboard.press("Enter")
                changed = lambda page=page, before=before: (  # noqa: E731
                    not page.is_visible("#work") or page.inner_text("#key") + page.inner_text("#sheet-name") != before
                )
                wait_until(changed)
        said = wait_until(lambda: len(decisions(folder)) == 12 and decisions(folder))
        assert len({(each["sheet"], each["key"]) for each in said}) == 12
        assert {each["by"] for each in said} == {"Kim", "Lee"}
        other.wait_for_selector("#done:visible")
        assert "12 sure fields looked at, 0 were wrong" in other.inner_text("#done-text")


def test_by_finger_on_a_phone(browser, read_batch, tmp_path):
    with reviewed(read_batch, tmp_path) as (folder, address), opened(browser, address, **PHONE) as page:
        begin(page, "sheets")
        page.wait_for_selector("#misfit-picture:visible")
        page.tap("#other")
        page.wait_for_selector("#done:visible")
        (one,) = wait_until(lambda: decisions(folder))
        assert one["action"] == "not this form" and one["key"] == ""
        page.tap("#done-undo")
        page.wait_for_selector("#misfit:visible")
        page.tap("#misfit-stop")
        begin(page)
        page.wait_for_selector("#work:visible")
        page.tap("#unreadable")
        wait_until(lambda: decisions(folder)[-1]["action"] == "unreadable")
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing(browser, read_batch, tmp_path, scheme, size):
    def clean(page):
        results = Axe().run(page)
        assert [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in results.response["violations"]] == []

    with (
        reviewed(read_batch, tmp_path) as (_, address),
        opened(browser, address, color_scheme=scheme, **size) as page,
    ):
        clean(page)
        begin(page)
        page.wait_for_selector("#work:visible")
        clean(page)
        page.click("#whole")
        page.wait_for_selector("#sheet-picture[src]")
        clean(page)
        page.click("#close")
        page.click("#stop")
        begin(page, "sheets")
        page.wait_for_selector("#misfit-picture:visible")
        clean(page)
        page.click("#other")
        page.wait_for_selector("#done:visible")
        clean(page)
