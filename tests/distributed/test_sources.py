"""Archives, good and hostile: every picture in them by its name, and what is wrong with one is told and costs no other."""

import gzip
import zlib

import pytest

from inkdigits.batch.inputs import PICTURES
from inkdigits.batch.shards import Shard
from inkdigits.distributed import sources
from inkdigits.distributed.sources import Task
from inkdigits.errors import InputError
from tests.distributed import material
from tests.distributed.material import needs_extra, picture

pytestmark = needs_extra


def found(*places, shard=None):
    errors, warnings = [], []
    files, tasks = sources.find(map(str, places), PICTURES, shard, errors.append, warnings.append)
    return files, tasks, errors, warnings


def names(tasks):
    return [each.name for task in tasks for each in sources.pictures(task)]


def test_every_picture_has_its_name_and_what_is_none_is_told(tmp_path):
    expected = material.scans(tmp_path / "scans")
    files, tasks, errors, warnings = found(tmp_path / "scans", tmp_path / "scans" / "a.tar")
    assert [*files, *names(tasks)] == expected and errors == []
    assert len(warnings) == 1 and "notes.txt" in warnings[0]


def test_a_name_is_an_address_that_opens_the_picture(tmp_path):
    import fsspec

    material.scans(tmp_path / "scans")
    (task,) = found(tmp_path / "scans" / "a.tar")[1]
    first = next(sources.pictures(task))
    with fsspec.open(first.name) as file:
        assert file.read() == first.content == picture(0)


def test_shards_are_of_files_and_of_whole_archives(tmp_path):
    expected = material.scans(tmp_path / "scans")
    parts = [found(tmp_path / "scans", shard=Shard(n, 3))[:2] for n in (1, 2, 3)]
    assert sorted(name for files, tasks in parts for name in [*files, *names(tasks)]) == sorted(expected)


def test_the_key_of_a_task_and_the_id_of_a_picture_never_change():
    assert Task("tar", ("s3://b/x.tar",)).key == "4a164b62b124d2889cd97485"
    assert sources.id_of("s3://b/x.png") == "eb12354f5dc1b5f5e5fbafbe199380b8"


@pytest.mark.parametrize("ending", ["tar.gz", "tgz", "tar.xz"])
def test_compressed_archives(tmp_path, ending):
    material.write_tar(tmp_path / f"a.{ending}", {"1.png": picture(1)}, f"w:{ending.replace('tgz', 'gz')[-2:]}")
    (task,) = found(tmp_path / f"a.{ending}")[1]
    assert next(sources.pictures(task)).content == picture(1)


def damaged(folder):
    """Archives, each with what is told of it and with how many good pictures it gives all the same."""
    ten = {f"{n}.png": picture(n) for n in range(10)}
    material.write_tar(folder / "cut.tar", ten)
    data = (folder / "cut.tar").read_bytes()
    (folder / "cut.tar").write_bytes(data[: data.index(ten["5.png"]) + 100])
    yield "cut.tar", "damaged", 5
    (folder / "text.tar").write_bytes(b"no archive" * 100)
    yield "text.tar", "damaged", 0
    (folder / "empty.tar").write_bytes(b"")
    yield "empty.tar", "damaged", 0
    (folder / "bomb.tar.gz").write_bytes(gzip.compress(huge_member()))
    yield "bomb.tar.gz", "GB", 0
    material.write_zip(folder / "one.zip", ten)
    data = bytearray((folder / "one.zip").read_bytes())
    data[data.index(ten["3.png"]) + 50] ^= 255
    (folder / "one.zip").write_bytes(data)
    yield "one.zip", "CRC", 9
    (folder / "text.zip").write_bytes(b"no archive")
    yield "text.zip", "zip file", 0
    (folder / "text.parquet").write_bytes(b"no table")
    yield "text.parquet", "no Parquet file", 0
    material.write_parquet(folder / "other.parquet", name=["a"])
    yield "other.parquet", "no column", 0
    material.write_parquet(folder / "null.parquet", image=[{"bytes": picture(1)}, {"bytes": None}])
    yield "null.parquet", "holds no bytes", 1
    yield "nothing.tar", "does not exist", 0


def huge_member():
    """The header of a tar archive whose member is said to have 32 GB."""
    import tarfile

    member = tarfile.TarInfo("huge.bin")
    member.size = 32 << 30
    return member.tobuf(tarfile.GNU_FORMAT)


def test_what_is_damaged_is_told_and_the_rest_is_there(tmp_path):
    for name, told, good in damaged(tmp_path):
        task = Task(sources.kind_of(name), (str(tmp_path / name),))
        contents = [each.content for each in sources.pictures(task)]
        errors = [content for content in contents if isinstance(content, InputError)]
        assert len(errors) == 1 and told in str(errors[0]), (name, errors)
        assert len(contents) == good + 1, name


def test_a_member_that_unpacks_to_more_than_a_picture_is_not_held(tmp_path, monkeypatch):
    monkeypatch.setattr(sources.decode, "MAX_BYTES", 1000)
    long = zlib.compress(b"") + bytes(5000)
    material.write_tar(tmp_path / "a.tar", {"1.png": long, "2.png": b"short"})
    material.write_zip(tmp_path / "a.zip", {"1.png": long, "2.png": b"short"})
    tar, unzipped = (list(sources.pictures(Task(kind, (str(tmp_path / f"a.{kind}"),)))) for kind in ("tar", "zip"))
    assert "longer" in str(tar[0].content) and tar[1].content == b"short"
    assert len(unzipped[0].content) == 1001 and unzipped[1].content == b"short"  # the reader refuses it


def test_places_that_are_not_there_are_told(tmp_path):
    (tmp_path / "empty").mkdir()
    for place, told in ((tmp_path / "empty", "holds no pictures"), ("nowhere://x", "nowhere"), ("memory://none/", "")):
        files, tasks, errors, _ = found(place)
        assert not files and not tasks and len(errors) == 1 and told in str(errors[0])
