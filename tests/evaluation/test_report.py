"""The report is one file that stands alone, says the figures, and survives odd results."""

import re

import numpy as np
import pytest

from inkdigits import network
from inkdigits.datasets.dataset import Dataset
from inkdigits.evaluation import evaluate, plots, report
from inkdigits.evaluation.metrics import measure
from inkdigits.recognising.decide import believe

HISTORY = [
    {"epoch": e, "loss": 1 / e, "accuracy": 1 - 0.1 / e, "val_loss": 0.8 / e, "val_accuracy": 1 - 0.08 / e}
    for e in (1, 2, 3)
]


@pytest.fixture(scope="module")
def written(digits, tmp_path_factory):
    folder = tmp_path_factory.mktemp("report")
    metrics, beliefs = evaluate.evaluate(network.load("classic"), digits)
    evaluate.write(folder, "A <title> & more", digits, metrics, beliefs, {"Command": "do <this>"}, HISTORY)
    return folder, metrics


def test_it_stands_alone(written):
    folder, _ = written
    html = (folder / "report.html").read_text(encoding="utf-8")
    assert not re.search(r"""(src|href)=["'](?!data:)""", html) and "<script" not in html and "url(" not in html
    assert html.count("data:image/png;base64,") == 4
    assert re.findall(r"<img [^>]*>", html) == re.findall(r'<img [^>]*alt="[^"]+">', html)


def test_it_says_the_figures_and_escapes_what_it_is_given(written):
    folder, metrics = written
    html = (folder / "report.html").read_text(encoding="utf-8")
    low, high = metrics.interval
    for figure in (metrics.accuracy, low, high):
        assert report.percent(figure) in html
    assert "A &lt;title&gt; &amp; more" in html and "do &lt;this&gt;" in html


def test_all_files_are_there(written):
    folder, _ = written
    assert {p.name for p in folder.iterdir()} == {
        "samples.png", "curves.png", "confusion_matrix.png", "errors.png", "metrics.json", "report.html",
    }  # fmt: skip


@pytest.mark.parametrize("right", [0, 20])
def test_all_wrong_and_all_right(tmp_path, digits, right):
    few = digits.subset(np.arange(20))
    labels = few.labels if right else (few.labels + 1) % 10
    beliefs = believe(np.eye(10, dtype=np.float32)[few.labels], 1.0)
    metrics = measure("few", beliefs, labels, {"normal": 0.5, "always": 0.0})
    assert metrics.correct == right
    evaluate.write(tmp_path, "few", Dataset("few", few.images, labels), metrics, beliefs, {})
    assert (tmp_path / "report.html").exists()


def test_the_confusion_matrix_shows_every_count():
    confusion = np.diag(np.arange(100, 110)) + np.eye(10, k=1, dtype=np.int64)
    texts = {t.get_text() for t in plots.confusion_matrix(confusion).axes[0].texts}
    assert {str(n) for n in range(100, 110)} | {"1"} <= texts
