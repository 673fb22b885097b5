"""Our own rules about the shape of the code, as tests of the files."""

import ast
import json
import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from msgspec.structs import fields

from service.settings import DEFAULT_GRAPH_VERSION, Settings

ROOT = Path(__file__).parents[2]
MOST_LINES, MOST_FUNCTION_LINES = 300, 40
TRACKED = subprocess.run(
    ["git", "ls-files"],  # noqa: S607 - whichever git the machine has
    cwd=ROOT,
    capture_output=True,
    text=True,
    check=True,
).stdout.split("\n")[:-1]
PYTHON = [path for path in TRACKED if path.endswith(".py") and (ROOT / path).exists()]
SERVICE = [path for path in PYTHON if path.startswith("service/")]
STYLES = [path.relative_to(ROOT).as_posix() for path in sorted(ROOT.glob("static/css/*.css"))]
TEMPLATES = sorted(path.relative_to(ROOT).as_posix() for path in ROOT.glob("templates/**/*.html"))


def read(path: str) -> str:
    return (ROOT / path).read_text()


def functions(path: str) -> Iterator[ast.FunctionDef]:
    for node in ast.walk(ast.parse(read(path))):
        # A test may be longer: it may hold a whole expected document.
        if isinstance(node, ast.FunctionDef) and not node.name.startswith("test_"):
            yield node


class TestTheTree:
    @pytest.mark.parametrize(
        "name",
        ["service", "templates", "static", "snippet", "tests", "cloudbuild.yaml", "Dockerfile",
         "requirements.txt", "README.md"],
    )  # fmt: skip
    def test_has_what_its_owner_asked_for(self, name: str) -> None:
        assert any(path == name or path.startswith(f"{name}/") for path in TRACKED)

    def test_holds_no_foreign_file(self) -> None:
        assert [
            path for path in TRACKED if path.startswith(("static/built/", "static/snippet/"))
        ] == []

    def test_names_nothing_utils(self) -> None:
        vague = {"utils", "helpers", "common", "manager", "base", "misc"}
        assert [path for path in SERVICE if Path(path).stem in vague] == []


class TestTheCode:
    def test_is_there(self) -> None:
        assert len(SERVICE) > 30

    def test_is_in_small_files_and_functions(self) -> None:
        assert [path for path in PYTHON if len(read(path).splitlines()) > MOST_LINES] == []
        assert [
            f"{path}:{function.lineno} {function.name}"
            for path in PYTHON
            for function in functions(path)
            if (function.end_lineno or 0) - function.lineno >= MOST_FUNCTION_LINES
        ] == []

    def test_asks_for_the_current_app_in_one_place(self) -> None:
        users = [path for path in SERVICE if "current_app" in read(path)]
        assert users == ["service/web/request/current.py"]

    def test_reads_the_environment_in_one_place(self) -> None:
        users = [path for path in SERVICE if "os.environ" in read(path)]
        assert users == ["service/wsgi.py"]

    def test_that_measures_time_is_where_its_run_looks_for_it(self) -> None:
        (folders,) = re.findall(r"pytest -m alone (.+)", read("Makefile"))
        marked = [path for path in PYTHON if re.search(r"mark\.alone\b", read(path))]
        assert marked
        assert [path for path in marked if not path.startswith((*folders.split(),))] == []

    def test_patches_nothing_of_its_own(self) -> None:
        patching = re.compile(r"mock\.patch|MagicMock|monkeypatch\.setattr|mocker\.")
        here = Path(__file__).relative_to(ROOT).as_posix()
        assert [path for path in PYTHON if patching.search(read(path)) and path != here] == []


class TestTemplates:
    def test_have_no_inline_script_or_style_and_trust_nothing(self) -> None:
        inline = re.compile(r"<script(?![^>]*\ssrc=)|<style|\sstyle=|\son\w+=|\|\s*safe")
        assert TEMPLATES
        assert [path for path in TEMPLATES if inline.search(read(path))] == []

    def test_are_small_files(self) -> None:
        assert [path for path in TEMPLATES if len(read(path).splitlines()) > 120] == []

    def test_fragments_have_one_root_named_after_them(self) -> None:
        fragments = [path for path in TEMPLATES if Path(path).name[0] == "_"]
        assert fragments
        assert [path for path in fragments if not self.has_its_root(path)] == []

    @staticmethod
    def has_its_root(path: str) -> bool:
        name, text = Path(path).stem.strip("_").replace("_", "-"), read(path)
        # One that exists once per pixel, or per row, has the role or the row's key after its name.
        begins = re.match(rf'<div id="{name}(-{{{{ (role|key) }}}})?"', text)
        return bool(begins) and text.rstrip().endswith("</div>")


class TestStyles:
    def test_name_colours_in_one_file(self) -> None:
        colour = re.compile(r"#[0-9a-f]{3,8}\b|\b(?:rgb|hsl|light-dark|color-mix)\(")
        named = [path for path in STYLES if colour.search(read(path))]
        assert named == ["static/css/tokens.css"]

    def test_use_the_tokens_that_there_are_and_all_of_them(self) -> None:
        used = {name for path in STYLES for name in re.findall(r"var\((--[\w-]+)", read(path))}
        assert (
            set(re.findall(r"^  (--[\w-]+):", read("static/css/tokens.css"), re.MULTILINE)) == used
        )

    def test_are_small_files(self) -> None:
        assert [path for path in STYLES if len(read(path).splitlines()) > MOST_LINES] == []


class TestTheDocuments:
    def test_readme_starts_with_two_commands_and_is_short(self) -> None:
        readme = read("README.md")
        first_block = readme.split("```")[1]
        commands = [line.split("#")[0].strip() for line in first_block.splitlines()[1:] if line]

        assert commands == ["make run", "make test"]
        assert len(readme.splitlines()) <= 100

    def test_link_to_what_is_there(self) -> None:
        links = [
            (path, link)
            for path in TRACKED
            if path.endswith(".md")
            for link in re.findall(r"\]\((?!https?:)([^)#]+)", read(path))
        ]
        assert links
        assert [
            f"{path}: {link}"
            for path, link in links
            if not (ROOT / path).parent.joinpath(link).exists()
        ] == []

    def test_only_the_settings_name_a_version_of_metas_api(self) -> None:
        named = [path for path in (*SERVICE, *TEMPLATES) if re.search(r"\bv\d+\.0\b", read(path))]
        assert named == ["service/settings/__init__.py"]
        assert f"META_GRAPH_VERSION={DEFAULT_GRAPH_VERSION}\n" in read(".env.example")

    def test_env_example_names_every_variable(self) -> None:
        named = set(re.findall(r"^#?\s?([A-Z0-9_]+)=", read(".env.example"), re.MULTILINE))
        assert named == {field.name.upper() for field in fields(Settings)}

    @pytest.mark.parametrize(
        "file",
        [
            "requirements.in",
            "requirements-dev.in",
            "requirements-audit.in",
            "requirements-bench.in",
            "package.json",
        ],
    )
    def test_dependencies_give_a_reason_for_each(self, file: str) -> None:
        reasons = read("docs/dependencies.md")
        text = read(file)
        if file.endswith(".json"):
            package = json.loads(text)
            names = [*package["dependencies"], *package["devDependencies"]]
        else:
            names = [line for line in text.splitlines() if line and line[0] not in "#-"]
        assert names
        assert [name for name in names if f"`{name}`" not in reasons] == []
