"""``mod``: what comes in the place of the file."""

import io

from chaosmod.faults.actions import Rewrite
from chaosmod.faults.edits.texts import RenameModule

from .acting import acts


def edited(damage: str, body: bytes) -> bytes:
    action = acts("mod", damage, "mod")
    assert isinstance(action, Rewrite)
    target = io.BytesIO()
    action.edit(io.BytesIO(body), target)
    return target.getvalue()


def test_the_file_of_something_else() -> None:
    assert acts("mod", "other-path", "mod") == Rewrite(RenameModule("-renamed"))


def test_nothing() -> None:
    assert edited("empty", b"something") == b""


def test_no_such_file() -> None:
    assert edited("garbage", b"something") == b"\x1f\x8b\x08\x00\x00garbage"
