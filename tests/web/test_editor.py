"""The page of `form edit` in a real browser: by mouse, by keyboard, by finger."""

from __future__ import annotations

from contextlib import contextmanager

import pytest
from axe_playwright_python.sync_playwright import Axe

from inkdigits.forms import loading
from tests.server.conftest import running
from tests.waiting import wait_until
from tests.web.conftest import DESKTOP, PHONE, opened_at

TEMPLATE = """# by hand
name = "marks"
rules = ["total = sum(task)"]
[fields.student]
boxes = { left = 30, top = 45, width = 63, height = 10, count = 7 }
[fields.task]
range = [0, 10]
table = { left = 40, top = 70, width = 40, height = 22, rows = "1..2", columns = ["points"], row_edges = [0, 10, 22] }
[fields.total]
number = { left = 120, top = 75, width = 30, height = 12 }
"""


@contextmanager
def edited(tmp_path, text=TEMPLATE):
    """A template, and the address at which it is edited."""
    path = tmp_path / "marks.toml"
    path.write_text(text)
    with running("inkdigits", "form", "edit", path, "--port", 0) as server:
        yield path, server.url


@contextmanager
def opened(browser, address, expects=(), **options):
    with opened_at(browser, address, "edit", expects, **options) as page:
        yield page


def place(page, name):
    """The field's box on the screen: its body, without handles and name."""
    return page.locator(f".field[data-name={name}] .body").bounding_box()


def drag(page, start, end):
    page.mouse.move(*start)
    page.mouse.down()
    page.mouse.move((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    page.mouse.move(*end)
    page.mouse.up()


def saved(page, path):
    """The template once the page says that it is saved."""
    page.wait_for_selector("#saved:text-is('Saved')")
    return loading.read(path)


def area(made, name):
    one = made.fields[name].area
    return one.left, one.top, one.width, one.height


def test_by_keyboard_alone(browser, tmp_path):
    with edited(tmp_path) as (path, address), opened(browser, address) as page:
        while page.evaluate("document.activeElement.dataset?.name") != "student":
            page.keyboard.press("Tab")
        for key in ("ArrowRight", "ArrowRight", "Shift+ArrowUp", "Control+ArrowRight"):
            page.keyboard.press(key)
        assert "left 31" in page.inner_text("#said")
        page.keyboard.press("Tab")
        assert page.inner_text("#settings-title") == "task"
        page.keyboard.press("Enter")  # to its name
        page.keyboard.press("Control+A")
        page.keyboard.type("points")
        page.keyboard.press("Tab")
        assert page.inner_text("#settings-title") == "points"
        page.keyboard.press("Escape")  # back to the field
        page.keyboard.press("Tab")
        page.keyboard.press("Control+d")
        assert page.inner_text("#settings-title") == "total1"
        page.keyboard.press("Delete")
        assert page.locator(".field").count() == 3
        page.keyboard.press("Control+z")
        assert page.locator(".field").count() == 4 and page.inner_text("#settings-title") == "total1"
        page.keyboard.press("Control+z")
        assert page.locator(".field").count() == 3
        page.keyboard.press("Control+Shift+Z")
        page.keyboard.press("Control+s")
        made = saved(page, path)
        assert list(made.fields) == ["student", "points", "total", "total1"]
        assert area(made, "student") == (31, 40, 63.5, 10)
        assert area(made, "total1") == (120, 89, 30, 12)
        assert made.rules == ["total = sum(points)"]
        assert (tmp_path / "marks.toml.old").read_text() == TEMPLATE


def test_by_mouse(browser, tmp_path):
    with edited(tmp_path) as (path, address), opened(browser, address) as page:
        paper = page.locator("#paper").bounding_box()
        scale = paper["width"] / 210
        box = place(page, "total")
        middle = box["x"] + box["width"] / 2, box["y"] + box["height"] / 2
        drag(page, middle, (middle[0] + 10 * scale, middle[1] - 5 * scale))
        box = place(page, "task")
        page.mouse.click(box["x"] + box["width"] / 2, box["y"] + box["height"] / 2)
        corner = box["x"] + box["width"], box["y"] + box["height"]
        drag(page, corner, (corner[0], corner[1] + 22 * scale))
        page.select_option("#add-kind", "date")
        first = paper["x"] + 100 * scale, paper["y"] + 120 * scale
        drag(page, first, (first[0] + 40 * scale, first[1] + 9 * scale))
        assert page.inner_text("#settings-title") == "date1"
        page.fill("[data-key=label] input", "Date of the exam")
        page.click(".field[data-name=student]")  # what was typed is the date's
        page.click("#save")
        made = saved(page, path)
        assert area(made, "total") == pytest.approx((130, 70, 30, 12), abs=0.3)
        assert area(made, "task") == pytest.approx((40, 70, 40, 44), abs=0.3)
        assert made.fields["task"].area.row_edges == pytest.approx([0, 20, 44], abs=0.3)
        assert area(made, "date1") == pytest.approx((100, 120, 40, 9), abs=0.3)
        assert [field.label for field in made.fields.values()] == ["", "", "", "Date of the exam"]


def test_what_is_wrong_stands_beside_its_setting_and_is_not_saved(browser, tmp_path):
    with edited(tmp_path) as (path, address), opened(browser, address, expects=("422", "409")) as page:
        page.click("#list button:has-text('student')")
        page.fill("[data-key=count] input", "3.5")
        page.keyboard.press("Tab")
        page.wait_for_selector("[data-key=count] .refusal:has-text('whole number')")
        assert page.get_attribute("[data-key=count] input", "aria-invalid") == "true"
        page.keyboard.press("Control+s")
        wait_until(lambda: "Not saved" in page.inner_text("#said"))
        assert path.read_text() == TEMPLATE
        page.fill("[data-key=count] input", "6")
        page.select_option("[data-key=trust] select", "always")
        page.fill("[aria-label$='from']", "5")
        page.keyboard.press("Tab")
        page.keyboard.type("2")
        page.keyboard.press("Tab")
        page.wait_for_selector("[data-key=range] .refusal:has-text('lower bound first')")
        page.fill("[aria-label$=': to']", "900000")
        page.keyboard.press("Tab")
        page.wait_for_selector("[data-key=range] .refusal:has-text('lower')", state="detached")
        page.fill("[data-key=name] input", "total")
        page.keyboard.press("Tab")
        page.wait_for_selector("[data-key=name] .refusal:has-text('a field total already')")
        page.click("#list button:has-text('task')")
        page.fill("[aria-label='Column 1: name']", "marks")
        page.click("text=Add a column")
        page.fill("[aria-label='Column 2: from']", "0")
        page.fill("[aria-label='Column 2: to']", "5")
        page.keyboard.press("Tab")
        page.fill("[data-key=left] input", "100")
        page.keyboard.press("Tab")
        page.wait_for_selector("#problem:has-text('fields.total.number: overlaps fields.task.table')")
        page.click("#problem-go")
        assert page.inner_text("#settings-title") == "total"
        page.fill("[data-key=left] input", "160")
        page.keyboard.press("Tab")
        page.wait_for_selector("[data-key=left] .refusal", state="hidden")
        page.click("#save")
        made = saved(page, path)
        assert made.fields["student"].area.count == 6 and made.fields["student"].bounds == [5, 900000]
        assert made.fields["student"].trust == "always"
        columns = made.fields["task"].area.columns
        assert columns[0] == "marks" and columns[1].bounds == [0, 5]
        # Another program writes the file: what is there now stays.
        path.write_text(TEMPLATE)
        page.fill("[data-key=label] input", "Sum")
        page.click("#save")
        page.wait_for_selector("#notice:has-text('was changed by another program')")
        assert path.read_text() == TEMPLATE


def test_by_finger_on_a_phone(browser, tmp_path):
    with edited(tmp_path) as (path, address), opened(browser, address, **PHONE) as page:
        page.tap(".field[data-name=total]")
        page.wait_for_selector(".field.selected[data-name=total]")
        page.tap("#remove")
        page.tap("#undo")
        page.wait_for_selector(".field[data-name=total]")
        page.tap("#list button:has-text('total')")
        page.select_option("[data-key=kind] select", "amount")
        page.wait_for_selector("[data-key=format]", state="detached")
        page.tap("#save")
        assert saved(page, path).fields["total"].kind == "amount"
        assert page.evaluate("document.documentElement.scrollWidth <= innerWidth")


def test_axe_finds_nothing(browser, tmp_path):
    def clean(page):
        results = Axe().run(page)
        assert [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in results.response["violations"]] == []

    with edited(tmp_path) as (_, address):
        for size, scheme in ((DESKTOP, "light"), (PHONE, "dark")):
            with opened(browser, address, color_scheme=scheme, **size) as page:
                clean(page)
                page.evaluate("for (const one of document.querySelectorAll('details')) one.open = true")
                for name in ("student", "task"):
                    page.click(f"#list button:has-text('{name}')")
                    page.evaluate("document.querySelector('details.more').open = true")
                    clean(page)
                page.fill("[data-key=left] input", "100")
                page.keyboard.press("Tab")
                page.wait_for_selector("#problem:visible")
                clean(page)
