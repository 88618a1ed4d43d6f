"""The documentation is tried out: commands are run and their output compared, examples are loaded, links are followed.

A page is a session: its blocks are used in order, in one new folder. What a block is for stands in a comment above it:

- ``<!-- file: PATH -->``: the block is written to PATH, relative to the page's folder
- ``<!-- scenario -->``: the block is a scenario, and has to load
- ``<!-- fragment of KEY -->``: the block is what may stand under KEY of a scenario
- ``<!-- not run: REASON -->``: a console block whose commands are not run here
- no comment: ```` ```console ```` blocks are run. In their output ``…`` stands for anything, and a line of it for any lines.
"""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from chaosmod.cli import COMMANDS
from chaosmod.commands.run import plugin
from chaosmod.diagnose.matcher import known
from chaosmod.lab.state import VARIABLE
from chaosmod.options import OPTIONS
from chaosmod.scenario import Scenario, load, loads
from chaosmod.scenario.words import VERDICTS
from tests.support.lab import CACHE
from tests.support.processes import ROOT
from tests.support.projects import Client, release

PAGES = sorted([ROOT / "README.md", *(ROOT / "docs").glob("*.md")])
SCENARIOS = sorted((ROOT / "scenarios").rglob("*.yml"))
LIVE = {"README.md"}
"""Pages whose commands ask the public module proxy."""
IN_A_CLONE = {"new-fault.md"}
"""Pages whose commands run in a copy of the repository."""
NETWORK = {"http", "content", "link", "tls", "dns", "sumdb", "network"}

_BLOCK = re.compile(r"(?:^<!-- (?P<note>[^\n]*?) -->\n)?^```(?P<language>\w*)\n(?P<text>.*?)^```$", re.M | re.S)


@dataclass(frozen=True)
class Command:
    """One command of a console block, with what the page says that it prints."""

    line: str
    output: tuple[str, ...]


@dataclass(frozen=True)
class Block:
    """A fenced block."""

    language: str
    text: str
    note: str

    @property
    def commands(self) -> list[Command]:
        found: list[tuple[str, list[str]]] = []
        for line in self.text.splitlines():
            if line.startswith("$ "):
                found.append((line[2:], []))
            else:
                found[-1][1].append(line)
        return [Command(line, tuple(output)) for line, output in found]


def blocks(page: Path) -> list[Block]:
    return [Block(m["language"], m["text"], m["note"] or "") for m in _BLOCK.finditer(page.read_text())]


def pages_with_commands() -> list[object]:
    return list(_pages_with_commands())


def _pages_with_commands() -> Iterator[object]:
    for page in PAGES:
        if any(b.language in ("console", "sh") and not b.note.startswith("not run") for b in blocks(page)):
            marks = [pytest.mark.namespaces, *([pytest.mark.live] if page.name in LIVE else [])]
            yield pytest.param(page, marks=marks, id=page.name)


@dataclass
class Reader:
    """Somebody who does what a page says."""

    folder: Path
    home: Path
    directory: Path = field(init=False)

    def __post_init__(self) -> None:
        self.directory = self.folder
        tools = self.home / "bin"
        tools.mkdir(parents=True)
        for name, module in (("pytest", f"pytest -p {plugin()} -p no:cacheprovider"), ("chaosmod", "chaosmod")):
            (tools / name).write_text(f'#!/bin/sh\nexec "{sys.executable}" -m {module} "$@"\n')
            (tools / name).chmod(0o755)
        client = Client(self.home)
        go = release().goroot
        self.environment = {
            **{k: v for k, v in client.environment().items() if not k.startswith(("PYTEST_", "CHAOSMOD_"))},
            "PATH": f"{tools}:{go}/bin:{os.environ['PATH']}",
            "PYTHONPATH": str(self.folder if (self.folder / "chaosmod").is_dir() else ROOT),
            "COLUMNS": "100",
            VARIABLE: str(CACHE),
        }

    def run(self, line: str) -> str:
        """What ``line`` prints; it has to succeed. Where it leaves the shell is where the next one begins."""
        script = f"{line}\nstatus=$?\npwd > {self.home}/pwd\nexit $status"
        run = subprocess.run(
            ["bash", "-c", script],
            cwd=self.directory,
            env=self.environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            timeout=900,
        )
        assert run.returncode == 0, f"$ {line}\n{run.stdout}"
        self.directory = Path((self.home / "pwd").read_text().strip())
        return run.stdout


_VARIES = re.compile(
    r"(?P<anything>…)|(?P<run>\b\d{8}T\d{6}Z-[0-9a-f]{4}\b)|(?P<release>\bgo1\.\d+\b)|(?P<seconds> *(?<![\w.])\d+\.\d+(?![\w.]))"
)
_ANY = {"anything": r".*", "run": r"\d{8}T\d{6}Z-[0-9a-f]{4}", "release": r"go1\.\d+", "seconds": r" *\d+\.\d+"}


def as_pattern(output: tuple[str, ...]) -> re.Pattern[str]:
    """The output as the page has it, pasted from a run: seconds, ids of runs and releases may be others."""
    parts = []
    for line in output:
        if line.strip() == "…":
            parts.append(r"(?:.*\n)*?")
            continue
        at = 0
        for found in _VARIES.finditer(line):
            parts += [re.escape(line[at : found.start()]), _ANY[str(found.lastgroup)]]
            at = found.end()
        parts.append(re.escape(line[at:].rstrip()) + r"[ \t]*\n")
    return re.compile("".join(parts) + r"\s*")


@pytest.mark.parametrize("page", pages_with_commands())
def test_commands_print_what_the_page_says(page, tmp_path):
    folder = tmp_path / "reader"
    if page.name in IN_A_CLONE:
        ignored = shutil.ignore_patterns(".git", ".venv*", ".chaosmod", ".toolchains", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, folder, ignore=ignored)
    else:
        folder.mkdir()
    reader = Reader(folder, tmp_path / "home")
    for block in blocks(page):
        if block.note.startswith("file: "):
            file = reader.directory / block.note.removeprefix("file: ")
            file.parent.mkdir(parents=True, exist_ok=True)
            file.write_text(block.text)
        elif block.language in ("console", "sh") and not block.note.startswith("not run: "):
            for command in block.commands:
                printed = reader.run(command.line)
                if command.output:
                    assert as_pattern(command.output).fullmatch(printed), f"$ {command.line}\n{printed}"


def test_what_is_not_run_is_run_elsewhere():
    """Installing and make are what continuous integration does first; everything else runs here."""
    words = {c.line.split()[0] for p in PAGES for b in blocks(p) if b.note.startswith("not run") for c in b.commands}
    assert words <= {"make", "pip"}
    steps = (ROOT / ".ci" / "run").read_text()
    assert "make venv" in steps
    assert "make test" in steps


@pytest.mark.parametrize("page", [p for p in PAGES if p.name not in IN_A_CLONE], ids=lambda p: p.name)
def test_scenarios_on_a_page_load(page):
    for block in blocks(page):
        if block.language != "yaml":
            continue
        if block.note == "scenario" or block.note.startswith("file: "):
            loads(block.text, str(page), known())
        else:
            key = block.note.removeprefix("fragment of ")
            assert key in Scenario.model_fields, (
                f"{page.name}: a yaml block that does not say what it is:\n{block.text}"
            )
            rest = {"faults": "faults: [http: 410]\n", "expect": "expect: {verdict: survived}\n"}
            head = "".join(text for name, text in rest.items() if name != key)
            loads(f"scenario: x\n{head}{block.text}", str(page), known())


@pytest.mark.parametrize("page", PAGES, ids=lambda p: p.name)
def test_links_lead_somewhere(page):
    text = _BLOCK.sub("", page.read_text())
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        path, _, anchor = target.partition("#")
        if re.match(r"[a-z]+:", path):
            continue
        file = (page.parent / path) if path else page
        assert file.exists(), f"{page.name}: {target}"
        if anchor:
            headings = re.findall(r"^#+ (.+)$", file.read_text(), re.M)
            assert anchor in {re.sub(r"[^a-z0-9 -]", "", h.lower()).replace(" ", "-") for h in headings}, target


def test_every_page_is_reached_from_the_readme():
    text = (ROOT / "README.md").read_text()
    assert [p.name for p in PAGES if p.parent.name == "docs" and f"(docs/{p.name})" not in text] == []


def rows(page: Path, first: str) -> list[list[str]]:
    """The rows of the table whose head begins with ``first``."""
    lines = page.read_text().splitlines()
    start = next(n for n, line in enumerate(lines) if line.startswith(f"| {first} |"))
    found = []
    for line in lines[start + 2 :]:
        if not line.startswith("|"):
            break
        found.append([cell.strip() for cell in line.strip("|").split(" | ")])
    return found


def test_the_table_of_options_is_the_plugins():
    told = {flag.split()[0].strip("`"): ini.strip("`") for flag, ini, _ in rows(ROOT / "README.md", "flag")}
    assert told == {o.flag: o.ini for o in OPTIONS}


def test_the_commands_are_those_of_the_command_line():
    text = (ROOT / "README.md").read_text()
    sentence = text[text.index("Commands: `chaosmod run`") :].partition(";")[0]
    assert set(re.findall(r"`(?:chaosmod )?([a-z]+)`", sentence)) == set(COMMANDS)


def test_every_requirement_has_a_reason():
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]
    extras = {r for name in ("go", "docker", "dev") for r in project["optional-dependencies"][name]}
    required = {re.match(r"[\w-]+", r)[0] for r in [*project["dependencies"], *extras]}
    told = set(re.findall(r"`([\w-]+)`", (ROOT / "docs" / "dependencies.md").read_text()))
    assert required - told == set()


def test_the_verdicts_are_in_their_order():
    page = ROOT / "docs" / "verdicts.md"
    assert tuple(row[0].strip("`") for row in rows(page, "verdict")) == VERDICTS
    assert [row[0].strip("`") for row in rows(page, "outcome")] == ["vacuous", "broken-lab"]


def test_the_table_of_checks_has_them_all():
    from chaosmod.checks.base import CHECKS

    assert {row[0].strip("`") for row in rows(ROOT / "docs" / "verdicts.md", "check")} == set(CHECKS)


def test_the_scenario_reference_has_every_key():
    from chaosmod.faults.match import Match
    from chaosmod.faults.schedule import Schedule
    from chaosmod.scenario.model import FaultFrame, Provoke, RecoveryFrame

    def keys(model) -> set[str]:
        return {f.alias or name for name, f in model.model_fields.items()}

    page = ROOT / "docs" / "scenarios.md"
    tables = {"scenario": keys(Scenario) | set(Scenario.also), "run": keys(Provoke), "a fault": keys(FaultFrame)}
    tables |= {"host": keys(Match), "skip": keys(Schedule), "do": keys(RecoveryFrame) | {"do"}}
    text = page.read_text()
    heads = [m.start() for m in re.finditer(r"^\| key \|", text, re.M)]
    seen = {}
    for start in heads:
        lines = text[start:].splitlines()[2:]
        table = lines[: next((n for n, line in enumerate(lines) if not line.startswith("|")), len(lines))]
        first = table[0].split("|")[1].strip().strip("`")
        seen[first] = set(re.findall(r"`([a-z-]+)`", " ".join(line.split("|")[1] for line in table)))
    assert seen == tables


@pytest.mark.parametrize("file", SCENARIOS, ids=lambda f: str(f.relative_to(ROOT / "scenarios")))
def test_shipped_scenarios_are_complete(file):
    scenario = load(file, known())
    depth = len(file.relative_to(ROOT / "scenarios").parts)
    schema = "../" * depth + "chaosmod/scenario/schema.json"
    assert scenario.text.startswith(f"# yaml-language-server: $schema={schema}\n")
    assert scenario.title != scenario.name
    assert "severity" in scenario.lines
    assert scenario.reference
    if NETWORK & {file.parent.name, *scenario.tags}:
        assert len(scenario.recoveries) >= 2


def test_names_of_shipped_scenarios_are_unique():
    named = [load(file).name for file in SCENARIOS]
    assert sorted(n for n in set(named) if named.count(n) > 1) == []
