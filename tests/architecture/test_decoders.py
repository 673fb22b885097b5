"""msgspec looks at a type at its first use. Two threads that do so at once crash the interpreter.

So a typed decoder is made when its module is loaded, and used by all threads.
"""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[2]
# These run once, in one thread, but for the last: the class whose uses are checked.
EXEMPT = {
    "service/cli.py",
    "service/preview.py",
    "service/settings/__init__.py",
    "service/infra/json_documents.py",
}
FILES = sorted(
    path
    for path in (ROOT / "service").rglob("*.py")
    if path.relative_to(ROOT).as_posix() not in EXEMPT
)

FIRST_HITS = """
import sys, threading
from service.web.endpoints.beacon import parse_beacon

sys.setswitchinterval(1e-6)
BODY = b'{"tenant":"w","events":[{"name":"PageView","id":"a","at":1,"url":"https://x/"}]}'
start = threading.Barrier(8)
read = []

def work():
    start.wait()
    read.append(parse_beacon(BODY, ip="", user_agent=""))

threads = [threading.Thread(target=work) for _ in range(8)]
for each in threads:
    each.start()
for each in threads:
    each.join()
sys.exit([len(each.hits) for each in read if each] != [1] * 8)
"""


def late_types(path: Path) -> Iterator[str]:
    """Yield the calls by which msgspec may first meet a type while requests are served."""
    tree = ast.parse(path.read_text())
    at_import = {id(node) for node in _not_in_functions(tree)}
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call) or id(node) in at_import:
            continue
        call = ast.unparse(node.func)
        is_typed = call == "msgspec.json.decode" and any(
            each.arg == "type" for each in node.keywords
        )
        is_typed |= call == "msgspec.json.decode" and len(node.args) > 1
        if is_typed or call in {"msgspec.convert", "msgspec.json.Decoder", "DocumentReader"}:
            yield f"line {node.lineno}: {call}"


def _not_in_functions(node: ast.AST) -> Iterator[ast.AST]:
    yield node
    for each in ast.iter_child_nodes(node):
        if not isinstance(each, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda):
            yield from _not_in_functions(each)


class TestTypedDecoders:
    def test_are_made_when_their_module_is_loaded(self) -> None:
        assert FILES
        assert [
            f"{path.relative_to(ROOT)}: {late}" for path in FILES for late in late_types(path)
        ] == []

    def test_are_ready_for_the_first_threads_of_a_process(self) -> None:
        for _ in range(3):  # two of three processes crashed
            ended = subprocess.run(  # noqa: S603 - our own command
                [sys.executable, "-c", FIRST_HITS], cwd=ROOT, check=False, capture_output=True
            )
            assert ended.returncode == 0, ended.stderr.decode()
