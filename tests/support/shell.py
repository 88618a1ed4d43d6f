"""Running a shell in a sandbox."""

from __future__ import annotations

from chaosmod.lab.base import PLACES, Ended, Job
from chaosmod.lab.sandbox.sandbox import Sandbox

ENVIRONMENT = {"PATH": "/usr/bin:/bin:/usr/sbin:/sbin", "HOME": PLACES.home}


def sh(lab: Sandbox, script: str, *, offline: bool = False, timeout: float = 30) -> Ended:
    """Run ``script`` to its end."""
    process = lab.start(Job(["sh", "-c", script], ENVIRONMENT, PLACES.work, offline))
    return lab.wait([process], timeout)[0]
