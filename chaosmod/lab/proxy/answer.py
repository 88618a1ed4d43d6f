"""What is sent in answer to a request: the upstream's reply, and what a fault makes of it.

No mitmproxy here: an :class:`Answer` says what the client gets, ``connection.py`` sends it.
"""

from __future__ import annotations

import io
import tempfile
import urllib.parse
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import BinaryIO, Literal, cast

from chaosmod.faults.actions import Close, Edit, Redirect, Relabel, Respond, Rewrite, Stop
from chaosmod.faults.extent import Extent
from chaosmod.faults.request import Request
from chaosmod.faults.sumdb_actions import Lie
from chaosmod.lab.proxy.origin import IN_MEMORY
from chaosmod.upstream.base import Reply

__all__ = ["Answer", "altered", "plain", "redirected", "responded", "told"]


@dataclass(frozen=True)
class Answer:
    """A response, as the client is to see it."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...] = ()
    """All but the Content-Length."""
    body: bytes | BinaryIO = b""
    """In memory; or a file at its beginning, to be streamed and then closed."""
    size: int = 0
    """The true length of the body, in bytes."""
    length: int | None = None
    """The Content-Length; None: there is none."""
    silent: bool = False
    """Not even the head is sent."""
    stop: int | None = None
    """After so many bytes of the body nothing more is sent; None: all of it is."""
    effect: str = ""
    """What a fault has changed, in words; empty: nothing."""

    @property
    def streamed(self) -> bool:
        """Whether it takes the origin to send it."""
        return self.stop is not None or not isinstance(self.body, bytes)

    @property
    def head(self) -> tuple[tuple[bytes, bytes], ...]:
        """All headers."""
        return self.headers if self.length is None else (*self.headers, (b"content-length", b"%d" % self.length))

    def reader(self) -> BinaryIO:
        """The body, to be read."""
        return io.BytesIO(self.body) if isinstance(self.body, bytes) else self.body


def plain(reply: Reply) -> Answer:
    """The upstream's reply as it is."""
    size = reply.size
    body = reply.file.open("rb") if reply.file is not None and size > IN_MEMORY else reply.read()
    return Answer(reply.status, ((b"content-type", reply.content_type.encode()),), body, size, size)


def responded(action: Respond) -> Answer:
    """The fault's own answer."""
    headers = tuple((name.encode(), value.encode()) for name, value in action.headers)
    said = {name.lower() for name, _ in headers}
    # RFC 9110, section 8.6: there is none in a 204. One that the scenario states stays as it is.
    length = None if b"content-length" in said or action.status == 204 else len(action.body)
    return Answer(action.status, headers, action.body, len(action.body), length, effect=str(action))


def redirected(action: Redirect, request: Request, hosts: Mapping[str, str]) -> Answer:
    """A redirection; ``hosts`` maps host names to roles."""
    host = next((name for name, role in hosts.items() if role == action.role), request.host)
    path = urllib.parse.quote(request.path, safe="/?&=@:!+,;~")
    location = action.url or f"{action.scheme or request.scheme}://{host}{path}"
    return Answer(action.status, ((b"location", location.encode()),), length=0, effect=str(action))


def told(action: Lie, said: Reply, lie: Reply | None) -> Answer:
    """The lie of a checksum database in place of what it ``said``; None: there was nothing to lie about."""
    return plain(said) if lie is None else replace(plain(lie), effect=str(action))


def altered(action: Rewrite | Relabel | Stop, reply: Reply, protocol: Literal["h1", "h2"] = "h2") -> Answer:
    """The upstream's reply, changed; unchanged, and without an effect, where the client could not tell the difference.

    Blocks while a large body is edited. Raises ValueError where the upstream's body is not what the edit is for.
    """
    if isinstance(action, Rewrite):
        return _rewritten(action.edit, reply) if reply.status == 200 else plain(reply)
    answer = plain(reply)
    return _relabelled(action, answer) if isinstance(action, Relabel) else _stopped(action, answer, protocol)


def _relabelled(action: Relabel, answer: Answer) -> Answer:
    if action.by is None:
        return replace(answer, length=None, effect=str(action))
    length = max(0, answer.size + action.by)
    done = Relabel(length - answer.size)
    return replace(answer, length=length, effect=str(done) if done.by else "")


def _stopped(action: Stop, answer: Answer, protocol: str) -> Answer:
    if action.after is None:
        return replace(answer, silent=True, stop=0, effect=str(action))
    stop = action.after.of(answer.size)
    if stop == answer.size and protocol == "h1" and not isinstance(action.ending, Close):
        # HTTP/1 counts the bytes (RFC 9112, section 6.3): the answer is whole. HTTP/2 has yet to mark its end.
        return answer
    done = action if action.after.percent else replace(action, after=Extent(stop))
    return replace(answer, stop=stop, effect=str(done))


def _rewritten(edit: Edit, reply: Reply) -> Answer:
    # Without a name on the disk it is gone with the process, whatever becomes of that.
    spool = tempfile.SpooledTemporaryFile(max_size=IN_MEMORY)  # noqa: SIM115 - the origin closes it
    target = cast(BinaryIO, spool)
    source = reply.file.open("rb") if reply.file is not None else io.BytesIO(reply.body)
    try:
        with source:
            effect = edit(source, target)
    except BaseException:
        target.close()
        raise
    size = target.seek(0, io.SEEK_END)
    target.seek(0)
    body: bytes | BinaryIO = target
    if size <= IN_MEMORY:
        with target:
            body = target.read()
    return Answer(reply.status, ((b"content-type", reply.content_type.encode()),), body, size, size, effect=effect)
