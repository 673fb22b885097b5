"""Every reason that the service can give for an event, read from its code.

A reason is what is said in a `Skipped` or `Waiting`, or passed on as somebody's `reason`. Where the
code says it in a way that is not known here, the collection fails: it must not overlook one.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType

from service.domain.membership import MembershipStatus
from service.domain.order import OrderKind
from service.domain.reservation import BookingStatus
from service.ports import Refusal

ROOT = Path(__file__).parents[2]
LAYERS = ("domain", "usecases")
# Who takes a reason, and as which of its positional arguments.
TAKERS = {"Skipped": 0, "Waiting": 0, "given_up": 0, "_skipped": 1}
# What fills a reason, by how the code writes it: one word of a few, or a number.
FILLERS: dict[str, list[str]] = {
    "order.kind": [each for each in OrderKind if each is not OrderKind.SALE],
    "reservation.status": [BookingStatus.CANCELLED, BookingStatus.NO_SHOW],
    "membership.status": [each for each in MembershipStatus if each != MembershipStatus.ACTIVE],
    "error": list(Refusal),
    "delivery.attempts": ["4"],
    "key": ["click id"],
    "left_out": ["click id"],
    # Meta's, which the tests make from its answers.
    "explanation": ["Meta did not answer: time-out"],
    "verdict.explanation": ["Meta did not answer: time-out"],
}
# Reasons of somebody else, who is found on their own.
PASSED_ON = {"reason", "explanation"}


@dataclass(frozen=True)
class Scope:
    """Where an expression stands: its module, and the function around it."""

    module: ModuleType
    tree: ast.Module
    function: ast.FunctionDef

    def said_by(self, expression: ast.expr) -> set[str]:
        """Return every text that the expression can be."""
        match expression:
            case ast.Constant(value=text):
                return {text} if isinstance(text, str) else set()
            case ast.JoinedStr(values=parts):
                return {"".join(each) for each in product(*map(self._filled, parts))}
            case ast.IfExp(body=one, orelse=other):
                return self.said_by(one) | self.said_by(other)
            case ast.BoolOp(values=several):
                return {text for each in several for text in self.said_by(each)}
            case _:
                return self._said_elsewhere(expression)

    def _said_elsewhere(self, expression: ast.expr) -> set[str]:
        match expression:
            case ast.Attribute(attr=name) if name in PASSED_ON:
                return set()
            case ast.Call(func=ast.Name(id="str"), args=[told]):
                return set(self._words(told))
            case ast.Call(func=ast.Name(id=name)) if returned := self._returned_by(name):
                return returned
            case ast.Name(id=name):
                return self._named(name)
        raise AssertionError(f"{self.where}: teach this test to read {ast.unparse(expression)}")

    @property
    def where(self) -> str:
        return f"{self.module.__name__}.{self.function.name}"

    def _filled(self, part: ast.expr) -> list[str]:
        if isinstance(part, ast.FormattedValue):
            return self._words(part.value)
        assert isinstance(part, ast.Constant)
        return [str(part.value)]

    def _words(self, expression: ast.expr) -> list[str]:
        written = ast.unparse(expression)
        assert written in FILLERS, f"{self.where}: teach this test what {written} can be"
        return FILLERS[written]

    def _named(self, name: str) -> set[str]:
        known = getattr(self.module, name, None)
        if isinstance(known, str):
            return {str(known)}
        assigned = [*self._assigned(name)]
        arguments = self.function.args
        if not assigned and name in {each.arg for each in (*arguments.args, *arguments.kwonlyargs)}:
            return set()  # whoever calls says it
        assert assigned, f"{self.where}: teach this test where {name} comes from"
        return {text for each in assigned for text in self.said_by(each)}

    def _assigned(self, name: str) -> Iterator[ast.expr]:
        for node in ast.walk(self.function):
            match node:
                case ast.Assign(targets=[ast.Name(id=target)], value=value) if target == name:
                    yield value
                case ast.NamedExpr(target=ast.Name(id=target), value=value) if target == name:
                    yield value
                case ast.Assign(targets=[ast.Tuple(elts=targets)], value=ast.Tuple(elts=values)):
                    for each, value in zip(targets, values, strict=True):
                        if isinstance(each, ast.Name) and each.id == name:
                            yield value

    def _returned_by(self, name: str) -> set[str]:
        """Return what a function of the same module returns; whatever is no text it leaves out."""
        for function in functions(self.tree):
            if function.name == name:
                inside = Scope(self.module, self.tree, function)
                returns = [
                    node.value for node in ast.walk(function) if isinstance(node, ast.Return)
                ]
                texts = [each for each in returns if not isinstance(each, ast.Call | None)]
                return {text for each in texts for text in inside.said_by(each)}
        return set()


def functions(tree: ast.Module) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef):
            yield node


def reasons() -> set[str]:
    """Return them all."""
    found: set[str] = set()
    for layer in LAYERS:
        for path in sorted((ROOT / "service" / layer).rglob("*.py")):
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            tree = ast.parse(path.read_text())
            for function in functions(tree):
                scope = Scope(module, tree, function)
                for expression in _given(function):
                    found |= scope.said_by(expression)
    return found | causes()


def causes() -> set[str]:
    """Return the values of the enumerations that are said to people as they stand."""
    names = {"Refusal", "Cause", "Missing"}
    found: set[str] = set()
    for layer in (*LAYERS, "ports"):
        for path in sorted((ROOT / "service" / layer).rglob("*.py")):
            module = import_module(".".join(path.relative_to(ROOT).with_suffix("").parts))
            for name in names:
                kind = getattr(module, name, None)
                if isinstance(kind, type) and issubclass(kind, StrEnum):
                    found |= {str(each) for each in kind}
    return found


def _given(function: ast.FunctionDef) -> Iterator[ast.expr]:
    for node in ast.walk(function):
        if not isinstance(node, ast.Call):
            continue
        name = node.func.attr if isinstance(node.func, ast.Attribute) else ast.unparse(node.func)
        if name in TAKERS and len(node.args) > TAKERS[name]:
            yield node.args[TAKERS[name]]
        yield from (each.value for each in node.keywords if each.arg == "reason")
