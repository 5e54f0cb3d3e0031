"""The record: whatever is cut off it, and wherever, going on gives every input exactly once."""

import csv
import io
import json
import re

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from inkdigits.batch import rows
from inkdigits.batch.record import Record
from inkdigits.errors import InputError
from inkdigits.results import Digit, Line, Page

RUN = "inkdigits 0 read, model default, trust normal"
ODD_NAMES = [
    "a.png",
    "=1+1.png",
    "@x,y.png",
    'quo"te.png',
    "line\nbreak\u2028.png",
    "caf\udce9.png",
    "数字.png",
    "a, page 1",
]


def digit(source):
    even = np.full(10, 0.1, np.float32)
    return Digit(3, 3, 0.9, even, None, np.zeros((28, 28), np.uint8), (1, 2, 3, 4), source)


def page(source, number=1, pages=1, lines=2):
    line = Line("-1,5", (digit(source),), 0.9, (1, 2, 3, 4))
    return Page((line,) * lines, source, np.zeros((9, 9), np.uint8), (9, 9), 0.0, number, pages)


def results(source, form, number):
    """A document of three pages, a page without digits, a failure, or a plain page."""
    kind = number % 4
    pages = [page(source, n, 3) for n in (1, 2, 3)] if kind == 0 else [page(source, lines=0 if kind == 1 else 2)]
    error = InputError(source, "is bad", "be good") if kind == 2 else None
    if error is not None:
        pages = [page(source, 1, 5)]
    return [line for p in pages for line in rows.lines(p, form, RUN)], error


def write(path, form, sources, resume=False):
    with Record(path, "read", form, RUN, resume) as record:
        missing = record.missing(sources)
        for source in missing:
            record.add(source, *results(source, form, sources.index(source)))
        return missing, record.failed


@pytest.fixture(params=["json", "csv"])
def form(request):
    return request.param


def test_every_cut_is_mended(tmp_path, form):
    """Cut anywhere, as a kill or a power failure may: what is written again is what was not whole, and no more."""
    path = tmp_path / "r"
    write(path, form, ODD_NAMES)
    whole = path.read_bytes()
    ends = []  # where each input's results end
    for count in range(1, len(ODD_NAMES) + 1):
        path.unlink()
        write(path, form, ODD_NAMES[:count])
        ends.append(path.stat().st_size)
    breaks = [match.end() for match in re.finditer(b"\n", whole)]
    for cut in {*range(0, len(whole), len(whole) // 40), *(b + d for b in breaks for d in (-2, -1, 0, 1))}:
        path.write_bytes(whole[:cut])
        missing, failed = write(path, form, ODD_NAMES, resume=True)
        assert path.read_bytes() == whole
        assert missing == ODD_NAMES[sum(end <= cut for end in ends) :]
        assert failed == 2


@given(st.lists(st.text(st.characters(exclude_characters="\0"), min_size=1), min_size=1, max_size=6))
@settings(max_examples=60, deadline=None)
def test_any_name_is_one_line_and_known_again(tmp_path_factory, names):
    folder = tmp_path_factory.mktemp("names")
    for form in ("json", "csv"):
        path = folder / form
        write(path, form, names)
        text = path.read_bytes().decode("utf-8")
        assert len(text.splitlines()) == text.count("\n")
        before = text
        assert write(path, form, names, resume=True)[0] == []
        assert path.read_bytes().decode("utf-8") == before
        path.unlink()


def test_json_gives_names_back_exactly(tmp_path):
    write(tmp_path / "r", "json", ODD_NAMES)
    found = [json.loads(line)["source"] for line in (tmp_path / "r").read_text("utf-8").split("\n") if line]
    assert list(dict.fromkeys(found)) == ODD_NAMES


def test_a_table_has_the_same_columns_in_every_row_and_no_formula(tmp_path):
    write(tmp_path / "r", "csv", ODD_NAMES)
    table = list(csv.reader(io.StringIO((tmp_path / "r").read_text("utf-8")), strict=True))
    assert table[0][:6] == ["source", "page", "pages", "line", "lines", "text"] and table[0][-2:] == ["error", "run"]
    assert {len(row) for row in table} == {len(table[0])}
    assert {row[0] for row in table[1:]} >= {
        "./=1+1.png",
        "./@x,y.png",
        'quo"te.png',
        "line\\nbreak\\u2028.png",
        "caf\\udce9.png",
    }
    empty = next(row for row in table if row[0] == "./=1+1.png")
    assert empty[3:6] == ["0", "0", ""]


def test_an_input_named_twice_is_read_once(tmp_path, monkeypatch, form):
    monkeypatch.chdir(tmp_path)
    again = ["a.png", "./a.png", str(tmp_path / "a.png"), "b/../a.png"]
    assert write(tmp_path / "r", form, again)[0] == ["a.png"]
    assert write(tmp_path / "r", form, again[::-1], resume=True)[0] == []


def test_a_file_that_is_there_is_never_written_over(tmp_path, form):
    path = tmp_path / "r"
    write(path, form, ["a.png"])
    before = path.read_bytes()
    with pytest.raises(InputError, match="is there already; add --resume"):
        write(path, form, ["b.png"])
    for verb, run in (("read", "another"), ("classify", RUN)):
        if (verb, form) != ("classify", "json"):  # of JSON the run alone tells
            with pytest.raises(InputError, match=r"is from another run|does not hold the columns"):
                Record(path, verb, form, run, True)
    assert path.read_bytes() == before


@pytest.mark.parametrize(
    "text",
    [
        "nothing",
        '{"a": 1}',
        '{"sources": ',
        "nothing\n",
        "{}\n",
        "[1]\n",
        '{"source": 1, "run": "x"}\n',
        "\0\0\n",
        "\xff\n",
        "[" * 10**5 + "\n",
    ],
)
def test_what_is_no_record_is_refused_and_kept(tmp_path, form, text):
    path = tmp_path / "r"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(InputError, match="line 1 "):
        write(path, form, ["a.png"], resume=True)
    assert path.read_bytes() == text.encode("latin-1")
    with pytest.raises(InputError, match="is not a file"):
        write(tmp_path, form, ["a.png"], resume=True)


def test_a_page_that_somebody_took_out_is_noticed(tmp_path, form):
    path = tmp_path / "r"
    write(path, form, ODD_NAMES[:2])
    lines = path.read_bytes().splitlines(keepends=True)
    del lines[-2]  # the end of the first document
    path.write_bytes(b"".join(lines))
    with pytest.raises(InputError, match=r"comes before all of a\.png is there"):
        write(path, form, ODD_NAMES, resume=True)


def test_two_runs_do_not_share_a_file(tmp_path, form):
    with Record(tmp_path / "r", "read", form, RUN, False), pytest.raises(InputError, match="written by another run"):
        Record(tmp_path / "r", "read", form, RUN, True)


def test_a_full_disk_leaves_whole_lines(tmp_path, form):
    """A limit on the file's size is a disk that fills up in the middle of a line."""
    import resource
    import signal

    path = tmp_path / "r"
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    handler = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        with Record(path, "read", form, RUN, False) as record:
            record.add("a.png", *results("a.png", form, 3))
            size = path.stat().st_size
            resource.setrlimit(resource.RLIMIT_FSIZE, (size + 50, before[1]))
            with pytest.raises(OSError, match="too large"):
                record.add("b.png", *results("b.png", form, 3))
            assert path.stat().st_size == size
            resource.setrlimit(resource.RLIMIT_FSIZE, before)
            record.add("b.png", *results("b.png", form, 3))
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)
        signal.signal(signal.SIGXFSZ, handler)
    assert write(path, form, ["a.png", "b.png"], resume=True)[0] == []


ALIKE = [
    "a\n.png",
    "a\\n.png",
    "a\\\\n.png",
    "a\\\n.png",
    "caf\udce9.png",
    "caf\\udce9.png",
    "\\",
    "\\\\",
    "b\\",
    "\t",
    "\\t",
]


@given(st.lists(st.text("\\nrtxuU09\n\t\r\x85\u2028\udce9"), min_size=2, max_size=2, unique=True))
@settings(max_examples=500, deadline=None)
def test_two_names_are_never_written_alike(names):
    assert rows.written(names[0], "csv") != rows.written(names[1], "csv")


def test_files_whose_names_are_escaped_alike_are_each_read(tmp_path, form):
    assert write(tmp_path / "r", form, ALIKE)[0] == ALIKE
    assert write(tmp_path / "r", form, ALIKE, resume=True)[0] == []
    (tmp_path / "r").unlink()
    write(tmp_path / "r", form, ALIKE[:1])
    assert write(tmp_path / "r", form, ALIKE, resume=True)[0] == ALIKE[1:]


def test_ordinary_names_are_written_as_they_are():
    for name in ("a.png", "C:\\pictures\\a.png", "数字 7.png", "a, b.png"):
        assert rows.written(name, "csv") == name
