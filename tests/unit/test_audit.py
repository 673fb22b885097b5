"""`make audit` fails if a package is vulnerable, and says so if it could not ask."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.architecture.test_repository import ROOT

GOOD = {"dependencies": [{"name": "flask", "version": "3.1.3", "vulns": []}]}
VULNERABLE = {"dependencies": [{"name": "flask", "version": "1.0", "vulns": [{"id": "PYSEC-1"}]}]}
UNKNOWN = {"dependencies": [{"name": "flask", "skip_reason": "could not be audited"}]}
EMPTY: dict[str, object] = {"dependencies": []}
NPM_GOOD = {"vulnerabilities": {}, "metadata": {"vulnerabilities": {"total": 0}}}
NPM_BAD = NPM_GOOD | {"vulnerabilities": {"esbuild": {"severity": "high"}}}
NPM_AWAY = {"message": "405 Method Not Allowed", "error": {}}
BOM = {"bomFormat": "CycloneDX", "components": [{"name": "flask"}]}


def stand_in(folder: Path, name: str, script: str) -> None:
    """Put a command of this name into the folder, which runs these lines of Python."""
    path = folder / name
    path.write_text(f"#!{sys.executable}\nimport json, sys\n{script}\n")
    path.chmod(0o755)


def audit(
    folder: Path, *, python: object = GOOD, npm: object = NPM_GOOD, bom: object = BOM,
    strict: str = "", says: str = "", code: int = 0,
) -> tuple[int, str]:  # fmt: skip
    """Run the audit with stand-ins that report this, and return its exit code and its words."""
    write = f"open(sys.argv[-1], 'w').write({json.dumps(python)!r})" if python else "pass"
    stand_in(folder, "pip-audit", f"{write}\nsys.exit(print({says!r}, file=sys.stderr) or {code})")
    stand_in(folder, "cyclonedx-py", f"print({json.dumps(bom)!r})")
    npm_audit = f"sys.exit(print({json.dumps(npm)!r}) or {0 if npm == NPM_GOOD else 1})"
    stand_in(folder, "npm", f"if 'sbom' in sys.argv: print({json.dumps(bom)!r})\nelse: {npm_audit}")
    build = folder / "build"
    environ = os.environ | {"PATH": str(folder), "AUDIT_FOLDER": str(build), "AUDIT_STRICT": strict}
    done = subprocess.run(
        [sys.executable, "-m", "tests.audit"],
        cwd=ROOT, env=environ, capture_output=True, text=True, check=False, timeout=60,
    )  # fmt: skip
    assert "Traceback" not in done.stderr
    return done.returncode, done.stdout


class TestTheAudit:
    @pytest.mark.parametrize("strict", ["", "1"])
    def test_passes_and_leaves_two_inventories(self, tmp_path: Path, strict: str) -> None:
        code, told = audit(tmp_path, strict=strict)
        assert (code, told.count("no known vulnerability"), told.count("written")) == (0, 4, 2)
        for name in ("python.cdx.json", "npm.cdx.json"):
            assert json.loads((tmp_path / "build" / name).read_text()) == BOM

    @pytest.mark.parametrize("strict", ["", "1"])
    def test_fails_for_a_known_vulnerability(self, tmp_path: Path, strict: str) -> None:
        code, told = audit(tmp_path, python=VULNERABLE, code=1, strict=strict)
        assert code == 1
        assert "requirements.txt: VULNERABLE: flask 1.0: PYSEC-1" in told
        code, told = audit(tmp_path, npm=NPM_BAD, strict=strict)
        assert (code, "VULNERABLE: esbuild: high" in told) == (1, True)

    @pytest.mark.parametrize(
        ("python", "says", "npm"),
        [
            (None, "HTTPSConnectionPool(host='…'): Max retries exceeded", NPM_GOOD),
            (None, "[Errno -3] Temporary failure in name resolution", NPM_GOOD),
            (UNKNOWN, "No known vulnerabilities found", NPM_GOOD),
            (GOOD, "", NPM_AWAY),
        ],
    )
    def test_says_so_if_it_could_not_ask_and_fails_only_where_it_must(
        self, tmp_path: Path, python: object, says: str, npm: object
    ) -> None:
        for strict, expected in (("", 0), ("1", 1)):
            code, told = audit(tmp_path, python=python, says=says, npm=npm, strict=strict, code=1)
            assert (code, "NOT CHECKED" in told) == (expected, True)

    def test_is_not_fooled_by_a_database_that_knows_nothing_and_a_vulnerability(
        self, tmp_path: Path
    ) -> None:
        both = {"dependencies": UNKNOWN["dependencies"] + VULNERABLE["dependencies"]}
        assert audit(tmp_path, python=both)[0] == 1
        assert audit(tmp_path, python=VULNERABLE, npm=NPM_AWAY)[0] == 1

    @pytest.mark.parametrize(
        "broken",
        [
            {"python": EMPTY},
            {"python": None, "says": "invalid requirement", "code": 1},
            {"bom": {}},
        ],
    )
    def test_fails_if_a_tool_does_not_do_its_work(
        self, tmp_path: Path, broken: dict[str, object]
    ) -> None:
        code, told = audit(tmp_path, **broken)  # type: ignore[arg-type]  # the names above
        assert (code, "FAILED" in told) == (1, True)
