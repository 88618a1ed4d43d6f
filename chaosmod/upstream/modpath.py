"""Module paths and versions: escaping, semantic versions, pseudo-versions and GOPRIVATE patterns.

The rules are those of golang.org/x/mod (``module/module.go``, ``module/pseudo.go``, ``semver/semver.go``).
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterable

from chaosmod.faults.request import unescape

__all__ = [
    "canonical_escape",
    "escape",
    "is_canonical",
    "is_pseudo",
    "is_release",
    "is_version",
    "latest",
    "match_prefix_patterns",
    "unescape",
    "version_key",
]

_NUMBER = r"(?:0|[1-9][0-9]*)"
_PRERELEASE = r"(?:0|[1-9][0-9]*|[0-9]*[A-Za-z-][0-9A-Za-z-]*)"
_SEMVER = re.compile(
    rf"v({_NUMBER})\.({_NUMBER})\.({_NUMBER})"
    rf"(?:-({_PRERELEASE}(?:\.{_PRERELEASE})*))?"
    r"(\+[0-9A-Za-z-]+(?:\.[0-9A-Za-z-]+)*)?"
)
_PSEUDO = re.compile(r"v[0-9]+\.(?:0\.0-|\d+\.\d+-(?:[^+]*\.)?0\.)\d{14}-[A-Za-z0-9]+(?:\+[0-9A-Za-z.-]+)?")


def escape(name: str) -> str:
    """A module path or version as it stands in a proxy's URL: ``X`` becomes ``!x`` (module.EscapePath).

    >>> escape("corpus.example/Upper/Case")
    'corpus.example/!upper/!case'
    """
    return re.sub(r"[A-Z]", lambda m: "!" + m[0].lower(), name)


def canonical_escape(escaped: str) -> bool:
    """Whether ``escaped`` is what :func:`escape` gives for some name: no capital, and ``!`` only before a small letter.

    A proxy refuses any other spelling, else one module would have several addresses (module.UnescapePath).
    """
    return escape(unescape(escaped)) == escaped and not re.search(r"!(?![a-z])", escaped)


def is_version(version: str) -> bool:
    """Whether ``version`` is a full semantic version as Go wants it: ``v1.2.3`` with optional pre-release and build.

    The short forms ``v1`` and ``v1.2`` are queries, not versions.
    """
    return _SEMVER.fullmatch(version) is not None


def is_canonical(version: str) -> bool:
    """Whether ``version`` names one immutable content: a full version whose only build tag is ``+incompatible``.

    The rule of module.CanonicalVersion; everything else in a proxy's ``@v/`` (``master``, ``v1``) is a query.
    """
    m = _SEMVER.fullmatch(version)
    return m is not None and m[5] in (None, "+incompatible")


def is_pseudo(version: str) -> bool:
    """Whether ``version`` is a pseudo-version, made from a commit's time and hash (module.IsPseudoVersion)."""
    return version.count("-") >= 2 and is_version(version) and _PSEUDO.fullmatch(version) is not None


def is_release(version: str) -> bool:
    """Whether ``version`` is a full version without a pre-release part."""
    m = _SEMVER.fullmatch(version)
    return m is not None and m[4] is None


def _identifier(text: str) -> tuple[int, int, str]:
    return (0, int(text), "") if text.isdigit() else (1, 0, text)


@functools.lru_cache(maxsize=65536)
def version_key(version: str) -> tuple[object, ...]:
    """What versions are sorted by: semver precedence, then the text (module.Sort). Invalid ones come first.

    >>> sorted(["v1.10.0", "v1.9.0", "v1.10.0-rc.1"], key=version_key)
    ['v1.9.0', 'v1.10.0-rc.1', 'v1.10.0']
    """
    m = _SEMVER.fullmatch(version)
    if m is None:
        return (-1, 0, 0, (), version)
    # A release ranks above all of its pre-releases: (1,) is greater than any (0, …).
    rank: tuple[object, ...] = (1,) if m[4] is None else (0, *map(_identifier, m[4].split(".")))
    return (int(m[1]), int(m[2]), int(m[3]), rank, version)


def latest(versions: Iterable[str]) -> str | None:
    """The version a proxy's ``@latest`` names: the highest release, else pre-release, else pseudo-version.

    A release that follows the rules of modules is preferred to an ``+incompatible`` one, as cmd/go does
    (``modload/query.go``). None where there is no version at all.
    """

    def rank(version: str) -> tuple[object, ...]:
        kind = 0 if is_pseudo(version) else 3 if is_release(version) else 1
        return (kind - version.endswith("+incompatible"), version_key(version))

    return max(versions, key=rank, default=None)


def match_prefix_patterns(patterns: str | Iterable[str], path: str) -> bool:
    """Whether a leading part of ``path`` matches one of ``patterns`` (a GOPRIVATE list): module.MatchPrefixPatterns.

    A pattern of N elements is matched against the first N elements of the path; a malformed one matches nothing.

    >>> match_prefix_patterns("*.corp.example,secret.example/team", "git.corp.example/a/b")
    True
    """
    globs = patterns.split(",") if isinstance(patterns, str) else patterns
    return any(_matches(glob.removesuffix("/"), path) for glob in globs)


def _matches(glob: str, path: str) -> bool:
    elements = path.split("/")
    wanted = glob.count("/") + 1
    if not glob or len(elements) < wanted:
        return False
    pattern = _compile(glob)
    return pattern is not None and pattern.fullmatch("/".join(elements[:wanted])) is not None


_GLOB = re.compile(
    r"\*|\?|\[(?P<negated>\^?)(?P<set>(?:\\.|[^\]\\])+)\]|\\(?P<escaped>.)|(?P<literal>[^*?\[\\])", re.DOTALL
)
_RANGE = re.compile(r"(?:\\(.)|([^\\-]))(?:-(?:\\(.)|([^\\-])))?", re.DOTALL)


@functools.lru_cache(maxsize=1024)
def _compile(glob: str) -> re.Pattern[str] | None:
    """The pattern of Go's path.Match as a regular expression (``*`` and ``?`` stop at a slash); None if malformed."""
    out, at = [], 0
    while at < len(glob):
        token = _GLOB.match(glob, at)
        if token is None:
            return None
        at = token.end()
        if token["set"] is not None:
            members = _members(token["set"])
            if members is None:
                return None
            out.append(f"[{'^' if token['negated'] else ''}{members}]")
        elif token["escaped"] is not None or token["literal"] is not None:
            out.append(re.escape(token["escaped"] or token["literal"]))
        else:
            out.append("[^/]*" if token[0] == "*" else "[^/]")
    return re.compile("".join(out), re.DOTALL)


def _members(text: str) -> str | None:
    """The inside of a character class for ``re``; None where path.Match would say ErrBadPattern."""
    out, at = [], 0
    while at < len(text):
        m = _RANGE.match(text, at)
        if m is None:
            return None
        at = m.end()
        low, high = m[1] or m[2], m[3] or m[4] or m[1] or m[2]
        # A range that runs backwards is legal in Go and matches nothing.
        if low <= high:
            out.append(f"{re.escape(low)}-{re.escape(high)}")
    return "".join(out) or r"^\s\S"
