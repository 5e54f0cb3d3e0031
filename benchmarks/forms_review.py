"""What a review costs: keystrokes a doubtful field, and the time from the key to the next field, in a real browser.

Sheets of marks (0 to 20) are written by the package's own strokes and read for real. Then every field is made doubtful: of 35 in
100, drawn by a fixed seed, the reading is replaced by a wrong number, and the right one is the rival in half of these. So the
share of wrong readings and of right rivals is set, not measured. A reviewer who knows the truth accepts by Enter, takes a right
rival by R, and types the number otherwise. From key to next field: from the key's event to the first frame in which the next
field stands there.

Usage: python benchmarks/forms_review.py [BROWSER]    writes benchmarks/results/forms_review.json
"""

from __future__ import annotations

import json
import re
import shutil
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path

import numpy as np
from PIL import Image
from playwright.sync_api import sync_playwright

from inkdigits import network
from inkdigits.forms.folder import Folder, Job
from inkdigits.forms.form import Form
from inkdigits.workers.work import Item
from machine import write_results

sys.path.insert(0, str(Path(__file__).parent.parent))
from tests.forms.filled import filled

SHEETS, ROWS, WRONG, RIVAL = 8, 20, 0.35, 0.5
TEMPLATE = f"""
name = "marks"
[fields.task]
range = [0, 20]
table = {{ left = 40, top = 40, width = 40, height = 200, rows = "1..{ROWS}", columns = ["points"] }}
"""
WATCH = """
window.waits = [];
let pressed = 0;
addEventListener("keydown", (event) => { pressed = event.timeStamp; }, true);
addEventListener("DOMContentLoaded", () => {
  const look = () => requestAnimationFrame(() => setTimeout(() => { if (pressed) waits.push(performance.now() - pressed); pressed = 0; }));
  new MutationObserver(look).observe(document.getElementById("crop"), { attributes: true, attributeFilter: ["src"] });
});
"""


def make(folder: Path) -> tuple[Path, dict[tuple[str, str], str]]:
    """Write and read the sheets; return the batch, and the truth by file and key."""
    random = np.random.default_rng(19)
    template = folder / "marks.toml"
    template.write_text(TEMPLATE)
    form = Form.load(template)
    batch = Folder(folder / "batch")
    job = Job((str(template),), network.DEFAULT, str(batch.crops))
    truth: dict[tuple[str, str], str] = {}
    with batch.open_for(job):
        for n in range(SHEETS):
            values = {f"task[{row}]": str(random.integers(0, 21)) for row in range(1, ROWS + 1)}
            path = folder / f"sheet{n}.png"
            Image.fromarray(filled(form, values, seed=1000 * n)).save(path)
            truth |= {(path.name, key): text for key, text in values.items()}
            for answer in job(None, [Item(str(path))]):
                if answer is not None:
                    batch.add([doubtful(line, truth, random) for line in answer.lines])
    return batch.path, truth


def doubtful(line: str, truth: dict[tuple[str, str], str], random: np.random.Generator) -> str:
    """Return a sheet's line with every field for review, and a share of its readings wrong."""
    sheet = json.loads(line)
    for cell in sheet["cells"]:
        right = truth[Path(sheet["source"]).name, cell["key"]]
        other = str((int(right) + int(random.integers(1, 21))) % 21)
        another = str((int(right) + 7) % 21)
        is_wrong, has_rival = random.random() < WRONG, random.random() < RIVAL
        text, rival = (other, right if has_rival else another) if is_wrong else (right, other)
        cell |= {"status": "review", "value": None, "best": int(text), "text": text, "reason": "unsure"}
        cell |= {"rivals": [[rival, 0.2]], "confidence": 0.7, "signs": []}
    return json.dumps(sheet)


def main() -> None:
    """Review all fields, and write down what it took."""
    found = shutil.which(sys.argv[1] if len(sys.argv) > 1 else "chromium")
    assert found is not None, "no such browser"
    with tempfile.TemporaryDirectory() as place:
        folder, truth = make(Path(place))
        command = [sys.executable, "-m", "inkdigits", "form", "review", str(folder), "--port", "0"]
        server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        try:
            assert server.stdout is not None
            address = re.search(r"http\S+", server.stdout.readline())
            assert address is not None
            keys = wrong = typed = 0
            with sync_playwright() as playwright:
                browser = playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
                page = browser.new_page(viewport={"width": 1280, "height": 800})
                page.add_init_script(WATCH)
                page.goto(address[0])
                page.wait_for_selector("html[data-ready=review]", state="attached")
                page.fill("#name", "benchmark")
                page.click("#begin button")
                for _ in truth:
                    page.wait_for_selector("#work:visible")
                    right = truth[page.inner_text("#sheet-name"), page.inner_text("#key")]
                    pressed = ["Enter"]
                    if page.input_value("#value") != right:
                        wrong += 1
                        pressed = ["r"] if page.get_attribute("#rival", "data-text") == right else [*right, "Enter"]
                    before = page.inner_text("#progress")
                    for key in pressed:
                        page.keyboard.press(key)
                    keys += len(pressed)
                    typed += 1 if pressed == ["Enter"] else len(right) + 1
                    page.wait_for_selector(f"#progress:not(:text-is('{before}'))", state="attached")
                page.wait_for_selector("#done:visible")
                waits = sorted(map(float, page.evaluate("waits")))
                version = browser.version
                browser.close()
        finally:
            server.terminate()
            server.wait()
        lines = (folder / "decisions.jsonl").read_text(encoding="utf-8").splitlines()
        assert len(lines) == len(truth)
    figures = {
        "doubtful_fields": len(truth),
        "wrong_readings": wrong,
        "keystrokes_a_field": round(keys / len(truth), 3),
        "keystrokes_a_field_if_the_rival_were_never_taken": round(typed / len(truth), 3),
        "key_to_next_field_ms": {
            "n": len(waits),
            "median": round(statistics.median(waits), 1),
            "p95": round(waits[int(0.95 * len(waits))], 1),
            "max": round(waits[-1], 1),
        },
        "browser": f"Chromium {version}",
    }
    write_results("forms_review", figures)
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
