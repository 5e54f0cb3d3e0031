"""The notebook runs from top to bottom, and is stored with its outputs and without traces of a machine."""

import re
import sys
from pathlib import Path

import nbformat
import pytest

ROOT = Path(__file__).parent.parent
NOTEBOOK = ROOT / "notebooks" / "mnist_cnn.ipynb"


def test_it_runs(monkeypatch):
    """Executed as a reader would, with fewer digits and one epoch."""
    monkeypatch.setenv("INKDIGITS_FAST", "1")
    monkeypatch.syspath_prepend(str(ROOT / "scripts"))
    from run_notebook import execute

    executed = execute(nbformat.read(NOTEBOOK, as_version=4))
    errors = [o for c in executed.cells if c.cell_type == "code" for o in c.outputs if o.output_type == "error"]
    assert not errors
    del sys.modules["run_notebook"]


@pytest.mark.parametrize("cell", [c for c in nbformat.read(NOTEBOOK, as_version=4).cells if c.cell_type == "code"],
                         ids=lambda c: c.id)  # fmt: skip
def test_it_is_stored_executed_and_clean(cell):
    assert cell.execution_count
    text = str(cell)
    assert not re.search(r"/(home|root|work|tmp|Users)/|Traceback|\\\\Users", text)
