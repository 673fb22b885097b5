"""Every reason that the service can give for an event, read from its code.

A reason is what is said in a `Skipped` or `Waiting`, or passed on as somebody's `reason`. Where the
code says it in a way that is not known here, the collection fails: it must not overlook one.
"""

import ast
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from importlib import import_module
from itertools import product
from pathlib import Path
from types import ModuleType

from service.domain.membership import MembershipStatus
from service.domain.order import OrderKind
from service.domain.reservation import BookingStatus
from service.ports import Refusal

ROOT = Path(__file__).parents[2]
LAYERS = ("domain", "ports", "usecases")
OUTCOMES = {"Skipped", "Waiting"}
# Enumerations that are said to people as they stand.
CAUSES = {"Cause", "Lost", "Missing", "Refusal"}
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
            case ast.Attribute(value=ast.Name(id=kind), attr=name) if isinstance(
                word := getattr(getattr(self.module, kind, None), name, None), str
            ):
                return {str(word)}
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
        if written in FILLERS:
            return FILLERS[written]
        said = self.said_by(expression) if isinstance(expression, ast.Name) else set()
        assert said, f"{self.where}: teach this test what {written} can be"
        return sorted(said)

    def _named(self, name: str) -> set[str]:
        known = getattr(self.module, name, None)
        if isinstance(known, str):
            return {str(known)}
        given = [(self, each) for each in self._assigned(name)]
        parameters = [each.arg for each in self.function.args.args]
        only_named = [each.arg for each in self.function.args.kwonlyargs]
        if not given and name in {*parameters, *only_named}:
            given = [*_given_by_callers(self.function.name, parameters, name)]
        else:
            assert given, f"{self.where}: teach this test where {name} comes from"
        return {text for scope, each in given for text in scope.said_by(each)}

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
        """Return what a function of ours returns; whatever is no text it leaves out."""
        called = getattr(self.module, name, None)
        home = getattr(called, "__module__", "")
        return {
            text
            for scope in scopes()
            if (scope.module.__name__, scope.function.name) == (home, name)
            for node in ast.walk(scope.function)
            if isinstance(node, ast.Return) and not isinstance(node.value, ast.Call | None)
            for text in scope.said_by(node.value)
        }


@cache
def modules() -> tuple[ModuleType, ...]:
    """Return every module in which a reason can be given."""
    paths = [path for layer in LAYERS for path in (ROOT / "service" / layer).rglob("*.py")]
    return tuple(import_module(name_of(path)) for path in sorted(paths))


@cache
def scopes() -> tuple[Scope, ...]:
    """Return every function in them."""
    return tuple(
        Scope(module, node)
        for module in modules()
        for node in ast.walk(ast.parse(Path(module.__file__ or "").read_text()))
        if isinstance(node, ast.FunctionDef)
    )


@cache
def calls() -> tuple[tuple[Scope, str, ast.Call], ...]:
    """Return every call in them, by the plain name of what is called."""
    return tuple(
        (scope, ast.unparse(node.func).rpartition(".")[2], node)
        for scope in scopes()
        for node in ast.walk(scope.function)
        if isinstance(node, ast.Call)
    )


def name_of(path: Path) -> str:
    """Return what a file is imported as."""
    return ".".join(path.relative_to(ROOT).with_suffix("").parts)


def reasons() -> set[str]:
    """Return them all."""
    found: set[str] = set()
    for scope, called, call in calls():
        given = [each.value for each in call.keywords if each.arg == "reason"]
        given += call.args[:1] if called in OUTCOMES else []
        found |= {text for each in given for text in scope.said_by(each)}
    return found | causes()


def causes() -> set[str]:
    """Return the words of the enumerations that are said to people."""
    kinds = [getattr(module, name, None) for module in modules() for name in CAUSES]
    return {
        str(word)
        for kind in kinds
        if isinstance(kind, type) and issubclass(kind, StrEnum)
        for word in kind
    }


def _given_by_callers(
    function: str, parameters: list[str], name: str
) -> Iterator[tuple[Scope, ast.expr]]:
    """Yield what every caller of the function gives for one of its parameters."""
    counted = [each for each in parameters if each != "self"]
    for scope, called, call in calls():
        if called != function or scope.function.name == function:
            continue
        yield from ((scope, each.value) for each in call.keywords if each.arg == name)
        if name in counted and counted.index(name) < len(call.args):
            yield scope, call.args[counted.index(name)]
