"""GET from the machine's real network: the machine's own certificate authorities and proxy settings, bounded retries."""

from __future__ import annotations

import base64
import functools
import http.client
import ssl
import time
import urllib.error
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterable, Iterator
from typing import IO, TypeVar

from chaosmod.errors import UpstreamError

__all__ = ["Absent", "get", "redact"]

T = TypeVar("T")

_ABSENT = (404, 410)
"""The statuses that mean "there is no such thing" (cmd/go/internal/web, HTTPError.Is)."""
_TRANSIENT = (429, 500, 502, 503, 504)
_ATTEMPTS = 3
_PAUSE = 0.3
"""Seconds before the second attempt; twice that before the third."""
_TIMEOUT = 30.0
"""Seconds without a single byte."""
_CHUNK = 1 << 18
_MESSAGE = 4096
"""Bytes of an error's text that are kept."""


class Absent(Exception):  # noqa: N818 - an answer, not a failure
    """The server said that there is no such thing: ``status`` is 404 or 410, ``body`` its words."""

    def __init__(self, status: int, body: bytes) -> None:
        super().__init__(status)
        self.status = status
        self.body = body


def get(url: str, keep: Callable[[Iterable[bytes]], T]) -> T:
    """What ``keep`` makes of the body at ``url``; it is called again, with the body anew, where an attempt broke off.

    Raises Absent for 404 and 410, and UpstreamError for any other answer or where the last attempt failed too.
    """
    trouble: Exception | None = None
    for attempt in range(_ATTEMPTS):
        time.sleep(_PAUSE * attempt)
        try:
            with _open(url) as reply:
                if reply.headers.get_content_type() == "text/html":
                    # With status 200: the sign-in page of a network, which would stay in a cache for good.
                    raise UpstreamError(f"{redact(url)} is answered with a web page, as a captive portal does")
                return keep(_chunks(reply))
        except urllib.error.HTTPError as e:
            with e:
                if e.code in _ABSENT:
                    raise Absent(e.code, e.read(_MESSAGE)) from None
                trouble = e
                if e.code not in _TRANSIENT:
                    break
        except (OSError, http.client.HTTPException) as e:
            trouble = e
    raise UpstreamError(f"{redact(url)} cannot be read: {trouble}") from trouble


def redact(url: str) -> str:
    """``url`` without user name and password, for messages.

    >>> redact("https://me:secret@proxy.example/path")
    'https://proxy.example/path'
    """
    parts = urllib.parse.urlsplit(url)
    return urllib.parse.urlunsplit(parts._replace(netloc=parts.netloc.rpartition("@")[2]))


class _NoDowngrade(urllib.request.HTTPRedirectHandler):
    """Redirects, but from https to https only, as cmd/go follows them."""

    def redirect_request(
        self,
        req: urllib.request.Request,
        fp: IO[bytes],
        code: int,
        msg: str,
        headers: http.client.HTTPMessage,
        newurl: str,
    ) -> urllib.request.Request | None:
        if req.type == "https" and not newurl.lower().startswith("https:"):
            raise UpstreamError(f"{req.full_url} redirects to an address without TLS")
        return super().redirect_request(req, fp, code, msg, headers, newurl)


@functools.cache
def _opener() -> urllib.request.OpenerDirector:
    """HTTP and HTTPS only; HTTPS_PROXY and its kin are honoured, as is what OpenSSL takes for the machine's authorities."""
    opener = urllib.request.OpenerDirector()
    for handler in (
        urllib.request.ProxyHandler(),
        urllib.request.UnknownHandler(),
        urllib.request.HTTPHandler(),
        urllib.request.HTTPSHandler(context=ssl.create_default_context()),
        urllib.request.HTTPDefaultErrorHandler(),
        urllib.request.HTTPErrorProcessor(),
        _NoDowngrade(),
    ):
        opener.add_handler(handler)
    return opener


def _open(url: str) -> http.client.HTTPResponse:
    headers = {"User-Agent": "chaosmod", "Accept-Encoding": "identity"}
    userinfo = urllib.parse.urlsplit(url).netloc.rpartition("@")[0]
    if userinfo:
        secret = base64.b64encode(urllib.parse.unquote(userinfo).encode()).decode()
        headers["Authorization"] = f"Basic {secret}"
    request = urllib.request.Request(redact(url), headers=headers)  # noqa: S310 - the opener knows only http and https
    reply: http.client.HTTPResponse = _opener().open(request, timeout=_TIMEOUT)
    return reply


def _chunks(reply: http.client.HTTPResponse) -> Iterator[bytes]:
    """The body in pieces. Raises IncompleteRead where it ends early: ``read(n)`` itself would say nothing."""
    expected, received = reply.length, 0
    while chunk := reply.read(_CHUNK):
        received += len(chunk)
        yield chunk
    if expected is not None and received != expected:
        raise http.client.IncompleteRead(b"", expected - received)
