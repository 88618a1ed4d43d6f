"""``info``: what comes in the place of the file."""

import io

from chaosmod.faults.actions import Rewrite
from chaosmod.faults.edits.texts import other_version

from .acting import acts


def edited(damage: str, body: bytes) -> bytes:
    action = acts("info", damage, "info")
    assert isinstance(action, Rewrite)
    target = io.BytesIO()
    action.edit(io.BytesIO(body), target)
    return target.getvalue()


def test_the_file_of_something_else() -> None:
    assert acts("info", "other-version", "info") == Rewrite(other_version)


def test_nothing() -> None:
    assert edited("empty", b"something") == b""


def test_no_such_file() -> None:
    assert edited("malformed", b"something") == b"error: backend timed out\n"
