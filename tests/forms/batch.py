"""A batch folder for the tests of review: sheets written by our own strokes, read for real, some of them doubtful."""

from __future__ import annotations

from PIL import Image

from inkdigits import network
from inkdigits.forms.folder import Folder, Job
from inkdigits.forms.form import Form
from inkdigits.workers.work import Item
from tests.forms.filled import filled

TEMPLATE = """
name = "marks"
rules = ["total = sum(task)", "task[1] <= task[2]"]
[fields.student]
boxes = { left = 30, top = 45, width = 63, height = 10, count = 7 }
list = { file = "class.csv", column = "number" }
[fields.task]
range = [0, 10]
table = { left = 40, top = 70, width = 40, height = 22, rows = "1..2", columns = ["points"] }
[fields.total]
range = [0, 20]
required = true
number = { left = 120, top = 75, width = 30, height = 12 }
"""

# On the third sheet the sum and the order are wrong, so that all in them are for review; the fourth has no sum.
VALUES = (("0471938", "3", "4", "7"), ("0471939", "2", "5", "7"), ("0471940", "4", "3", "9"), ("0471941", "3", "8", ""))


def make(folder):
    """Write sheets and read them into `folder / "batch"`, with one picture among them that is none of the form."""
    (folder / "class.csv").write_text("number\n" + "\n".join(values[0] for values in VALUES))
    template = folder / "marks.toml"
    template.write_text(TEMPLATE)
    form = Form.load(template)
    scans = folder / "scans"
    scans.mkdir()
    for i, (student, first, second, total) in enumerate(VALUES, 1):
        values = {"student": student, "task[1]": first, "task[2]": second, "total": total}
        page = filled(form, {key: text for key, text in values.items() if text}, seed=10 * i)
        Image.fromarray(page).save(scans / f"sheet{i}.png")
    Image.new("L", (900, 1200), 235).save(scans / "desk.png")
    batch = Folder(folder / "batch")
    job = Job((str(template),), network.DEFAULT, str(batch.crops))
    with batch.open_for(job):
        for path in sorted(scans.iterdir()):
            for answer in job(None, [Item(str(path))]):
                if answer is not None:
                    batch.add(answer.lines)
    return batch.path
