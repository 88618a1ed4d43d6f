"""The errors that chaosmod raises on purpose; anything else that escapes is a defect of chaosmod."""

from __future__ import annotations

__all__ = ["ChaosmodError", "LabError", "NotHere", "UpstreamError", "UsageError", "WorkspaceError"]


class ChaosmodError(Exception):
    """Base of all errors whose text is written for the user: one sentence, with what to do."""


class UsageError(ChaosmodError):
    """An option, a file or a combination of them that cannot mean anything."""


class WorkspaceError(ChaosmodError):
    """The Go project under test cannot be used as it is (no go.mod, does not build in a healthy lab …)."""


class UpstreamError(ChaosmodError):
    """What should serve modules cannot be read or reached."""


class LabError(ChaosmodError):
    """The harness itself failed: the outcome of the case is ``broken-lab``, never a verdict."""


class NotHere(ChaosmodError):  # noqa: N818 - a reason to skip, not a failure
    """This machine or runner cannot express what was asked for: the case is skipped with this reason."""
