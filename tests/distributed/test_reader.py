"""The callable: every kind of batch in, the same kind out, and whatever a picture does, its row is there."""

import contextlib
import importlib.util
import multiprocessing
import os
import pickle
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

import inkdigits
from inkdigits.distributed import columns, reader
from inkdigits.distributed.reader import BatchReader
from tests.conftest import SAMPLES, drawing, encoded, png_header
from tests.waiting import wait_until

SEVEN = str(SAMPLES / "7-crossed.jpg")
HAS_ARROW = importlib.util.find_spec("pyarrow") is not None
needs_arrow = pytest.mark.skipif(not HAS_ARROW, reason="pyarrow is not installed: pip install '.[scale]'")


@pytest.fixture(scope="module", autouse=True)
def ended():
    yield
    reader.stop()
    assert not multiprocessing.active_children()


def classified(batch, **options):
    return BatchReader("classify", **options)(batch)


def test_it_answers_as_a_reader_does():
    own = inkdigits.classify(SEVEN)
    made = classified({"path": [SEVEN], "number": np.array([5])})
    assert made["text"][0] == made["number_text"][0] == str(own.label) and made["reason"][0] is None
    assert made["confidence"][0] == pytest.approx(own.confidence, abs=1e-6)
    assert made["lines"][0][0]["box"] == list(own.box) and made["error"][0] is None and made["number"].tolist() == [5]
    assert made["model_hash"][0] in inkdigits.Options().description()
    assert set(made) == {"path", "number", *columns.NAMES}


def test_a_document_is_one_row_with_the_lines_of_all_pages(tmp_path):
    from PIL import Image

    pages = [Image.fromarray(drawing(n, pen=14)) for n in (4, 7)]
    pages[0].save(tmp_path / "two.pdf", save_all=True, append_images=pages[1:])
    own = list(inkdigits.read_pages(str(tmp_path / "two.pdf")))
    made = BatchReader("read")({"path": [str(tmp_path / "two.pdf")]})
    assert made["text"][0] == "\n".join(page.text for page in own) == "4\n7"
    assert [line["page"] for line in made["lines"][0]] == [1, 2] and made["pages"][0] == 2
    assert made["confidence"][0] == pytest.approx(min(page.lines[0].confidence for page in own), abs=1e-5)


def test_reasons_of_pages():
    blank = np.full((100, 100), 255, np.uint8)
    made = BatchReader("read", expect="length:3")({"image": [blank, drawing(7, pen=14)]})
    assert made["reason"].tolist() == ["no digits", "not as expected"] and np.isnan(made["confidence"][0])


def test_bytes_arrays_and_paths_give_the_same():
    pixels = drawing(4, pen=14)
    made = classified({"image": [pixels, np.dstack([pixels] * 3), pixels / 255.0]})
    said = classified({"bytes": [encoded(pixels)]})
    assert made["text"].tolist() == ["4", "4", "4"] and said["text"][0] == "4"
    assert made["confidence"][0] == said["confidence"][0]


@pytest.mark.parametrize(
    ("row", "told"),
    [
        ({"bytes": b"this is no picture"}, "picture"),
        ({"bytes": b""}, "empty"),
        ({"bytes": b"", "path": SEVEN}, "empty"),  # nobody opens the path of bytes that are there
        ({"bytes": png_header(50_000, 50_000)}, "megapixels"),  # a decompression bomb
        ({"path": "nothing.png"}, "does not exist"),
        ({"path": None}, "neither a path nor a picture"),
        ({"path": 3.5}, "picture"),
        ({"path": "caf\udce9.png"}, "does not exist"),
        ({"image": np.zeros((2, 3, 4, 5))}, "not one picture"),
        ({"image": np.array([object()])}, "picture"),
        ({"image": {"bytes": b"nothing", "path": "x"}}, "picture"),
        ({"path": "nowhere://x/y.png"}, "nowhere"),
        ({"path": str(SAMPLES)}, "folder"),
    ],
)
@pytest.mark.parametrize("verb", ["classify", "read"])
def test_a_bad_picture_is_a_row(verb, row, told):
    if row.get("path") == "nowhere://x/y.png" and importlib.util.find_spec("fsspec") is None:
        pytest.skip("fsspec is not installed: pip install '.[scale]'")
    good = {"bytes": encoded(drawing(4, pen=14)), "path": "good.png", "image": None}
    rows = [good, {"bytes": None, "path": None, "image": None, **row}, good]
    made = BatchReader(verb)({name: [one[name] for one in rows] for name in good})
    assert made["text"].tolist() == ["4", None, "4"] and made["lines"][1] == []
    assert told in made["error"][1] and "\n" not in made["error"][1]
    assert made["error"][0] is made["error"][2] is None


def test_a_picture_that_hangs_or_kills_its_process_is_one_lost_row(tmp_path):
    """A pipe stands for what never ends to be decoded; its process is killed twice, from outside."""
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    paths = [SEVEN, str(pipe), SEVEN]
    made = BatchReader("classify", seconds=3)({"path": paths})
    assert "took longer than 3 s" in made["error"][1] and [e is None for e in made["error"]] == [True, False, True]

    results = []
    thread = threading.Thread(target=lambda: results.append(BatchReader("classify", seconds=200)({"path": paths})))
    thread.start()
    ends = []  # open until the end: whoever reads next would else be told that there is nothing to come
    for _ in range(2):
        # Opening a pipe to write, without waiting, succeeds as soon as its process has opened it to read.
        ends.append(wait_until(lambda: opened(pipe)))
        child = wait_until(lambda: reading(pipe))
        os.kill(child, signal.SIGKILL)
        wait_until(lambda child=child: reading(pipe) != child)
    thread.join()
    for end in ends:
        os.close(end)
    (made,) = results
    assert "killed by signal 9" in made["error"][1] and made["text"][0] == made["text"][2] is not None


def reading(pipe):
    """The process other than this one that has a pipe open; None if there is none."""
    for link in Path("/proc").glob("[0-9]*/fd/*"):
        with contextlib.suppress(OSError):
            if link.readlink() == pipe and int(link.parts[2]) != os.getpid():
                return int(link.parts[2])
    return None


def opened(pipe):
    try:
        return os.open(pipe, os.O_WRONLY | os.O_NONBLOCK)
    except OSError:
        return None


def test_a_pandas_frame_keeps_its_index_and_columns():
    frame = pd.DataFrame({"path": [SEVEN, "nothing.png"], "who": ["a", "b"]}, index=[7, 9])
    made = classified(frame)
    assert list(made.index) == [7, 9] and list(made.columns) == ["path", "who", *columns.NAMES]
    assert made["error"].isna().tolist() == [True, False] and list(frame.columns) == ["path", "who"]
    assert list(classified(frame[:0]).columns) == list(made.columns)


@needs_arrow
def test_an_arrow_table_has_the_same_types_whatever_is_in_it():
    import pyarrow as pa

    table = pa.table({"path": [SEVEN, "nothing.png"], "text": ["old", "old"]})
    made = classified(table)
    assert isinstance(made, pa.Table) and made["text"].to_pylist() == [str(inkdigits.classify(SEVEN).label), None]
    assert made.schema == classified(table[1:]).schema == classified(table[:0]).schema
    assert made["lines"][1].as_py() == [] and made["confidence"][1].as_py() is None
    batch = classified(table.to_batches()[0])
    assert isinstance(batch, pa.RecordBatch) and batch.schema == made.schema


@needs_arrow
def test_the_types_for_spark_are_those_of_arrow():
    def spark(kind):
        if hasattr(kind, "value_type"):
            return f"array<{spark(kind.value_type)}>"
        if kind.num_fields:
            return f"struct<{', '.join(f'{field.name}: {spark(field.type)}' for field in kind)}>"
        return {"bool": "boolean", "int32": "int"}.get(str(kind), str(kind))

    declared = ", ".join(f"{name} {spark(kind)}" for name, kind in columns.arrow_types("read").items())
    assert declared == columns.SPARK


def test_it_goes_through_pickle_as_plain_values():
    own = BatchReader("read", model="classic", trust="strict", expect=r"\d", ink="any", seconds=9, processes=2)
    data = pickle.dumps(own)
    assert len(data) < 1000 and repr(pickle.loads(data)) == repr(own)


def test_it_loads_nothing_before_it_is_called_and_no_engine_ever():
    code = (
        "import sys, inkdigits\n"
        "read = inkdigits.BatchReader('classify', model='nonsense')\n"
        "assert list(read({'path': []})['text']) == []\n"
        "assert not {'ray', 'daft', 'pyspark', 'dask', 'pyarrow', 'pandas', 'fsspec'} & set(sys.modules)\n"
        "if __name__ == '__main__':\n"
        "    try:\n"
        "        read({'path': ['x.png']})\n"
        "    except inkdigits.InputError as error:\n"
        "        print(error)\n"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0 and "nonsense" in done.stdout, done.stderr


def test_a_process_that_has_read_ends_by_itself():
    """Also one that multiprocessing has started, as workers of engines are, and as a daemon, which Dask's are."""
    code = (
        "import multiprocessing, sys, inkdigits\n"
        "def read():\n"
        "    assert inkdigits.BatchReader('classify')({'path': [sys.argv[1]]})['error'][0] is None\n"
        "if __name__ == '__main__':\n"
        "    child = multiprocessing.get_context('fork').Process(target=read, daemon=True)\n"
        "    child.start()\n"
        "    child.join()\n"
        "    read()\n"
        "    sys.exit(child.exitcode)\n"
    )
    done = subprocess.run([sys.executable, "-c", code, SEVEN], capture_output=True, text=True, timeout=300, check=False)
    assert done.returncode == 0, done.stderr


def test_two_readers_that_are_equal_share_their_processes():
    classified({"path": [SEVEN]})
    before = {child.pid for child in multiprocessing.active_children()}
    pickle.loads(pickle.dumps(BatchReader("classify")))({"path": [SEVEN] * 40})
    assert {child.pid for child in multiprocessing.active_children()} == before


@pytest.mark.parametrize(
    ("arguments", "options"),
    [
        (("write",), {}),
        ((), {"trust": "much"}),
        (("form",), {}),
        ((), {"form": "x.toml"}),
        (("classify",), {"expect": "luhn"}),
        ((), {"seconds": 0}),
        ((), {"processes": 0}),
    ],
)
def test_options_that_mean_nothing_are_told_at_once(arguments, options):
    with pytest.raises(inkdigits.InputError):
        BatchReader(*arguments, **options)


@pytest.mark.parametrize("batch", [{"file": ["x"]}, ["x"], {}])
def test_what_is_no_batch_is_told(batch):
    with pytest.raises(inkdigits.InputError, match="a batch"):
        classified(batch)
