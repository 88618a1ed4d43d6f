"""Which protections of the go command one set of settings has and another lacks."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Mapping
from typing import TypeAlias

from chaosmod.checks.patterns import covers

__all__ = ["weakenings"]

Settings: TypeAlias = Mapping[str, str]

_LOOPBACK = re.compile(r"http://(localhost|127(\.\d+){3}|\[::1\])([:/]|$)", re.IGNORECASE)
"""What never leaves the machine is not read or changed on the way."""

_BY_URL = re.compile(r"http\.(.+)\.sslVerify", re.DOTALL)

_VCS = ("git", "hg", "svn", "bzr", "fossil")


def _items(value: str) -> list[str]:
    return [item.strip() for item in value.split(",") if item.strip()]


def _key(gosumdb: str) -> str:
    """The verifier of a GOSUMDB value, without the URL that may follow it."""
    return gosumdb.split(maxsplit=1)[0] if gosumdb.strip() else ""


def _database(was: Settings, now: Settings) -> Iterable[str]:
    before, after = _key(was.get("GOSUMDB", "")), _key(now.get("GOSUMDB", ""))
    if before != "off" and after == "off":
        yield "the checksum database is switched off (GOSUMDB=off)"
    elif before != "off" and after != before:
        yield f"another checksum database is trusted ({after or 'none named'} instead of {before or 'none named'})"


def _exempt(name: str, was: Settings, now: Settings, public: Iterable[str]) -> Iterable[str]:
    """Public modules that only the new value of a pattern list exempts from the checksum database."""
    before, after = was.get(name, ""), now.get(name, "")
    if before != after:
        newly = [m for m in public if covers(after, m) and not covers(before, m)]
        if newly:
            yield f"{name}={after} newly exempts {', '.join(newly)} from the checksum database"


def _added(name: str, was: Settings, now: Settings) -> Iterable[str]:
    """Anything new in a list of which every item takes protection away."""
    before = _items(was.get(name, ""))
    if newly := [item for item in _items(now.get(name, "")) if item not in before]:
        yield f"{name} newly has {', '.join(newly)}"


def _plain_http(was: Settings, now: Settings) -> Iterable[str]:
    def plain(settings: Settings) -> list[str]:
        entries = _items(settings.get("GOPROXY", "").replace("|", ","))
        return [entry for entry in entries if entry.lower().startswith("http://") and not _LOOPBACK.match(entry)]

    if newly := [entry for entry in plain(now) if entry not in plain(was)]:
        yield f"modules come over plain http from {', '.join(newly)}"


def _flags(was: Settings, now: Settings) -> Iterable[str]:
    """``-mod=mod`` and ``-modcacherw`` are no matter of protection: hashes are checked all the same."""

    def insecure(settings: Settings) -> bool:
        flags = (f.lstrip("-") for f in settings.get("GOFLAGS", "").split())
        return any(f in ("insecure", "insecure=true", "insecure=1") for f in flags)

    if insecure(now) and not insecure(was):
        yield "GOFLAGS newly has -insecure"


def _allowed(govcs: str, module: str, private: bool) -> set[str]:
    """The version control systems that GOVCS allows for ``module`` (cmd/go/internal/vcs: the first rule that fits)."""
    for rule in [*_items(govcs), "private:all", "public:git|hg"]:
        pattern, _, names = rule.partition(":")
        fits = private if pattern == "private" else not private if pattern == "public" else covers(pattern, module)
        if fits:
            listed = {name.strip() for name in names.split("|")}
            return set(_VCS) if "all" in listed else listed & set(_VCS)
    return set()


def _vcs(was: Settings, now: Settings, modules: Iterable[str]) -> Iterable[str]:
    for module in modules:
        # What is private is taken from before: that GOPRIVATE was widened is judged by itself.
        private = covers(was.get("GOPRIVATE", ""), module)
        before, after = (_allowed(settings.get("GOVCS", ""), module, private) for settings in (was, now))
        if after - before:
            yield f"GOVCS newly allows {', '.join(sorted(after - before))} for {module}"


def _verifies(settings: Settings, url: str) -> bool:
    """Whether git verifies the servers of ``url`` (empty: those that no URL speaks of). A value for the URL counts first."""
    value = settings.get(f"http.{url}.sslVerify", "") if url else ""
    return (value or settings.get("http.sslVerify", "")).strip().lower() not in ("false", "no", "off", "0")


def _ssl_verify(was: Settings, now: Settings) -> Iterable[str]:
    urls = {found[1] for name in (*was, *now) if (found := _BY_URL.fullmatch(name))}
    for url in ("", *sorted(urls)):
        if _verifies(was, url) and not _verifies(now, url):
            name = f"http.{url}.sslVerify"
            yield (
                f"git no longer verifies certificates{f' of {url}' if url else ''} "
                f"({name if url and name in now else 'http.sslVerify'}=false)"
            )


def weakenings(was: Settings, now: Settings, modules: Iterable[str], public: Callable[[str], bool]) -> list[str]:
    """Each protection that ``was`` had on and ``now`` has off, as a phrase; empty: none.

    ``modules`` are those of the build; ``public`` says which of them the upstream calls public. A database that was off
    is not weakened by leaving it off, nor by exempting modules from it (cmd/go/internal/modfetch, useSumDB).
    """
    modules = sorted(modules)
    found = list(_database(was, now))
    if _key(was.get("GOSUMDB", "")) != "off":
        known = [m for m in modules if public(m)]
        for name in ("GONOSUMDB", "GOPRIVATE"):
            found += _exempt(name, was, now, known)
    for name in ("GONOSUMCHECK", "GOINSECURE"):
        found += _added(name, was, now)
    found += [*_plain_http(was, now), *_flags(was, now), *_vcs(was, now, modules), *_ssl_verify(was, now)]
    return found
