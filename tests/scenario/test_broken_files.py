"""Generated broken files: whatever is written, the loader loads it or says what is wrong with it."""

import hypothesis.strategies as st
from hypothesis import HealthCheck, example, given, settings

from chaosmod.scenario import Scenario, ScenarioError, expand, loads

from .samples import FULL

LINES = FULL.splitlines(keepends=True)
ODD = [
    "[",
    "{",
    "}",
    "&a ",
    "*a",
    "!!x ",
    "<<: ",
    "? ",
    "|",
    ">",
    "\t",
    "'",
    '"',
    "---\n",
    "...\n",
    "%YAML 9.9\n",
    "\x00",
    "\x85",
]
ODD += [
    "\ufeff",
    "\ud800",
    "\\UFFFFFFFF",
    ".nan",
    ".inf",
    "9" * 5000,
    "1e999",
    "null",
    "~",
    "[" * 3000,
    "- " * 3000,
    "a: " * 50,
]
VALUES = [
    "",
    "~",
    "[]",
    "{}",
    "[[]]",
    "{a: b}",
    "x",
    "-1",
    "0",
    "1e9999",
    "nan",
    "'",
    "true",
    "off",
    "{else: x}",
    "é\u2028",
    "9" * 400,
]


@st.composite
def mutated(draw: st.DrawFn) -> str:
    lines = list(LINES)
    for _ in range(draw(st.integers(1, 4))):
        at = draw(st.integers(0, len(lines) - 1))
        kind = draw(st.sampled_from(["delete", "double", "move", "odd", "value", "indent", "key", "cut"]))
        line = lines[at]
        if kind == "delete":
            lines[at] = ""
        elif kind == "double":
            lines.insert(at, line)
        elif kind == "move":
            lines.insert(draw(st.integers(0, len(lines))), lines.pop(at))
        elif kind == "odd":
            position = draw(st.integers(0, len(line)))
            lines[at] = line[:position] + draw(st.sampled_from(ODD) | st.text(max_size=5)) + line[position:]
        elif kind == "value":
            lines[at] = line.partition(":")[0] + ": " + draw(st.sampled_from(VALUES)) + "\n"
        elif kind == "indent":
            lines[at] = " " * draw(st.integers(0, 6)) + line.lstrip()
        elif kind == "key":
            lines[at] = (
                draw(st.sampled_from(["on", "http", "faults", "id", "1", "''", "[a]", "else", "go << 1", "posture"]))
                + ":"
                + line.partition(":")[2]
            )
        else:
            lines[at] = line[: draw(st.integers(0, len(line)))]
            del lines[at + 1 :]
    return "".join(lines)


def verify(text: str) -> None:
    try:
        scenario = loads(text, "f")
    except ScenarioError as e:
        problems = e.problems
    else:
        assert isinstance(scenario, Scenario)
        assert all(case.expected_verdict for case in expand(scenario, ["1.26"], "sandbox"))
        return
    # PyYAML counts U+0085 and its like as ends of lines too.
    lines = 2 + sum(text.count(c) for c in "\n\r\x85\u2028\u2029")
    assert problems
    for problem in problems:
        assert problem.file == "f"
        assert 1 <= problem.line <= lines
        assert problem.column >= 1
        assert problem.message
        assert "\n" not in problem.message
        str(problem).encode()


@settings(max_examples=300, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(mutated())
def test_mutations_of_a_scenario(text: str) -> None:
    verify(text)


@settings(max_examples=200, deadline=None, derandomize=True)
@given(st.text() | st.text(alphabet="a:-[]{}&*!|>'\"%@`#,?\n\t 1"))
@example("? |\n")
@example("%TAG ! !\n--- !a b")
@example("a: !<x> b")
@example("&a : b")
@example("*")
def test_any_text(text: str) -> None:
    verify(text)


@settings(max_examples=100, deadline=None, derandomize=True)
@given(
    st.recursive(
        st.none()
        | st.booleans()
        | st.integers()
        | st.floats()
        | st.text(max_size=8)
        | st.sampled_from(["410", "restored"]),
        lambda inner: (
            st.lists(inner, max_size=3)
            | st.dictionaries(
                st.sampled_from(
                    ["scenario", "faults", "expect", "http", "match", "do", "verdict", "cache", "retry", "else"]
                ),
                inner,
                max_size=4,
            )
        ),
        max_leaves=12,
    ),
    st.sampled_from(
        [
            "faults",
            "expect",
            "recoveries",
            "posture",
            "postures",
            "cache",
            "home",
            "provoke",
            "within",
            "seed",
            "tags",
            "go",
        ]
    ),
)
def test_any_value_under_any_key(value: object, key: str) -> None:
    import yaml

    small = {"scenario": "a", "faults": [{"http": 410}], "expect": {"verdict": "harmed"}, key: value}
    verify(yaml.safe_dump(small, allow_unicode=True))
