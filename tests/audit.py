"""`make audit`: known vulnerabilities of the pinned packages, and the inventory of what is shipped.

It ends with 1 if a package has a known vulnerability or an inventory cannot be written. Where the
database cannot be asked it says so and ends with 0, or with 1 if AUDIT_STRICT=1.
"""

import json
import os
import re
import subprocess
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

SHIPPED = "requirements.txt"
PINNED = (SHIPPED, "requirements-dev.txt", "requirements-audit.txt")
BUILD = Path(os.environ.get("AUDIT_FOLDER") or "build/audit")
# npm's own words, and those of requests, urllib3 and the DNS.
_OUT_OF_REACH = re.compile(
    r"audit endpoint|connect|timed? ?out|name resolution|getaddrinfo|unreachable|max retries"
    r"|EAI_AGAIN|ENOTFOUND"
    r"|could not be audited|\b(?:403|404|405|429|50\d)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Finding:
    """What became of one list: its known vulnerabilities, and why some of it was not checked."""

    what: str
    vulnerable: Sequence[str] = ()
    unchecked: str = ""
    broken: str = ""


def main() -> int:
    """Audit every list, write the inventories, print what was found, and return the exit code."""
    BUILD.mkdir(parents=True, exist_ok=True)
    findings = [*(audit_python(file) for file in PINNED), audit_npm(), *write_inventories()]
    is_strict = os.environ.get("AUDIT_STRICT") == "1"
    for finding in findings:
        for line in _lines(finding, is_strict=is_strict):
            sys.stdout.write(f"audit: {finding.what}: {line}\n")
    has_failed = any(each.vulnerable or each.broken for each in findings)
    is_unchecked = any(each.unchecked for each in findings)
    return 1 if has_failed or (is_strict and is_unchecked) else 0


def audit_python(file: str) -> Finding:
    """Ask pip-audit about this list. Its exit code tells little, so its report is read.

    It ends with 1 after a finding as after an error, and with 0 even if it could ask about nothing.
    """
    report = BUILD / f"{Path(file).stem}.json"
    report.unlink(missing_ok=True)
    options = ["--disable-pip", "--require-hashes", "--progress-spinner", "off", "--format", "json"]
    told = _run("pip-audit", "--requirement", file, *options, "--output", str(report))
    packages = _json(report.read_text() if report.exists() else "").get("dependencies")
    if packages is None:
        return _without_report(file, told)
    names = [
        f"{each['name']} {each['version']}: {', '.join(vuln['id'] for vuln in each['vulns'])}"
        for each in packages
        if each.get("vulns")
    ]
    skipped = [each["name"] for each in packages if "skip_reason" in each]
    if not packages:
        return Finding(file, broken="pip-audit read no package in it")
    told_of = f"the database does not know {len(skipped)} of {len(packages)} packages"
    return Finding(file, vulnerable=names, unchecked=told_of if skipped else "")


def audit_npm() -> Finding:
    """Ask npm about package-lock.json."""
    what = "package-lock.json"
    told = _run("npm", "audit", "--package-lock-only", "--json")
    report = _json(told.stdout)
    if "metadata" not in report:
        return _without_report(what, told)
    known = report.get("vulnerabilities", {})
    return Finding(what, vulnerable=[f"{name}: {known[name]['severity']}" for name in known])


def write_inventories() -> Iterator[Finding]:
    """Write what the image holds as CycloneDX documents, PyPI's packages and npm's."""
    python, npm = BUILD / "python.cdx.json", BUILD / "npm.cdx.json"
    made = _run("cyclonedx-py", "requirements", SHIPPED, "--output-reproducible")
    yield _inventory(python, made)
    form = ["--sbom-format", "cyclonedx", "--package-lock-only", "--omit", "dev"]
    yield _inventory(npm, _run("npm", "sbom", *form))


def _inventory(path: Path, made: subprocess.CompletedProcess[str]) -> Finding:
    document = _json(made.stdout)
    if made.returncode or document.get("bomFormat") != "CycloneDX" or not document["components"]:
        return Finding(path.name, broken=f"could not be written: {_last_line(made)}")
    path.write_text(made.stdout)
    return Finding(path.name)


def _lines(finding: Finding, *, is_strict: bool) -> Iterator[str]:
    if finding.vulnerable:
        yield f"VULNERABLE: {'; '.join(finding.vulnerable)}"
    if finding.unchecked:
        yield f"NOT CHECKED{' (AUDIT_STRICT=1)' if is_strict else ''}: {finding.unchecked}"
    if finding.broken:
        yield f"FAILED: {finding.broken}"
    if not (finding.vulnerable or finding.unchecked or finding.broken):
        yield "written" if finding.what.endswith(".cdx.json") else "no known vulnerability"


def _without_report(what: str, told: subprocess.CompletedProcess[str]) -> Finding:
    reason = _json(told.stdout).get("message") or _last_line(told)
    if _OUT_OF_REACH.search(told.stdout + told.stderr):
        return Finding(what, unchecked=f"the database is out of reach: {reason}")
    return Finding(what, broken=reason)


def _run(*command: str) -> subprocess.CompletedProcess[str]:
    try:
        return subprocess.run(  # noqa: S603 - the tools named above
            command, capture_output=True, text=True, timeout=300, check=False
        )
    except FileNotFoundError:
        return subprocess.CompletedProcess(command, 127, "", f"there is no {command[0]}")
    except subprocess.TimeoutExpired:
        return subprocess.CompletedProcess(command, 124, "", f"{command[0]} timed out")


def _json(text: str) -> dict[str, Any]:
    try:
        read = json.loads(text)
    except ValueError:
        return {}
    return read if isinstance(read, dict) else {}


def _last_line(told: subprocess.CompletedProcess[str]) -> str:
    lines = [line.strip() for line in told.stderr.splitlines() if line.strip()]
    return lines[-1][:300] if lines else f"exit code {told.returncode}, and no word"


if __name__ == "__main__":
    sys.exit(main())
