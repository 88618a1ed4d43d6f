import io
import json

import pytest
from _pytest._io import TerminalWriter

from chaosmod.report.failure import Failure, coloured, longrepr

TEXT = "verdict harmed, expected restored\n\n  verdict   a   b   ✗\nWhy\n  - it is\n   primary  ← gone\n  >  9  - x\n"


def report():
    failure = longrepr(Failure("verdict harmed, expected restored: it is", TEXT, "x.yml", 9))
    return pytest.TestReport("x.yml::none", ("x.yml", 8, "none"), {}, "failed", failure, "call")


def written(made):
    file = io.StringIO()
    writer = TerminalWriter(file)
    writer.hasmarkup = True
    made.longrepr.toterminal(writer)
    return file.getvalue()


def test_text_and_reason_survive_the_way_from_a_worker():
    made = pytest.TestReport._from_json(json.loads(json.dumps(report()._to_json())))
    assert made.longreprtext == TEXT.rstrip()
    assert made.longrepr.reprcrash.message == "verdict harmed, expected restored: it is"
    assert (made.longrepr.reprcrash.path, made.longrepr.reprcrash.lineno) == ("x.yml", 9)


def test_in_colour():
    made = report()
    assert "\x1b" not in written(made)
    coloured(made)
    assert written(made).splitlines()[:7] == [
        "\x1b[31m\x1b[1mverdict harmed, expected restored\x1b[0m",
        "",
        "\x1b[31m\x1b[1m  verdict   a   b   ✗\x1b[0m",
        "\x1b[1mWhy\x1b[0m",
        "  - it is",
        "\x1b[33m   primary  ← gone\x1b[0m",
        "\x1b[33m  >  9  - x\x1b[0m",
    ]


def test_a_coloured_text_is_a_text_all_the_same():
    made = report()
    coloured(made)
    coloured(made)
    made.longrepr.addsection("more", "of it")
    assert made.longreprtext.startswith(TEXT.rstrip())
    assert "of it" in made.longreprtext
    assert made._to_json()["longrepr"]["reprcrash"]["message"] == "verdict harmed, expected restored: it is"


def test_what_is_not_ours_is_left_alone():
    made = report()
    made.longrepr = "crashed"
    coloured(made)
    assert made.longrepr == "crashed"
