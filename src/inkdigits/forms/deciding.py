"""What is written in each slot, what may be written, and the rules → each field's answer, or why a person should look."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from inkdigits.forms.cell import Status
from inkdigits.forms.constraints import Allowed, Value
from inkdigits.forms.decoding import Posterior
from inkdigits.forms.reading import Written
from inkdigits.forms.rules import Rule
from inkdigits.forms.solving import Choice, Solved, solve
from inkdigits.recognising import posterior
from inkdigits.recognising.lattice import UNEXPECTED

_MOST_RIVALS = 8
_SURE_EMPTY = 0.99  # probability from which a field is empty


@dataclass(frozen=True)
class Decided:
    """A slot's answer, as `sheet.Cell` has it."""

    status: Status
    value: Value | None
    best: Value | None
    text: str
    confidence: float
    reason: str | None
    rivals: tuple[tuple[str, float], ...]
    signs: tuple[float, ...] = ()


def decide(
    written: Mapping[int, Written],
    allowed: Sequence[Allowed | None],
    rules: Sequence[Rule],
    misfits: Mapping[int, str],
) -> dict[int, Decided]:
    """Return the answer of each slot that was read; `misfits` say of some why their place is doubtful."""
    choices: list[list[Choice]] = [[] for _ in allowed]
    for i, one in written.items():
        choices[i] = _choices(one, allowed[i])
    solved = solve(choices, rules)
    broken, doubts = _broken(solved)
    made = {}
    for i, one in written.items():
        made[i] = _decided(one, allowed[i], solved.choices[i], misfits.get(i), broken.get(i), doubts.get(i, 0.0))
    return made


def _broken(solved: Solved) -> tuple[dict[int, str], dict[int, float]]:
    """Return the text of the rule that each slot breaks, and how probably the slot is what has been misread, if one is.

    A rule is broken because the writer has added up wrongly, or because one of its cells is misread: each as probably as it
    was doubtful before.
    """
    texts: dict[int, str] = {}
    doubts: dict[int, float] = {}
    for rule in reversed(solved.broken):
        doubtful = {slot: 1 - _of_best(solved.choices[slot]) for slot in rule.slots}
        whole = sum(doubtful.values()) + UNEXPECTED
        for slot, doubt in doubtful.items():
            texts[slot] = rule.text
            # What stands alone in a rule, such as the total of a column, is always for review: there it is seen.
            alone = rule.linear is None or slot in rule.linear.loud
            doubts[slot] = max(doubts.get(slot, 0.0), 1.0 if alone else doubt / whole)
    return texts, doubts


def _of_best(choices: Sequence[Choice]) -> float:
    return min(sum(choice.probability for choice in choices if choice.value == choices[0].value), 1.0)


def _choices(written: Written, allowed: Allowed | None) -> list[Choice]:
    """Return what a slot may hold, with probabilities: texts that mean the same value stay apart."""
    if allowed is None:
        return [Choice(text, text == "x", p) for text, p in written.posterior.texts]
    rest = 1 - written.empty
    known = [
        Choice(text, value, p * rest)
        for text, p in written.posterior.texts
        if (value := allowed.value(text)) is not None
    ]
    nothing = None if allowed.empty is None else _meant(allowed.empty, allowed)
    if written.empty > 1e-4:
        known.append(Choice("", nothing, written.empty))
    return sorted(known, key=lambda choice: -choice.probability)


def _meant(text: str, allowed: Allowed) -> Value | None:
    """Return what an empty field means: a value as it would be written, or words as they are."""
    if text == "":
        return None
    value = replace(allowed, boxed=False, bounds=None, listed=None).value(text)
    return text if value is None else value


def _decided(
    written: Written,
    allowed: Allowed | None,
    choices: Sequence[Choice],
    reason: str | None,
    broken: str | None,
    doubt: float,
) -> Decided:
    """Return a slot's answer; `broken` is the rule that it breaks, and `doubt` the probability that it is to blame."""
    if reason is None and broken is not None and doubt > 1 - posterior.threshold("strict"):
        reason = f"breaks the rule {broken}"
    rivals = tuple((choice.text, choice.probability) for choice in choices[1 : _MOST_RIVALS + 1])
    if not choices:
        return Decided("review", None, None, "", 0.0, reason or "nothing that may stand here could be read", ())
    best = choices[0]
    if best.text == "":
        required = allowed is not None and allowed.required
        if best.probability < _SURE_EMPTY:
            reason = reason or "unsure whether it is empty"
        elif required:
            reason = reason or "empty, and it is required"
        status: Status = "review" if reason else "empty"
        return Decided(status, best.value if not reason else None, best.value, "", best.probability, reason, rivals)
    confidence = sum(choice.probability for choice in choices if choice.value == best.value)
    signs: tuple[float, ...] = ()
    if allowed is None:
        sure = confidence >= posterior.threshold("strict")
    else:
        texts = tuple((choice.text, choice.probability) for choice in choices)
        signs = Posterior(texts, 1.0).signs(best.text)
        sure = max(min(signs), confidence) >= posterior.threshold(allowed.trust)
    if written.crowded:
        reason = reason or "more stands in it than it has room for"
    if not sure:
        reason = reason or "unsure"
    status = "review" if reason else "answered"
    return Decided(status, best.value if not reason else None, best.value, best.text, confidence, reason, rivals, signs)
