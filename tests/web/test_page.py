"""The page in a real browser: drawn on, given pictures and a camera, looked into, by mouse, finger and keyboard."""

from __future__ import annotations

import csv
import io
import json
from contextlib import contextmanager

import cv2
import numpy as np
import pytest
from axe_playwright_python.sync_playwright import Axe
from PIL import Image

import inkdigits
from inkdigits.batch import rows
from inkdigits.synthetic import strokes
from tests.conftest import encoded
from tests.web.conftest import DESKTOP, FILMED, PHONE, opened_at, sheet

TABS = ("draw", "photo", "camera", "inside")


@contextmanager
def opened(browser, address, tab="", expects=(), **options):
    """A page at an address, ready to draw on. Fails on errors but the expected ones, and on requests elsewhere."""
    # Chromium's advice about canvases that are read often is meant for the tests, which read the pad's pixels.
    expects = (*expects, "willReadFrequently")
    with opened_at(browser, f"{address}/{tab}", "draw", expects, within=address, **options) as page:
        yield page


@pytest.fixture(scope="module")
def drawn_on(browser, static):
    """One page for all that draws, cleared before each use."""
    with opened(browser, static) as page:
        yield page


@pytest.fixture
def page(drawn_on):
    drawn_on.click("#tab-draw")
    if drawn_on.is_enabled("#clear"):
        drawn_on.click("#clear")
    return drawn_on


def paths(page, label, left, height, shape=0, top=None):
    """A digit's strokes in pixels of the window; `left`, `height` and `top` are shares of the paper's height."""
    box = page.locator("#pad").bounding_box()
    top = (1 - height) / 2 if top is None else top
    for curve in strokes.digit(label, shape):
        points = curve[[*range(0, len(curve) - 1, 3), len(curve) - 1]]
        yield [
            (box["x"] + box["height"] * (left + x * height), box["y"] + box["height"] * (top + y * height))
            for x, y in points
        ]


def trace(page, path):
    """Write one stroke with the mouse."""
    page.mouse.move(*path[0])
    page.mouse.down()
    for point in path[1:]:
        page.mouse.move(*point)
    page.mouse.up()


def write(page, label, left=0.7, height=0.6, shape=0, top=None):
    """Write a digit with the mouse."""
    for path in paths(page, label, left, height, shape, top):
        trace(page, path)


def told(page, text):
    """Wait until the answer is told to those who listen, and return what is shown."""
    page.wait_for_function("text => document.getElementById('answer-said').textContent.startsWith(text)", arg=text)
    return page.inner_text("#answer")


@pytest.mark.parametrize("label", range(10))
def test_a_digit_that_is_drawn_is_read(page, label):
    write(page, label)
    assert told(page, f"{label}. ") == str(label)
    assert page.locator("#bars .best .name").inner_text() == str(label)
    assert page.locator("#glyphs canvas").count() == 1


def test_digits_side_by_side_are_a_number(page):
    for place, label in enumerate([4, 0, 7]):
        write(page, label, left=0.2 + 0.6 * place, height=0.5)
    assert told(page, "407") == "407"
    assert page.locator("#glyphs button").count() == 3
    page.locator("#glyphs button").nth(0).click()
    assert page.locator("#bars .best .name").inner_text() == "4"
    page.keyboard.press("ArrowRight")
    assert page.locator("#bars .best .name").inner_text() == "0"


def test_a_bar_that_is_written_last_belongs_to_its_7(page):
    seven, bar = paths(page, 7, left=0.3, height=0.5, shape=1)
    trace(page, seven)
    write(page, 3, left=0.9, height=0.5)
    assert told(page, "73") == "73"
    before = page.locator("#glyphs canvas").first.evaluate("canvas => canvas.toDataURL()")
    trace(page, bar)
    page.wait_for_function("before => document.querySelector('#glyphs canvas').toDataURL() !== before", arg=before)
    assert told(page, "73") == "73"
    assert page.locator("#glyphs button").count() == 2


def test_digits_that_overlap_are_apart(page):
    for place, label in enumerate([5, 0, 8]):
        write(page, label, left=0.5 + 0.25 * place, height=0.5)
    assert told(page, "508") == "508"


def test_two_rows_are_two_lines(page):
    for top, number in ((0.05, "47"), (0.55, "129")):
        for place, label in enumerate(number):
            write(page, int(label), left=0.4 + 0.4 * place, height=0.38, top=top)
    assert told(page, "47, 129") == "47\n129"
    shown = page.locator("#answer").evaluate("answer => answer.scrollHeight - answer.clientHeight")
    assert shown <= 1  # both rows have room


def test_a_number_that_is_written_without_lifting_is_cut(page):
    zero, seven = (next(iter(paths(page, label, left, 0.5))) for label, left in ((0, 0.4), (7, 0.85)))
    trace(page, [*zero, *seven])
    assert told(page, "07") == "07"


def test_undo_goes_back_stroke_by_stroke_and_brings_back_what_was_cleared(page):
    write(page, 1, left=0.3, shape=0)
    write(page, 7, left=1.0, shape=0)
    assert told(page, "17") == "17"
    page.click("#undo")
    assert told(page, "1. ") == "1"
    page.click("#clear")
    page.wait_for_function("document.getElementById('answer').textContent === '–'")
    assert page.is_disabled("#clear") and page.is_disabled("#to-inside")
    page.keyboard.press("Control+z")
    assert told(page, "1. ") == "1"


def test_a_thick_pen_is_thick(page):
    pixels = "document.getElementById('pad').getContext('2d').getImageData(0, 0, 1200, 640).data"
    ink = f"{pixels}.filter((level, i) => i % 4 == 3 && level).length"
    amounts = []
    for width in ("8", "36"):
        page.fill("#pen", width)
        write(page, 1)
        amounts.append(page.evaluate(ink))
        page.click("#clear")
    page.fill("#pen", "18")
    assert amounts[1] > 3 * amounts[0] > 0


def test_a_scribble_is_no_digit(page):
    page.get_by_role("button", name="scribble").click()
    page.wait_for_function("document.getElementById('answer-said').textContent.includes('no digit')")
    assert page.inner_text("#answer") == "?"


def test_every_example_is_read_with_one_press(page):
    for example, text in [*((f"Example: a {n}", str(n)) for n in range(10)), ("the number 365", "365"), ("6.5", "6.5")]:
        page.get_by_role("group", name="Examples").get_by_role("button", name=example).click()
        assert told(page, text) == text


def test_strokes_of_an_example_run_when_motion_is_welcome(browser, static):
    with opened(browser, static, reduced_motion="no-preference") as page:
        page.evaluate(
            "new PerformanceObserver(list => (window.looks ??= []).push(...list.getEntries())).observe({type: 'measure'})"
        )
        page.get_by_role("button", name="Example: a 8").click()
        assert told(page, "8. ") == "8"  # what reads has been loaded by then
        page.evaluate("looks.length = 0")
        page.get_by_role("button", name="Example: a 3").click()
        assert told(page, "3. ") == "3"
        assert page.evaluate("looks.length") > 5  # it was read while it was written
        assert page.evaluate("new Set(looks.map(look => look.name)).size") == 1


def test_a_finger_draws_and_does_not_scroll(browser, static):
    with opened(browser, static, **PHONE) as page:
        touch = page.context.new_cdp_session(page)
        for path in paths(page, 5, 0.4, 0.6):
            for i, (x, y) in enumerate(path):
                kind = "touchMove" if i else "touchStart"
                touch.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y}]})
            touch.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
        assert told(page, "5. ") == "5"
        assert page.evaluate("scrollY") == 0
        assert page.evaluate("document.documentElement.scrollWidth") == 390


def test_a_pen_draws(browser, static):
    with opened(browser, static) as page:
        pen = page.context.new_cdp_session(page)
        for path in paths(page, 4, 0.4, 0.6):
            for i, (x, y) in enumerate(path):
                kind = "mouseMoved" if i else "mousePressed"
                event = {"x": x, "y": y, "button": "left", "buttons": 1, "clickCount": 1, "pointerType": "pen"}
                pen.send("Input.dispatchMouseEvent", {"type": kind, **event})
            pen.send("Input.dispatchMouseEvent", {"type": "mouseReleased", **event, "buttons": 0})
        assert told(page, "4. ") == "4"


def test_nothing_moves_when_answers_come(browser, static):
    for options in (DESKTOP, PHONE):
        with opened(browser, static, **options) as page:
            page.evaluate(
                "new PerformanceObserver(a => a.getEntries().forEach(e => window.shift = e.value + (window.shift ?? 0)))"
                ".observe({type: 'layout-shift', buffered: true})"
            )
            page.get_by_role("button", name="Example: the number 365").click()
            told(page, "365")
            assert page.evaluate("window.shift ?? 0") < 0.01


def number(text):
    return float(text.replace("−", "-").replace(",", ""))


def test_inside_every_cell_adds_up(browser, static):
    with opened(browser, static) as page:
        page.get_by_role("button", name="Example: a 8").click()
        told(page, "8. ")
        page.click("#to-inside")
        page.wait_for_selector("#layers li")
        page.wait_for_selector("#inside-state:has-text('for a 8')")
        assert page.locator("#layers > li").count() == 8
        for name, maps in (("conv1", 32), ("pool1", 32), ("conv2", 64), ("pool2", 64)):
            assert page.locator(f"[data-stage={name}] .maps button").count() == maps
        for name in ("conv1", "conv2", "dense1"):
            stage = page.locator(f"[data-stage={name}]")
            cells = stage.get_by_role("application")
            before = stage.locator(".sum h4").inner_text()
            cells.focus()
            page.keyboard.press("ArrowLeft")
            page.keyboard.press("ArrowDown")
            assert stage.locator(".sum h4").inner_text() != before
            *terms, total, output = [number(cell) for cell in stage.locator(".sums td").all_inner_texts()]
            assert sum(terms) == pytest.approx(total, abs=5e-5 * (len(terms) + 1))
            assert output == max(0, total)
        first = page.locator("[data-stage=conv1] .numbers")
        seen, weights, products = (
            np.array([number(cell) for cell in first.nth(i).locator("td").all_inner_texts()]) for i in range(3)
        )
        assert len(seen) == 25
        assert np.abs(seen * weights - products).max() < 2e-3
        listed = number(page.locator("[data-stage=conv1] .sums td").first.inner_text())
        assert products.sum() == pytest.approx(listed, abs=25 * 5e-4)


def test_inside_tells_where_the_two_networks_disagree(page):
    """A 1 with a hook as wide as a 7's top; then one on which they agree."""
    write(page, 1, shape=26)
    told(page, "1. ")
    page.click("#to-inside")
    page.wait_for_selector("#inside-state:has-text('for a 7')")
    assert "says 1: another network" in page.inner_text("#inside-state")
    page.get_by_role("group", name="The digit to look at").get_by_role("button", name="a 2").click()
    page.wait_for_selector("#inside-state:has-text('for a 2')")
    assert "another network" not in page.inner_text("#inside-state")


def test_inside_the_pointer_chooses_a_cell_and_the_keys_a_map(browser, static):
    with opened(browser, static, "#inside") as page:
        stage = page.locator("[data-stage=pool1]")
        stage.scroll_into_view_if_needed()
        stage.locator(".cells").hover(position={"x": 3, "y": 3})
        assert stage.locator(".sum h4").inner_text().endswith("row 1, column 1")
        assert "for a 7" in page.inner_text("#inside-state")
        stage.locator(".maps button").nth(4).click()
        page.keyboard.press("ArrowRight")
        assert stage.locator(".sum h4").inner_text().startswith("Map 6,")
        page.get_by_role("group", name="The digit to look at").get_by_role("button", name="a 2").click()
        assert "for a 2" in page.inner_text("#inside-state")
        shares = [
            number(text) for text in page.locator("[data-stage=softmax] .scores button > :last-child").all_inner_texts()
        ]
        assert sum(shares) == pytest.approx(1, abs=1e-3)
        assert np.argmax(shares) == 2


def test_the_keyboard_alone_does(browser, static):
    with opened(browser, static) as page:
        page.keyboard.press("Tab")
        assert page.evaluate("document.activeElement.id") == "tab-draw"
        for _ in range(30):
            page.keyboard.press("Tab")
            if page.evaluate("document.activeElement.getAttribute('aria-label') === 'Example: a 9'"):
                break
        page.keyboard.press("Enter")
        assert told(page, "9. ") == "9"
        page.focus("#tab-draw")
        page.keyboard.press("ArrowLeft")
        assert page.evaluate("document.activeElement.id") == "tab-inside"
        assert page.is_visible("#panel-inside") and page.is_hidden("#panel-draw")
        assert page.url.endswith("#inside")
        page.wait_for_selector("#inside-state:has-text('for a 9')")


def test_what_is_loaded_first_is_little(browser, served):
    loaded = "performance.getEntriesByType('resource').map(entry => [new URL(entry.name).pathname, entry.transferSize])"
    with opened(browser, served) as page:
        first = dict(page.evaluate(loaded))
        assert sum(size for path, size in first.items() if not path.startswith("/models/")) < 50_000
        assert not {"/models/classic.bin", "/js/inside.js", "/js/photo.js", "/js/reading.js"} & set(first)
        page.get_by_role("button", name="Example: a 3").click()
        told(page, "3. ")
        read = dict(page.evaluate(loaded))
        assert sum(size for path, size in read.items() if not path.startswith("/models/")) < 65_000
        page.click("#tab-inside")
        page.wait_for_selector("#layers li")
        added = {path: size for path, size in page.evaluate(loaded) if path not in first}
        assert added["/models/classic.bin"] > 0
        assert sum(added.values()) < 600_000


def test_without_a_server_photo_and_camera_say_so(browser, static):
    with opened(browser, static, expects=("404",)) as page:  # of /health, and Chromium tells of it
        for tab in ("photo", "camera"):
            page.click(f"#tab-{tab}")
            page.wait_for_selector(f"#panel-{tab} .no-server:visible")
            assert "inkdigits serve" in page.inner_text(f"#panel-{tab}")
            assert page.locator(f"#panel-{tab} .needs-server").is_hidden()


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("size", [DESKTOP, PHONE], ids=["desktop", "phone"])
def test_axe_finds_nothing(browser, served, scheme, size):
    with opened(browser, served, color_scheme=scheme, **size) as page:
        page.get_by_role("button", name="Example: the number 365").click()
        told(page, "365")
        for tab in TABS:
            page.click(f"#tab-{tab}")
            if tab == "photo":
                page.click("#photo-example")
                page.locator(".box").first.click()
            if tab == "inside":
                page.wait_for_selector("#layers li")
            results = Axe().run(page)
            found = [(v["id"], [n["html"][:200] for n in v["nodes"][:3]]) for v in results.response["violations"]]
            assert found == [], tab


@pytest.fixture
def photo(browser, served):
    with opened(browser, served, "#photo") as page:
        yield page


def downloaded(page, form, name="mine"):
    """What the page saves in a form."""
    page.select_option("#form", form)
    with page.expect_download() as download:
        page.click("#download")
    assert download.value.suggested_filename.lstrip("=_") == f"{name}.{form}".lstrip("=")
    return download.value.path().read_text(encoding="utf-8")


def test_a_picture_that_is_chosen_is_read_corrected_and_taken_along(photo, tmp_path):
    path = tmp_path / "mine.png"
    path.write_bytes(encoded(np.concatenate([sheet("2026"), sheet("35")])))
    photo.set_input_files("#choose", path)
    photo.wait_for_selector(".box")
    assert photo.locator("#photo-lines li").all_inner_texts() == ["2026", "35"]
    page = inkdigits.read(path)

    assert downloaded(photo, "txt") == "2026\n35\n"
    assert json.loads(downloaded(photo, "json")) == {**page.to_dict(), "source": "mine.png"}
    ours = list(csv.DictReader(io.StringIO(downloaded(photo, "csv"))))
    expected = io.StringIO("\n".join([*rows.header("read", "csv"), *rows.lines(page, "csv")]))
    for mine, theirs in zip(ours, csv.DictReader(expected), strict=True):
        assert float(mine.pop("confidence")) == pytest.approx(float(theirs.pop("confidence")))
        assert mine == {**theirs, "source": "mine.png"}

    # The box lies over its digit.
    box, picture = (photo.locator(s).first.bounding_box() for s in (".box", "#photo-picture canvas"))
    left = page.lines[0].digits[0].box[0] / page.size[0] * picture["width"]
    assert box["x"] - picture["x"] == pytest.approx(left, abs=1)

    photo.locator(".box").nth(1).click()
    photo.get_by_role("group", name="Correct this digit").get_by_role("button", name="8").click()
    assert photo.locator("#photo-lines li").all_inner_texts() == ["2826", "35"]
    photo.locator(".box").nth(5).focus()
    photo.keyboard.press("Enter")
    photo.keyboard.press("Delete")
    assert downloaded(photo, "txt") == "2826\n3\n"


def given(page, event, data):
    """Have a file dropped or pasted."""
    page.evaluate(
        """([event, data]) => {
          const transfer = new DataTransfer();
          transfer.items.add(new File([Uint8Array.from(data)], "given.png", { type: "image/png" }));
          const target = event === "drop" ? document.getElementById("drop") : document.body;
          target.dispatchEvent(event === "drop"
            ? new DragEvent("drop", { dataTransfer: transfer, bubbles: true, cancelable: true })
            : new ClipboardEvent("paste", { clipboardData: transfer, bubbles: true }));
        }""",
        [event, list(data)],
    )


@pytest.mark.parametrize("event", ["drop", "paste"])
def test_a_picture_that_is_dropped_or_pasted_is_read(photo, event):
    photo.wait_for_selector("#drop:visible")
    given(photo, event, encoded(sheet("90")))
    photo.wait_for_selector(".box")
    assert photo.locator("#photo-lines li").all_inner_texts() == ["90"]


def test_a_picture_on_its_side_is_shown_upright(photo):
    photo.wait_for_selector("#drop:visible")
    given(photo, "drop", encoded(np.rot90(np.concatenate([sheet("24735"), sheet("62534")])).copy()))
    photo.wait_for_selector(".box")
    canvas = photo.locator("#photo-picture canvas")
    width, height = (int(canvas.get_attribute(side)) for side in ("width", "height"))
    assert (width, height) == (640, 960)
    assert photo.locator("#photo-lines li").all_inner_texts() == ["24735", "62534"]
    assert 0.08 < ink_in_first_box(photo) < 0.6


def ink_in_first_box(page):
    """Which share of the first digit's box is dark, once the picture is there."""
    return page.wait_for_function(
        """() => {
          const canvas = document.querySelector("#photo-picture canvas"), box = document.querySelector(".box").style;
          const sizes = { left: canvas.width, top: canvas.height, width: canvas.width, height: canvas.height };
          const at = Object.entries(sizes).map(([side, size]) => parseFloat(box[side]) / 100 * size);
          const { data } = canvas.getContext("2d").getImageData(...at);
          return data.filter((v, i) => i % 4 === 0 && v < 128 && data[i + 3] === 255).length / (data.length / 4);
        }"""
    ).json_value()


@pytest.mark.parametrize("quarters", [0, 2])
def test_outlines_lie_where_a_photo_that_is_askew_has_its_digits(photo, quarters):
    """Upside down as well: it is shown upright, its digits as much askew as they are."""
    numbers = np.concatenate([sheet(text, height=70) for text in ("27435", "52347")])
    height, width = numbers.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), 9, 0.9)
    askew = cv2.warpAffine(numbers, matrix, (width, height), borderMode=cv2.BORDER_REPLICATE)
    page = inkdigits.read(askew)
    photo.wait_for_selector("#drop:visible")
    given(photo, "drop", encoded(np.rot90(askew, quarters).copy()))
    photo.wait_for_selector(".box")
    outlines = photo.evaluate(
        """() => {
          const size = document.querySelector("#photo-picture canvas").getBoundingClientRect();
          return [...document.querySelectorAll(".box polygon")].map(shape => [...shape.points].map(point => {
            const { x, y } = point.matrixTransform(shape.getScreenCTM());
            return [(x - size.x) / size.width, (y - size.y) / size.height];
          }));
        }"""
    )
    expected = np.array([digit.polygon for line in page.lines for digit in line.digits])
    assert len(outlines) == len(expected) == 10
    assert np.array(outlines) * (width, height) == pytest.approx(expected, abs=2)


def test_the_pages_of_a_document_are_turned(photo, tmp_path):
    path = tmp_path / "=two.pdf"
    Image.fromarray(sheet("0")).save(path, save_all=True, append_images=[Image.fromarray(sheet("2"))])
    photo.set_input_files("#choose", path)
    photo.wait_for_selector(".box")
    assert photo.locator("#photo-lines li").all_inner_texts() == ["0"]
    assert photo.is_disabled("#page-before")
    assert 0.08 < ink_in_first_box(photo) < 0.6  # the page itself is shown, which no browser does
    photo.click("#page-next")
    assert photo.locator("#photo-lines li").all_inner_texts() == ["2"]
    assert 0.08 < ink_in_first_box(photo) < 0.6
    assert "picture" not in json.loads(downloaded(photo, "json", "=two"))[0]
    found = list(csv.DictReader(io.StringIO(downloaded(photo, "csv", "=two"))))
    assert [(row["source"], row["page"], row["text"]) for row in found] == [
        ("./=two.pdf", "1", "0"),
        ("./=two.pdf", "2", "2"),
    ]


def test_what_was_left_out_of_a_picture_is_told(photo, tmp_path):
    path = tmp_path / "moving.gif"
    Image.fromarray(sheet("2")).save(path, save_all=True, append_images=[Image.fromarray(255 - sheet("0"))])
    photo.set_input_files("#choose", path)
    photo.wait_for_selector("#photo-state:has-text('Note: ')")
    (warning,) = inkdigits.read(path).warnings
    assert photo.inner_text("#photo-state").endswith(f"Note: {warning}.")


def test_what_is_copied_is_what_was_read(browser, served):
    with opened(browser, served, "#photo", permissions=["clipboard-read", "clipboard-write"]) as page:
        page.click("#photo-example")
        page.wait_for_selector(".box")
        page.click("#copy")
        page.wait_for_selector("#photo-state:has-text('Copied')")
        assert page.evaluate("navigator.clipboard.readText()") == "1957\n20.6\n348\n"


def test_what_is_no_picture_is_told_and_the_next_is_read(browser, served):
    with opened(browser, served, "#photo", expects=("422",)) as page:
        page.wait_for_selector("#drop:visible")
        given(page, "drop", b"no picture at all")
        page.wait_for_selector("#photo-state.failed")
        assert "PNG" in page.inner_text("#photo-state")
        given(page, "drop", encoded(sheet("32")))
        page.wait_for_selector(".box")
        assert page.locator("#photo-lines li").all_inner_texts() == ["32"]


def test_the_camera_reads_and_stops(browser, served):
    with opened(browser, served, "#camera", permissions=["camera"]) as page:
        page.click("#camera-start")
        page.wait_for_function("text => document.getElementById('camera-text').textContent === text", arg=FILMED)
        page.wait_for_function("document.querySelectorAll('#film-boxes polygon').length === 3")
        texts = page.locator("#film-boxes text").all_text_contents()
        assert sorted(texts) == sorted(FILMED)
        page.wait_for_function("document.getElementById('camera-state').textContent.includes('pictures a second')")
        page.click("#tab-draw")  # leaving ends it
        assert page.evaluate("document.getElementById('video').srcObject") is None
        page.click("#tab-camera")
        assert page.inner_text("#camera-start") == "Start the camera"
