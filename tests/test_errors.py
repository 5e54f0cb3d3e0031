"""Errors are one line, whatever they quote, and survive the way between processes."""

import importlib.util
import pickle
import platform
import re
import sys
import tomllib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from packaging.requirements import Requirement

from inkdigits import errors
from inkdigits.errors import InputError, MissingExtraError


@given(st.text(), st.text(max_size=50), st.text(max_size=50))
def test_one_line(source, problem, remedy):
    error = InputError(source, problem, remedy)
    assert len(str(error).splitlines()) <= 1
    assert str(pickle.loads(pickle.dumps(error))) == str(error)
    assert isinstance(error, ValueError)


SYSTEMS = [("linux", "x86_64"), ("linux", "aarch64"), ("darwin", "arm64"), ("darwin", "x86_64"), ("win32", "AMD64")]


@pytest.mark.parametrize("extra", ["train", "train-gpu"])
@pytest.mark.parametrize(("system", "machine"), SYSTEMS)
@pytest.mark.parametrize("version", ["3.11", "3.13", "3.14"])
def test_where_tensorflow_has_no_release_it_is_not_asked_for(version, system, machine, extra):
    """Neither by pip, whose resolver says pages about that, nor without a word: the command line says it."""
    text = (Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8")
    asked = [Requirement(line) for line in tomllib.loads(text)["project"]["optional-dependencies"][extra]]
    here = {"python_version": version, "sys_platform": system, "platform_machine": machine}
    wanted = [
        one for one in asked if re.match("tensorflow", one.name) and (not one.marker or one.marker.evaluate(here))
    ]
    has = errors.has_tensorflow(tuple(map(int, version.split("."))), system, machine)
    assert len(wanted) == (has if extra == "train" else has and system == "linux")


def test_training_says_in_a_line_that_tensorflow_has_no_release(monkeypatch):
    find_spec = importlib.util.find_spec
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None if name == "tensorflow" else find_spec(name))
    with pytest.raises(MissingExtraError, match=r"^training needs more packages: pip install '\.\[train\]'"):
        errors.require("training", "train", "tensorflow", "json")
    monkeypatch.setattr(sys, "version_info", (3, 14, 0, "final", 0))
    monkeypatch.setattr(platform, "machine", lambda: "arm64")
    with pytest.raises(
        MissingExtraError, match=r"^training needs TensorFlow, .*Python 3\.14 on \w+, arm64, yet; docs/install\.md"
    ):
        errors.require("training", "train", "tensorflow")
    with pytest.raises(MissingExtraError, match="pip install"):
        errors.require("the server", "serve", "no_such_package")
