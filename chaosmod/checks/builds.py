"""Two fingerprints side by side, in words."""

from __future__ import annotations

from collections.abc import Iterable

from chaosmod.history import BuildMeasured, Fingerprint, History, Package, When

__all__ = ["amount", "differences", "fingerprint", "modules", "some"]


def fingerprint(history: History, *when: When) -> Fingerprint | None:
    """The fingerprint of the latest successful build at the first of the points ``when`` that has one."""
    for point in when:
        build = history.last(BuildMeasured, when=point)
        if build is not None and build.outcome == "ok" and build.fingerprint is not None:
            return build.fingerprint
    return None


def modules(build: Fingerprint) -> dict[str, tuple[str, str]]:
    """The modules that a build took packages from: path -> (version, go.sum hash)."""
    return {p.module: (p.version, p.sum) for p in build.packages.values() if p.module}


def _package(name: str, package: Package) -> str:
    of = f" of {package.module}@{package.version}" if package.module else ""
    return f"package {name}{of}"


def _changed(name: str, was: Package, now: Package) -> str:
    if (was.module, was.version) != (now.module, now.version):
        before = f"{was.module}@{was.version}" if was.module else "no module"
        return f"package {name} comes from {now.module or 'no module'}@{now.version} and came from {before}"
    if was.sum != now.sum:
        return f"{_package(name, now)} has the go.sum hash {now.sum or '(none)'}, where it was {was.sum or '(none)'}"
    return f"{_package(name, now)} was compiled from other content"


def differences(was: Fingerprint, now: Fingerprint) -> list[str]:
    """In which packages and binaries ``now`` differs from ``was``, one phrase each; empty: the same build.

    Packages of modules come first: where a dependency changes, its importers often change with it.
    """
    both = sorted(was.packages.keys() & now.packages.keys(), key=lambda n: (not now.packages[n].module, n))
    found = [_changed(n, was.packages[n], now.packages[n]) for n in both if was.packages[n] != now.packages[n]]
    found += [f"{_package(n, was.packages[n])} is missing" for n in sorted(was.packages.keys() - now.packages.keys())]
    found += [f"{_package(n, now.packages[n])} is new" for n in sorted(now.packages.keys() - was.packages.keys())]
    for name in sorted(was.binaries.keys() | now.binaries.keys()):
        if name not in now.binaries:
            found.append(f"binary {name} is missing")
        elif name not in was.binaries:
            found.append(f"binary {name} is new")
        elif was.binaries[name] != now.binaries[name]:
            found.append(f"binary {name} differs")
    return found


def some(phrases: Iterable[str], limit: int = 3) -> str:
    """The first ``limit`` phrases joined, and how many more there are."""
    phrases = list(phrases)
    more = f"; and {len(phrases) - limit} more" if len(phrases) > limit else ""
    return "; ".join(phrases[:limit]) + more


def amount(n: int, one: str, many: str = "") -> str:
    """``1 binary``, ``2 binaries``; ``many`` is for words that take more than an s.

    >>> amount(1, "request"), amount(0, "request")
    ('1 request', '0 requests')
    """
    return f"{n} {one if n == 1 else many or one + 's'}"
