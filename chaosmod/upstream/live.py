"""``live``: the public module proxy, or whatever proxies the machine's GOPROXY names.

What is immutable (the .info, .mod and .zip of a version, and its checksum-database record) is kept on disk, so that only
the first run of a suite touches the network. What may change (``@v/list``, ``@latest``, ``@v/master.info``) is asked once
and then stays as it was until the session ends: two cases of a session see the same world.
"""

from __future__ import annotations

import functools
import hashlib
import re
import threading
import urllib.parse
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TypeVar

from chaosmod.errors import UpstreamError
from chaosmod.faults.request import Target, parse_target
from chaosmod.upstream import download, modpath
from chaosmod.upstream.base import NOT_FOUND, TEXT, Reply
from chaosmod.upstream.blobs import BlobStore
from chaosmod.upstream.dirhash import hash_gomod, hash_zip
from chaosmod.upstream.download import Absent
from chaosmod.upstream.proxytree import CONTENT_TYPES
from chaosmod.upstream.sumdb.database import parse_record

__all__ = ["Live", "proxies"]

T = TypeVar("T")


def proxies(goproxy: str) -> list[tuple[str, bool]]:
    """The (URL, whether any error leads to the next one) of a GOPROXY list; ``direct`` and ``off`` end it.

    The rules of cmd/go (modfetch/proxy.go, proxyList): the separator after an entry governs that entry.
    Raises UpstreamError where nothing is left, or for an entry that is neither http nor https.
    """
    found: list[tuple[str, bool]] = []
    for entry, separator in re.findall(r"([^,|]+)([,|]?)", goproxy):
        url = entry.strip().rstrip("/")
        if url in ("direct", "off"):
            break
        if not url:
            continue
        if "://" not in url and re.search(r"[.:/]", url):
            url = f"https://{url}"
        if not url.startswith(("https://", "http://")):
            raise UpstreamError(f"GOPROXY names {download.redact(url)}, which is no http or https address")
        found.append((url, separator == "|"))
    if not found:
        raise UpstreamError(f"GOPROXY={goproxy} names no proxy to fetch modules from; snapshot:DIR needs none")
    return found


class Live:
    """The proxies of ``goproxy``, with a cache in ``cache_dir`` that may be shared by sessions and processes.

    ``sumdb``: the name of the checksum database that the proxies pass on, None to compute every hash from the zip.
    ``public``: GOPRIVATE-style patterns of the modules whose names that database may see.
    """

    name = "live"
    blocking = True

    def __init__(
        self, goproxy: str, cache_dir: Path, sumdb: str | None = None, public: tuple[str, ...] = ("*",)
    ) -> None:
        """Raises UpstreamError for a GOPROXY with no proxy in it."""
        self.public = public
        self._proxies = proxies(goproxy)
        self._sumdb = sumdb
        self._store = BlobStore(cache_dir)
        self._session: dict[str, Reply] = {}
        self._sums: dict[tuple[str, str], tuple[str, str]] = {}
        self._locks: dict[str, threading.Lock] = {}
        self._guard = threading.Lock()

    def digest(self) -> str:
        """Of the list of proxies: what they serve for a version cannot change."""
        urls = [download.redact(url) for url, _ in self._proxies]
        return hashlib.sha256("\0".join(["live", *urls]).encode()).hexdigest()

    def fetch(self, path: str) -> Reply:
        target = parse_target(path)
        return self._fetch(path, target) if target.file in CONTENT_TYPES else NOT_FOUND

    def sums(self, module: str, version: str) -> tuple[str, str] | None:
        """As the database records it; computed from the files where there is no record to be had."""
        key = module, version
        if (known := self._sums.get(key)) is not None:
            return known
        found = self._recorded(module, version) or self._computed(module, version)
        if found is not None:
            self._sums[key] = found
        return found

    def _recorded(self, module: str, version: str) -> tuple[str, str] | None:
        if self._sumdb is None or not modpath.match_prefix_patterns(self.public, module):
            return None
        path = f"/sumdb/{self._sumdb}/lookup/{modpath.escape(module)}@{modpath.escape(version)}"
        try:
            reply = self._fetch(path, Target("lookup", module, version))
        except UpstreamError:
            return None  # a proxy that passes no database on may answer anything
        return parse_record(reply.read(), module, version)

    def _computed(self, module: str, version: str) -> tuple[str, str] | None:
        stem = f"/{modpath.escape(module)}/@v/{modpath.escape(version)}"
        archive, gomod = self.fetch(f"{stem}.zip"), self.fetch(f"{stem}.mod")
        if archive.file is None or gomod.file is None:
            return None
        return hash_zip(archive.file), hash_gomod(gomod.read())

    def _fetch(self, path: str, target: Target) -> Reply:
        """From this session's memory, from disk, or from the network; one thread at a time for a path."""
        with self._guard:
            lock = self._locks.setdefault(path, threading.Lock())
        with lock:
            if path in self._session:
                return self._session[path]
            kind = CONTENT_TYPES.get(target.file, TEXT)
            immutable = target.file in ("info", "mod", "zip", "lookup") and modpath.is_canonical(target.version)
            try:
                if immutable:
                    file = self._store.get(path) or self._ask(path, functools.partial(self._store.put, path))
                    return Reply(200, file=file, content_type=kind)
                reply = Reply(200, self._ask(path, b"".join), content_type=kind)
            except Absent as e:
                reply = Reply(e.status, e.body, content_type=TEXT)
            self._session[path] = reply
            return reply

    def _ask(self, path: str, keep: Callable[[Iterable[bytes]], T]) -> T:
        """What ``keep`` makes of the first proxy's answer that counts. Raises Absent or UpstreamError.

        As cmd/go does it (modfetch/proxy.go, TryProxies): after 404 and 410 the next proxy is asked, after other
        trouble only where a ``|`` says so, and an error that is no 404 is the one to report.
        """
        trouble: UpstreamError | None = None
        absent = Absent(404, NOT_FOUND.body)
        for url, whatever in self._proxies:
            try:
                return download.get(url + urllib.parse.quote(path, safe="/@!+~,=:$"), keep)
            except Absent as e:
                absent = e
            except UpstreamError as e:
                trouble = trouble or e
                if not whatever:
                    break
        raise trouble or absent
