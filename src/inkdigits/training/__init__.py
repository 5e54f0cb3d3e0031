"""Training in Keras 3 on TensorFlow. These are the only modules that import keras, and none of them opens a test set."""

from __future__ import annotations

import importlib
import multiprocessing
import os
import tempfile

from inkdigits.errors import require

require("training", "train", "tensorflow", "keras", "onnx")

os.environ["KERAS_BACKEND"] = "tensorflow"
os.environ.setdefault("TF_CPP_MIN_LOG_LEVEL", "3")


def _import_quietly() -> None:
    """Import TensorFlow with its native start-up messages thrown away: it writes them before any setting can stop it."""
    kept = os.dup(2)
    with tempfile.TemporaryFile() as sink:
        os.dup2(sink.fileno(), 2)
        try:
            importlib.import_module("tensorflow")
        except BaseException:
            sink.seek(0)
            os.write(kept, sink.read())  # a failed import is no time for silence
            raise
        finally:
            os.dup2(kept, 2)
            os.close(kept)


# Processes that draw the locator's pages import targets and batches alone: TensorFlow would take each of them seconds and
# half a gigabyte for nothing. Such a process has its name before it imports what it is to call, and its parent only later.
if multiprocessing.current_process().name == "MainProcess":
    _import_quietly()
