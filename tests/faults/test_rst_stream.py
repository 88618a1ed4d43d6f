"""``rst-stream``: the code and the place."""

from typing import Any

import pytest
from pydantic import ValidationError

from chaosmod.faults.actions import ResetStream, Stop
from chaosmod.faults.extent import Extent

from .acting import acts, asked, fault


@pytest.mark.parametrize(
    ("spec", "expected"),
    [
        (None, Stop(ResetStream(2))),
        ("REFUSED_STREAM", Stop(ResetStream(7))),
        ({"code": "CANCEL", "after": "20"}, Stop(ResetStream(8), Extent(20))),
    ],
)
def test_resets(spec: Any, expected: Stop) -> None:
    assert acts("rst-stream", spec) == expected


@pytest.mark.parametrize("spec", ["refused_stream", 7, {"code": "CANCEL", "by": "reset"}])
def test_no_resets(spec: Any) -> None:
    with pytest.raises(ValidationError):
        acts("rst-stream", spec)


def test_http_1_has_no_streams() -> None:
    assert fault("rst-stream").concerns(asked(protocol="h2"))
    assert not fault("rst-stream").concerns(asked(protocol="h1"))
