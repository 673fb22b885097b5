"""Every field that our code gives to a log line is one that is printed."""

import ast
from collections.abc import Iterator

import pytest

from service.infra.logs import FIELDS
from tests.architecture.test_repository import SERVICE, read

LOGGING = [path for path in SERVICE if "extra=" in read(path)]


def given_in(source: str) -> set[str]:
    """Return the names of the fields that the functions of this module log."""
    functions = [each for each in ast.walk(ast.parse(source)) if isinstance(each, ast.FunctionDef)]
    return {name for function in functions for name in _given_by(function)}


def _given_by(function: ast.FunctionDef) -> Iterator[str]:
    for call in ast.walk(function):
        if not isinstance(call, ast.Call):
            continue
        for argument in call.keywords:
            if argument.arg == "extra":
                yield from _keys(argument.value)
                for name in ast.walk(argument.value):
                    if isinstance(name, ast.Name):
                        yield from _put_into(name.id, function)


def _put_into(variable: str, function: ast.FunctionDef) -> Iterator[str]:
    """Yield the keys that the function puts into its variable."""
    for node in ast.walk(function):
        if not isinstance(node, ast.Assign | ast.AnnAssign | ast.AugAssign) or node.value is None:
            continue
        for target in node.targets if isinstance(node, ast.Assign) else [node.target]:
            if isinstance(target, ast.Name) and target.id == variable:
                yield from _keys(node.value)
            elif isinstance(target, ast.Subscript) and ast.unparse(target.value) == variable:
                yield from _texts(target.slice)


def _keys(value: ast.expr) -> Iterator[str]:
    for node in ast.walk(value):
        if isinstance(node, ast.Dict):
            yield from (text for key in node.keys if key for text in _texts(key))
        elif isinstance(node, ast.DictComp):
            yield from (text for each in node.generators for text in _texts(each.iter))


def _texts(node: ast.expr) -> Iterator[str]:
    for each in ast.walk(node):
        if isinstance(each, ast.Constant) and isinstance(each.value, str):
            yield each.value


class TestALogField:
    @pytest.mark.parametrize("path", LOGGING)
    def test_is_on_the_list_of_what_is_printed(self, path: str) -> None:
        assert given_in(read(path)) <= FIELDS

    def test_on_the_list_is_given_somewhere(self) -> None:
        given = {name for path in LOGGING for name in given_in(read(path))}
        assert given | {"error", "stack_trace"} == FIELDS  # the two of `exception_fields`

    def test_is_found_wherever_it_is_put(self) -> None:
        source = """
def told(x):
    fields: dict[str, object] = {"a": x}
    fields |= {name: x for name in ("b", "c")}
    fields["d"] = x
    log.info("event", extra={"e": {"f": 1}, **fields} if x else {"g": x})
"""
        assert given_in(source) == set("abcdefg")
