"""Imports run downward only, and reading digits loads nothing that it does not need."""

import ast
import subprocess
import sys
from pathlib import Path

import pytest

SOURCE = Path(__file__).parent.parent / "src" / "inkdigits"

# Packages and modules from the lowest layer up. A module may import from its own and from lower layers.
LAYERS = [
    {"errors", "geometry", "__init__"},
    {"files", "folders", "locks", "drawing", "workers"},
    {"results", "image", "network", "synthetic"},
    {"options", "locating"},
    {"recognising"},
    {"reading"},
    {"reader"},
    {"datasets", "batch"},
    {"forms"},
    {"training", "evaluation", "explaining", "server", "distributed"},
    {"finetuning", "trust", "parts", "code_hash"},
    {"provenance", "derived", "measuring"},
    {"locator_run", "number_run"},
    {"run", "after"},
    {"series"},
    {"cluster", "teachers"},
    {"cli"},
    {"__main__"},
]
LEVEL = {part: height for height, parts in enumerate(LAYERS) for part in parts}


def modules():
    return sorted(SOURCE.rglob("*.py"))


def part_of(path):
    relative = path.relative_to(SOURCE)
    return relative.parts[0].removesuffix(".py")


def imports_of(path):
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_imports_run_downward(path):
    part = part_of(path)
    if part == "__init__":
        return  # the face: it names everything and imports nothing before it is used
    for name in imports_of(path):
        parts = name.split(".")
        if parts[0] == "inkdigits" and len(parts) > 1 and parts[1] in LEVEL and parts[1] != part:
            assert LEVEL[parts[1]] < LEVEL[part], f"{path.name} imports {name}"


@pytest.mark.parametrize("path", modules(), ids=lambda p: str(p.relative_to(SOURCE)))
def test_only_the_training_rooms_know_keras(path):
    if part_of(path) != "training":
        assert not {n.split(".")[0] for n in imports_of(path)} & {"keras", "tensorflow"}


def file_of(module):
    """The file of a module of ours, or None for a name in one."""
    path = SOURCE.parent.joinpath(*module.split("."))
    candidates = path.with_suffix(".py"), path / "__init__.py"
    return next((file for file in candidates if file.exists()), None)


def reached_from(paths):
    """All modules of ours that these files import, and those that they import, and so on."""
    reached, waiting = set(), list(paths)
    while waiting:
        for name in imports_of(waiting.pop()):
            file = file_of(name) if name.startswith("inkdigits.") else None
            if file is not None and name not in reached:
                reached.add(name)
                waiting.append(file)
    return reached


def test_training_cannot_reach_the_test_set():
    """Nor any module that can: by no import, at whatever remove, and by no name put together while it runs."""
    parts = sorted((SOURCE / "training").rglob("*.py"))
    reached = reached_from(parts)
    assert "inkdigits.datasets.dataset" in reached  # the way to the digits that they are given
    assert not {name for name in reached if name.startswith(("inkdigits.datasets.mnist", "inkdigits.datasets.load"))}
    assert not {name for name in reached if name.split(".")[1] in ("evaluation", "run", "series", "cli")}
    for path in parts:
        assert "inkdigits" not in set(imports_of(path)), f"{path.name} imports the whole face"
        tree = ast.parse(path.read_text(encoding="utf-8"))
        for node in ast.walk(tree):
            if isinstance(node, ast.Call) and ast.unparse(node.func).split(".")[-1] in DYNAMIC:
                assert ast.unparse(node) == "importlib.import_module('tensorflow')", f"{path.name}: {ast.unparse(node)}"
            assert not (isinstance(node, ast.Attribute) and ast.unparse(node) == "sys.modules"), path.name


DYNAMIC = {"import_module", "__import__", "exec", "eval", "files", "spec_from_file_location"}


@pytest.mark.parametrize("folder", ["src", "benchmarks", "scripts"])
def test_every_opening_of_a_test_half_is_written_down(folder):
    """Only evaluation.test_set calls what reads a test half; everybody else hands it over."""
    for path in sorted((SOURCE.parent.parent / folder).rglob("*.py")):
        names = set(imports_of(path))
        assert not names & {"inkdigits.datasets.mnist.test", "inkdigits.datasets.mnist._test"}, path.name
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute):
                assert node.func.attr not in ("test", "_test"), (
                    f"{path.name}, line {node.lineno}: ask test_set.open_test"
                )


def test_commands_call_no_commands_and_nothing_below_calls_any():
    for path in modules():
        names = set(imports_of(path))
        if part_of(path) not in ("cli", "__main__"):
            assert not {name for name in names if name.split(".")[0] == "click"}, path.name
            continue
        tree = ast.parse(path.read_text(encoding="utf-8"))
        called = {
            node.func.attr for node in ast.walk(tree) if isinstance(node, ast.Call) and hasattr(node.func, "attr")
        }
        assert not called & {"get_current_context", "forward"}, path.name
        assert "invoke" not in called or path.name == "__init__.py", path.name  # the group's own


def loaded_after(code):
    script = f"import sys\n{code}\nprint(' '.join(sorted(m for m in sys.modules if '.' not in m)))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    return set(done.stdout.split())


def test_importing_the_package_loads_nothing_heavy():
    assert not loaded_after("import inkdigits") & {
        "numpy",
        "cv2",
        "onnxruntime",
        "PIL",
        "keras",
        "tensorflow",
        "matplotlib",
    }


def test_classifying_loads_no_training_package():
    sample = SOURCE / "samples" / "7-crossed.jpg"
    loaded = loaded_after(f"import inkdigits; inkdigits.classify({str(sample)!r})")
    assert not loaded & {
        "keras",
        "tensorflow",
        "torch",
        "scipy",
        "sklearn",
        "matplotlib",
        "pandas",
        "seaborn",
        "onnx",
        "jinja2",
    }


def test_the_public_names_are_there():
    import inkdigits

    assert all(callable(getattr(inkdigits, name)) for name in inkdigits.__all__ if name != "__version__")
    with pytest.raises(AttributeError, match="no attribute 'nonsense'"):
        _ = inkdigits.nonsense


def test_no_python_file_is_long():
    long = {p.name: n for p in modules() if (n := len(p.read_text(encoding="utf-8").splitlines())) > 300}
    assert not long
