"""A first suite for a Go project: three scenarios with the verdicts that were measured for such projects."""

from __future__ import annotations

from collections.abc import Sequence

__all__ = ["suite"]

_LISTED = 5
"""Requirements that are named in a comment."""
_SCHEMA = (
    "# What may stand here: `chaosmod schema`, `chaosmod faults`, `chaosmod recoveries`. Run: `pytest {folder}/`\n"
)

_GONE = """\
scenario: gone-410
title: The proxy answers 410 Gone for a version that it used to serve
severity: P1
tags: [network, proxy]
{go}workspace: {workspace}                     # this project; it is copied, never written to

faults:
  - id: gone
    http: 410
    # {{direct}} is the first direct requirement, by path, whose zip the build needs. This project requires
{listed}
    # A module path or a pattern does as well: module: "{path}"
    match: {{host: primary, module: "{{direct}}", file: [info, mod, zip]}}

# What `go mod download` and `go build ./...` come to, and what a plain second try gives. Go's default GOPROXY is
# "{{primary}},direct", and after 410 Go goes on to `direct`: the repository, which is not to be had in the lab.
expect: {{outcome: failed, verdict: not-restored}}

recoveries:
  - {{do: clean-modcache, verdict: not-restored}}           # folklore: nothing in the cache was wrong
  - {{do: {{switch-proxy: {{to: mirror}}}}, verdict: restored}}
"""

_UNAVAILABLE = """\
scenario: unavailable-503
title: The proxy answers 503 Service Unavailable for one module
severity: P1
tags: [network, proxy]
{go}workspace: {workspace}

faults:
  - id: unavailable
    http: 503
    match: {{host: primary, module: "{{direct}}", file: [info, mod, zip]}}   # {{direct:2}} is the second, and so on

expect: {{outcome: failed, verdict: not-restored}}

recoveries:
  - {{do: {{retry: {{times: 2, backoff: 100ms}}}}, verdict: not-restored}}
  # After a comma Go asks the next proxy only where the one before said 404 or 410; after | on any error.
  - {{name: comma, do: {{proxy-fallback: {{separator: ",", to: mirror}}}}, verdict: not-restored}}
  - {{name: pipe, do: {{proxy-fallback: {{separator: "|", to: mirror}}}}, verdict: restored}}
"""

_OUTAGE = """\
scenario: outage
title: The whole proxy is out of order, and comes back
severity: P2
tags: [network, proxy]
{go}workspace: {workspace}
cache: cold                               # as on a fresh CI runner; with `cache: warm` nothing is asked for

faults:
  - id: outage
    http: 502
    match: {{host: primary}}                # everything that the proxy is asked for
    heals: before-recovery

expect: {{outcome: failed, verdict: restored}}   # once it is back, a plain second try is enough

recoveries:
  - {{do: retry, verdict: restored}}
"""


def suite(direct: Sequence[str], workspace: str, folder: str, go: str = "") -> dict[str, str]:
    """File name -> text, for a project that has ``direct`` (``path@version``) requirements, at least one.

    ``workspace`` is the project as seen from the files, ``folder`` the folder of the files as seen from the project,
    ``go`` a constraint on the Go releases that can build it, where the first one found cannot.
    """
    more = [f"… and {len(direct) - _LISTED} more"] if len(direct) > _LISTED else []
    listed = "\n".join(f"    #   {module}" for module in [*direct[:_LISTED], *more])
    texts = {"410.yml": _GONE, "503.yml": _UNAVAILABLE, "outage.yml": _OUTAGE}
    line = f'go: "{go}"                             # the releases that it runs on\n' if go else ""
    return {
        name: _SCHEMA.format(folder=folder)
        + text.format(go=line, workspace=workspace, listed=listed, path=direct[0].partition("@")[0])
        for name, text in texts.items()
    }
