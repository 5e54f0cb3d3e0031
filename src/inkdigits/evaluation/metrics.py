"""Figures of a test, each with what it is worth."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import numpy as np
import numpy.typing as npt

from inkdigits.recognising.decide import Beliefs


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """Return the 95 % interval of a proportion, (low, high), 0 to 1. For no trials: (0, 1).

    Source: Wilson, "Probable Inference, the Law of Succession, and Statistical Inference", 1927. Unlike the normal
    approximation it is right near 0 and 1, where accuracies live.
    """
    if trials == 0:
        return 0.0, 1.0
    z = 1.959964
    share, extra = successes / trials, z * z / trials
    centre = (share + extra / 2) / (1 + extra)
    half = z * math.sqrt(share * (1 - share) / trials + extra / (4 * trials)) / (1 + extra)
    return max(0.0, centre - half), min(1.0, centre + half)


@dataclass(frozen=True, eq=False)
class Metrics:
    """What a test of N digits showed.

    `confusion[i, j]` counts digits i that were read as j; `errors` are the row numbers of the wrong answers, the most
    confident first, and `said` those answers; `trust` has, per level, its threshold, the share answered and the share of
    those that was wrong; `contested` are the row numbers of labels that people reject.
    """

    name: str
    count: int
    correct: int
    loss: float
    calibration_error: float
    confusion: npt.NDArray[np.int64]
    errors: npt.NDArray[np.intp]
    said: npt.NDArray[np.intp]
    trust: dict[str, dict[str, float]]
    contested: tuple[int, ...] = ()

    @property
    def accuracy(self) -> float:
        """Share of right answers, 0 to 1."""
        return self.correct / self.count

    @property
    def interval(self) -> tuple[float, float]:
        """The accuracy's 95 % interval."""
        return wilson(self.correct, self.count)

    @property
    def uncontested(self) -> tuple[int, int]:
        """How many answers are right, and of how many, where the contested labels do not count."""
        count = self.count - len(self.contested)
        return count - int((~np.isin(self.errors, self.contested)).sum()), count

    def per_digit(self) -> list[dict[str, float]]:
        """Return count, precision, recall and F1 of each of the ten digits."""
        rows = []
        for digit in range(10):
            hits, truth, said = (
                int(v)
                for v in (
                    self.confusion[digit, digit],
                    self.confusion[digit].sum(),
                    self.confusion[:, digit].sum(),
                )
            )
            precision, recall = hits / said if said else 0.0, hits / truth if truth else 0.0
            f1 = 2 * hits / (truth + said) if truth + said else 0.0
            rows.append({"digit": digit, "count": truth, "precision": precision, "recall": recall, "f1": f1})
        return rows

    def confusions(self, count: int = 5) -> list[tuple[int, int, int]]:
        """Return the commonest mistakes as (true digit, answer, how often)."""
        off = self.confusion - np.diag(np.diag(self.confusion))
        order = np.argsort(-off, axis=None, kind="stable")[:count]
        pairs = [(int(i) // 10, int(i) % 10) for i in order]
        return [(truth, said, int(off[truth, said])) for truth, said in pairs if off[truth, said]]

    def to_dict(self) -> dict[str, Any]:
        """Return the figures as plain values, for metrics.json."""
        low, high = self.interval
        return {
            "data": self.name,
            "digits": self.count,
            "correct": self.correct,
            "accuracy": self.accuracy,
            "accuracy_95_interval": [low, high],
            "loss": self.loss,
            "calibration_error": self.calibration_error,
            "trust": self.trust,
            "per_digit": self.per_digit(),
            "confusion": self.confusion.tolist(),
            "errors": self.errors.tolist(),
            "errors_said": self.said.tolist(),
            **({"without_contested_labels": self._without_contested()} if self.contested else {}),
        }

    def _without_contested(self) -> dict[str, Any]:
        correct, count = self.uncontested
        return {
            "digits": count,
            "correct": correct,
            "accuracy": correct / count,
            "accuracy_95_interval": list(wilson(correct, count)),
            "left_out": list(self.contested),
        }


def measure(
    name: str,
    beliefs: Beliefs,
    labels: npt.NDArray[np.uint8],
    thresholds: dict[str, float],
    contested: tuple[int, ...] = (),
) -> Metrics:
    """Return the metrics of what a network believes of N glyphs against their labels (N,).

    `contested` are row numbers of labels that people reject.
    """
    probabilities, confidence = beliefs.digits, beliefs.confidence
    answers = probabilities.argmax(axis=1)
    right = answers == labels
    confusion = np.zeros((10, 10), np.int64)
    np.add.at(confusion, (labels, answers), 1)
    wrong = np.flatnonzero(~right)
    wrong = wrong[np.argsort(-confidence[wrong], kind="stable")]
    of_label = probabilities[np.arange(len(labels)), labels]
    return Metrics(
        name,
        len(labels),
        int(right.sum()),
        float(-np.log(np.maximum(of_label, 1e-12)).mean()),
        calibration_error(confidence, right),
        confusion,
        wrong,
        answers[wrong],
        {level: answered(confidence, right, threshold) for level, threshold in thresholds.items()},
        contested,
    )


def answered(confidence: npt.NDArray[np.float32], right: npt.NDArray[np.bool_], threshold: float) -> dict[str, float]:
    """Return what answering only at `threshold` or above gives: coverage, and the share of answers that is wrong."""
    sure = confidence >= threshold
    count = int(sure.sum())
    wrong = int((~right[sure]).sum())
    return {
        "threshold": threshold,
        "coverage": count / len(right),
        "answered": count,
        "wrong": wrong,
        "error": wrong / count if count else 0.0,
    }


def calibration_error(confidence: npt.NDArray[np.float32], right: npt.NDArray[np.bool_], bins: int = 15) -> float:
    """Return the expected calibration error over bins of equal size: how far "99 % sure" is from right 99 times in 100.

    Source: Nguyen and O'Connor, "Posterior calibration and exploratory analysis", 2015 (adaptive bins; with bins of equal
    width nearly all digits would share one).
    """
    order = np.array_split(np.argsort(confidence, kind="stable"), min(bins, len(confidence)))
    gaps = [abs(float(confidence[rows].mean()) - float(right[rows].mean())) * len(rows) for rows in order]
    return sum(gaps) / len(confidence)
