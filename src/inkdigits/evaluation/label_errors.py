"""Labels that are probably wrong, found by confident learning: no threshold to choose, and any network's probabilities do.

Source: Northcutt, Jiang and Chuang, "Confident Learning: Estimating Uncertainty in Dataset Labels", 2021
(arXiv:1911.00068), in its plainest form: what is counted off the diagonal of the confident joint. It finds what
cleanlab 2.9 finds with filter_by="confident_learning".
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import numpy.typing as npt


@dataclass(frozen=True, eq=False)
class Suspects:
    """Labels that are probably wrong.

    `rows` int (M,): which digits, the most suspicious first (by how much more probable another digit is than the label);
    `suggested` int (M,): what each shows instead; `joint` int (10, 10): [i, j] counts digits labelled i that are surely j.
    """

    rows: npt.NDArray[np.intp]
    suggested: npt.NDArray[np.intp]
    joint: npt.NDArray[np.int64]


def find(labels: npt.NDArray[np.uint8], probabilities: npt.NDArray[np.float32]) -> Suspects:
    """Return the suspects among N labels (N,) from probabilities float32 (N, 10) of networks that never saw that digit.

    A digit is surely a j if its probability of j is at least the mean one of all that are labelled j; if that holds for
    several, the most probable counts. So a class that the networks are unsure of asks for less, and one that they know well
    for more. Every label from 0 to 9 must be there.
    """
    rows = np.arange(len(labels))
    usual = np.array([probabilities[labels == digit, digit].mean() for digit in range(10)])
    sure = np.where(probabilities >= usual, probabilities, 0)
    shown, counts = sure.argmax(axis=1), sure.max(axis=1) > 0
    joint = np.zeros((10, 10), np.int64)
    np.add.at(joint, (labels[counts], shown[counts]), 1)
    suspects = rows[counts & (shown != labels)]
    margin = probabilities[suspects, shown[suspects]] - probabilities[suspects, labels[suspects]]
    order = suspects[np.argsort(-margin, kind="stable")]
    return Suspects(order, shown[order], joint)
