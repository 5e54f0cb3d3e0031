"""Rules between fields, as text: sums, products, order, equality, and columns that grow.

    total = sum(task)            weather.max >= weather.min        increasing(weather.day)
    price = count * each         first + second <= 100             distinct(place)

A name is a field (`total`), a cell (`task[3]`, `weather[3].max`) or a column (`weather.max`). A rule about columns holds
row by row, unless it puts them into `sum`, `product` or one of the functions that speak of a whole column. In a sum,
what is empty is left out; every other rule is silent about cells that are empty.
"""

from __future__ import annotations

import ast
import datetime
import operator
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import reduce
from itertools import pairwise
from typing import Any, TypeAlias

from inkdigits.errors import nearest, one_line
from inkdigits.forms.checking import PlaceError
from inkdigits.forms.constraints import Value
from inkdigits.forms.linear import Linear
from inkdigits.forms.places import Slot

Number: TypeAlias = "int | Decimal"
Values: TypeAlias = Mapping[int, "Value | None"]  # by the slot's number

_COMPARISONS: dict[type[ast.cmpop], Callable[[Any, Any], bool]] = {
    ast.Eq: operator.eq,
    ast.Lt: operator.lt,
    ast.LtE: operator.le,
    ast.Gt: operator.gt,
    ast.GtE: operator.ge,
}
_OPERATIONS: dict[type[ast.operator], Callable[[Any, Any], Any]] = {
    ast.Add: operator.add,
    ast.Sub: operator.sub,
    ast.Mult: operator.mul,
}
_TOTALS = ("sum", "product")
_ORDERS: dict[str, Callable[[Any, Any], bool]] = {
    "increasing": operator.lt,
    "nondecreasing": operator.le,
    "decreasing": operator.gt,
    "nonincreasing": operator.ge,
}
_FUNCTIONS = (*_TOTALS, *_ORDERS, "distinct")
_REMEDY = "write it as total = sum(task), weather.max >= weather.min or increasing(weather.day)"


class _Silent(Exception):  # noqa: N818 – it is no error
    """A rule says nothing here: a cell that it speaks of is empty."""


@dataclass(frozen=True, eq=False)
class Rule:
    """A rule, for one row if it speaks of columns: its text, the slots that it speaks of, and whether values keep it.

    `linear` is what `compare` compares with 0, if the rule can be said so: then it is followed exactly (`summing`).
    """

    text: str
    slots: tuple[int, ...]
    check: Callable[[Values], bool]
    linear: Linear | None = None
    compare: Callable[[Any, Any], bool] = operator.eq

    def holds(self, values: Values) -> bool:
        """Tell whether values, None for empty ones, keep the rule; what it says nothing about does."""
        try:
            return self.check(values)
        except _Silent:
            return True


def parse(texts: Sequence[str], slots: Sequence[Slot]) -> list[Rule]:
    """Return rules; one about columns is one for each row. Raises PlaceError for a text that means nothing."""
    return [rule for i, text in enumerate(texts) for rule in _Parser(text, f"rules[{i}]", slots).rules()]


class _Parser:
    def __init__(self, text: str, place: str, slots: Sequence[Slot]) -> None:
        self._text, self._place, self._slots = text, place, slots
        self._fields = list(dict.fromkeys(slot.field for slot in slots))

    def rules(self) -> list[Rule]:
        tree = self._tree()
        if isinstance(tree, ast.Compare):
            if len(tree.ops) != 1 or type(tree.ops[0]) not in _COMPARISONS:
                raise self._error("compares in a way that there is not", "use one of =, <, <=, > and >=")
            return self._comparison(tree)
        if isinstance(tree, ast.Call) and self._function(tree) not in _TOTALS:
            return [self._of_column(tree)]
        raise self._error("compares nothing", _REMEDY)

    def _tree(self) -> ast.expr:
        text = re.sub(r"(?<![<>=!])=(?!=)", "==", self._text)
        try:
            return ast.parse(text.strip(), mode="eval").body
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            raise self._error("is no rule", _REMEDY) from None

    def _comparison(self, tree: ast.Compare) -> list[Rule]:
        compare = _COMPARISONS[type(tree.ops[0])]
        sides = [self._expression(side) for side in (tree.left, tree.comparators[0])]
        rows: list[str | None] = [*dict.fromkeys(row for side in sides for row in side.rows)] or [None]
        if len({side.rows for side in sides if side.rows}) > 1:
            raise self._error("compares columns of different rows", "give columns of one table, or sum them")
        made = []
        for row in rows:
            left, right = (side.of_row(row) for side in sides)
            slots = tuple(dict.fromkeys(left.slots + right.slots))
            if not slots:
                raise self._error("speaks of no field", _REMEDY)

            def check(values: Values, left: _Part = left, right: _Part = right) -> bool:
                return compare(left.value(values), right.value(values))

            text = self._text if row is None else f"{self._text} (row {row})"
            both = left.linear is not None and right.linear is not None
            linear = left.linear.plus(right.linear, -1) if both else None  # type: ignore[union-attr, arg-type]
            made.append(Rule(text, slots, check, linear, compare))
        return made

    def _of_column(self, call: ast.Call) -> Rule:
        name = self._function(call)
        if len(call.args) != 1:
            raise self._error(f"gives {name} {len(call.args)} columns", "give it one")
        slots = tuple(self._named(call.args[0]))

        def check(values: Values) -> bool:
            known = [as_number(value) for i in slots if (value := values[i]) is not None]
            if name == "distinct":
                return len(set(known)) == len(known)
            return all(_ORDERS[name](a, b) for a, b in pairwise(known))

        return Rule(self._text, slots, check)

    def _expression(self, node: ast.expr) -> _Side:
        if isinstance(node, ast.Constant) and isinstance(node.value, int | float) and not isinstance(node.value, bool):
            number: Number = node.value if isinstance(node.value, int) else Decimal(str(node.value))
            fixed = Linear({}, number) if isinstance(number, int) else None
            return _Side((), lambda row: _Part((), lambda values: number, fixed))
        if isinstance(node, ast.UnaryOp) and isinstance(node.op, ast.USub):
            inner = self._expression(node.operand)
            return _Side(inner.rows, lambda row: _joined([inner.of_row(row)], operator.neg))
        if isinstance(node, ast.BinOp) and type(node.op) in _OPERATIONS:
            left, right = self._expression(node.left), self._expression(node.right)
            if left.rows and right.rows and left.rows != right.rows:
                raise self._error("joins columns of different rows", "give columns of one table, or sum them")
            operation = _OPERATIONS[type(node.op)]
            return _Side(left.rows or right.rows, lambda row: _joined([left.of_row(row), right.of_row(row)], operation))
        if isinstance(node, ast.Call):
            return self._total(node)
        slots = self._named(node)
        if len(slots) == 1:
            return _Side((), lambda row: _one(slots[0]))
        rows = [self._slots[i].row or "" for i in slots]
        if len(set(rows)) < len(rows):
            columns = sorted({self._slots[i].column or "" for i in slots})
            field = self._slots[slots[0]].field
            raise self._error(f"speaks of all columns of {field}", f"name one: {field}.{columns[0]}")
        of = dict(zip(rows, slots, strict=True))
        return _Side(tuple(rows), lambda row: _one(of[row or ""]))

    def _total(self, call: ast.Call) -> _Side:
        name = self._function(call)
        if name not in _TOTALS:
            raise self._error(f"compares {name}", f"{name} stands alone; compare sum or product")
        slots = tuple(i for argument in call.args for i in self._named(argument))
        operation = operator.add if name == "sum" else operator.mul

        def value(values: Values) -> Number:
            known = [as_number(v) for i in slots if (v := values[i]) is not None]
            if not known:
                raise _Silent
            return reduce(operation, known)

        linear = Linear(dict.fromkeys(slots, 1)) if name == "sum" and len(set(slots)) == len(slots) else None
        return _Side((), lambda row: _Part(slots, value, linear))

    def _function(self, call: ast.Call) -> str:
        name = call.func.id if isinstance(call.func, ast.Name) else ""
        if name not in _FUNCTIONS or call.keywords:
            near = f"did you mean {nearest(name, _FUNCTIONS)}? " if name else ""
            raise self._error(f"calls {name or 'something'}", f"{near}There are {', '.join(_FUNCTIONS)}")
        return name

    def _named(self, node: ast.expr) -> list[int]:
        """Return the slots that a name speaks of."""
        column = row = None
        if isinstance(node, ast.Attribute):
            column, node = node.attr, node.value
        if isinstance(node, ast.Subscript):
            index = node.slice
            if not isinstance(index, ast.Constant) or not isinstance(index.value, int | str):
                raise self._error("names no row", "write a row's name in brackets, such as task[3]")
            row, node = str(index.value), node.value
        if not isinstance(node, ast.Name):
            raise self._error("holds something that is no name, number or sum", _REMEDY)
        if node.id not in self._fields:
            near = nearest(node.id, self._fields)
            raise self._error(
                f"speaks of {one_line(node.id, 60)}", f"did you mean {near}? There are {', '.join(self._fields)}"
            )
        found = [i for i, slot in enumerate(self._slots) if slot.field == node.id]
        if row is not None:
            found = self._narrowed(found, "row", row)
        if column is not None:
            found = self._narrowed(found, "column", column)
        return found

    def _narrowed(self, found: list[int], what: str, name: str) -> list[int]:
        kept = [i for i in found if getattr(self._slots[i], what) == name]
        if not kept:
            field = self._slots[found[0]].field
            known = list(dict.fromkeys(str(getattr(self._slots[i], what)) for i in found))
            if known == ["None"]:
                raise self._error(f"names {what} {name} of {field}", f"{field} has no {what}s of its own")
            raise self._error(f"names {what} {name} of {field}", f"did you mean {nearest(name, known)}?")
        return kept

    def _error(self, problem: str, remedy: str) -> PlaceError:
        return PlaceError(self._place, f'"{one_line(self._text, 80)}" {problem}', remedy)


@dataclass(frozen=True, eq=False)
class _Part:
    """A side of a comparison in one row: the slots that it speaks of, and its value (which raises _Silent)."""

    slots: tuple[int, ...]
    value: Callable[[Values], Number]
    linear: Linear | None = None


@dataclass(frozen=True, eq=False)
class _Side:
    """A side of a comparison: the rows that it holds in, none if it is about no column; and what it is in each."""

    rows: tuple[str, ...]
    of_row: Callable[[str | None], _Part]


def _one(slot: int) -> _Part:
    def value(values: Values) -> Number:
        known = values[slot]
        if known is None:
            raise _Silent
        return as_number(known)

    return _Part((slot,), value, Linear({slot: 1}, 0, frozenset((slot,))))


def _joined(parts: Sequence[_Part], operation: Callable[..., Number]) -> _Part:
    slots = tuple(slot for part in parts for slot in part.slots)
    return _Part(slots, lambda values: operation(*(part.value(values) for part in parts)), _linear(parts, operation))


def _linear(parts: Sequence[_Part], operation: Callable[..., Number]) -> Linear | None:
    """Return what an operation makes of parts that are linear, if that is linear."""
    known = [part.linear for part in parts if part.linear is not None]
    if len(known) < len(parts):
        return None
    if operation is operator.neg:
        return known[0].times(-1)
    if operation is operator.mul:
        plain = [one for one in known if not one.factors]
        others = [one for one in known if one.factors]
        return others[0].times(plain[0].constant) if len(plain) == len(others) == 1 else None
    return known[0].plus(known[1], 1 if operation is operator.add else -1)


def as_number(value: Value) -> Number:
    """Return the number that a rule takes a value for: of a date its day, of a text its digits."""
    if isinstance(value, datetime.date):
        return value.toordinal()
    if isinstance(value, str):
        return int(value) if value.isdigit() else Decimal(re.sub("[^0-9]", "", value) or 0)
    return value
