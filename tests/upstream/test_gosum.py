from __future__ import annotations

import pytest

from chaosmod.errors import UpstreamError
from chaosmod.upstream.gosum import go_sum, requirements

GOMOD = """\
// a comment
module main.example

go 1.21

require single.example v1.0.0 // indirect

require (
\tb.example v1.10.0
\tb.example/v2 v2.0.0

\ta.example v0.1.0 // indirect
\tlocal.example v0.0.0
\tfork.example v1.0.0
)

replace local.example => ../local
replace (
\tfork.example v1.0.0 => other.example v1.0.0
)
exclude b.example v1.0.0
"""


def test_requirements() -> None:
    assert [m for m, _ in requirements(GOMOD)] == [
        "single.example",
        "b.example",
        "b.example/v2",
        "a.example",
        "fork.example",
    ]


def test_lines_are_sorted() -> None:
    assert go_sum("require (\n b.example v1.0.0\n a.example v1.0.0\n)", lambda m, v: (f"h1:{m[0]}", "h1:m")) == (
        "a.example v1.0.0 h1:a\na.example v1.0.0/go.mod h1:m\nb.example v1.0.0 h1:b\nb.example v1.0.0/go.mod h1:m\n"
    )


def test_unknown_requirement() -> None:
    with pytest.raises(UpstreamError, match=r"single\.example@v1\.0\.0, which the upstream does not have"):
        go_sum("require single.example v1.0.0", lambda m, v: None)
