"""The documents tell the truth: commands that exist, files that exist, figures that come from results files."""

import importlib
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import click
import pytest
from click.testing import CliRunner

import inkdigits
from inkdigits.cli import main

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CONTRIBUTING.md", *sorted((ROOT / "docs").glob("*.md")),
         *sorted(ROOT.glob("src/inkdigits/network/models/*/README.md")),
         *sorted(ROOT.glob("src/inkdigits/locating/model/README.md"))]  # fmt: skip


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_links_lead_somewhere(page):
    for target in re.findall(r"\]\((?!https?:|#)([^)#]+)", page.read_text(encoding="utf-8")):
        assert (page.parent / target).exists(), target


@pytest.mark.parametrize("page", PAGES, ids=lambda p: str(p.relative_to(ROOT)))
def test_commands_exist(page):
    """Every `inkdigits VERB --option` in a document is one that the program knows."""
    for verb, rest in re.findall(
        r"^\s*(?:\$ )?(?:\.venv/bin/)?inkdigits (\w+)(.*)$", page.read_text(encoding="utf-8"), re.M
    ):
        command = main.get_command(click.Context(main), verb)
        assert command is not None, verb
        known = CliRunner().invoke(main, [verb, "--help"]).output
        for option in re.findall(r"--[a-z-]+", rest.split("#")[0]):
            if not isinstance(command, click.Group):
                assert option in known, f"{verb} {option}"


@pytest.mark.parametrize("page", ["README.md", "docs/read.md"])
def test_python_in_documents_runs(page, monkeypatch, capsys):
    """The Python of a document, as it stands there, on the package's own pictures."""
    monkeypatch.chdir(ROOT)
    blocks = re.findall(r"```python\n(.*?)```", (ROOT / page).read_text(encoding="utf-8"), re.S)
    assert blocks
    for block in blocks:
        exec(compile(block, page, "exec"), {})


def test_a_newcomer_can_read_the_readme_in_three_minutes():
    text = (ROOT / "README.md").read_text(encoding="utf-8")
    assert len(text.split()) <= 600 and len(text.splitlines()) <= 90


def test_the_version_is_the_changelogs():
    first = re.search(r"^## (\S+)", (ROOT / "CHANGELOG.md").read_text(encoding="utf-8"), re.M)
    assert first is not None and first.group(1) == inkdigits.__version__


def test_every_dependency_has_its_reason():
    text = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    assert tomllib.loads(text)["project"]["dependencies"]
    for line in re.findall(r'^    "[a-z].*$', text.split("[project.scripts]")[0], re.M):
        if ">=" in line and "tensorflow" not in line and "hatchling" not in line:
            assert "#" in line, line


def test_figures_are_those_of_the_results_files():
    """README, docs/results.md and docs/cases.md are what scripts/make_results.py makes of benchmarks/results/."""
    done = subprocess.run(
        [sys.executable, str(ROOT / "scripts" / "make_results.py"), "--check"],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_where_it_can_be_installed_is_what_was_found_out():
    """The table of docs/install.md, cell by cell."""
    text = (ROOT / "docs" / "install.md").read_text(encoding="utf-8")
    table = text.partition("<!-- wheels")[2].partition("<!-- end of wheels")[0]
    rows = [
        [cell.strip() for cell in line.strip("| ").split("|")] for line in table.splitlines() if line.startswith("| ")
    ]
    found = json.loads((ROOT / "benchmarks" / "results" / "wheels.json").read_text(encoding="utf-8"))["platforms"]
    said = {row[0]: dict(zip(rows[0][1:], row[1:], strict=True)) for row in rows[1:]}
    assert said.keys() == found.keys()
    for place, pythons in found.items():
        for python, parts in pythons.items():
            can = [word for word, part in (("read", "read and serve"), ("train", "train")) if parts[part]["wheels"]]
            assert said[place][python] == (", ".join(can) or "no"), (place, python)


def test_the_tests_that_other_pythons_are_asked_are_there(monkeypatch):
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    script = importlib.import_module("check_pythons")
    assert [name for name in script.TESTS if not (ROOT / name).is_file()] == []
    assert "msgspec" in script.PACKAGES and all(re.fullmatch(r"[a-z0-9-]+", name) for name in script.PACKAGES)
