"""mitmproxy's HTTP layer, with two additions: it tells what was sent, and it can end a stream as a fault demands."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any, Literal

from hyperframe.frame import GoAwayFrame
from mitmproxy import http
from mitmproxy.proxy import commands, events, layer, layers
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HTTPMode, HttpStream
from mitmproxy.proxy.layers.http._events import (
    HttpEvent,
    RequestProtocolError,
    ResponseData,
    ResponseEndOfMessage,
    ResponseHeaders,
)
from mitmproxy.proxy.layers.http._http1 import Http1Server
from mitmproxy.proxy.layers.http._http2 import Http2Server

from chaosmod.faults.actions import Close, Ending, GoAway, ResetStream

__all__ = ["EndStream", "HttpStreams", "Sent", "closes"]

_UNTOLD = 4 << 10
"""Bytes that Go takes in before it gives them back to the window (h2_bundle.go: http2inflowMinRefresh)."""

Sent = ResponseHeaders | ResponseData | ResponseEndOfMessage


@dataclass
class EndStream(events.Event):
    """To be put into the handler: end the exchange on ``stream_id`` so. Closes no connection: see :func:`closes`."""

    stream_id: int
    ending: Ending


def closes(ending: Ending, protocol: Literal["h1", "h2"]) -> bool:
    """Whether the whole connection ends: HTTP/1 has no other way of ending an exchange early."""
    if protocol == "h1" or isinstance(ending, Close):
        return True
    return isinstance(ending, GoAway) and ending.code != 0


class HttpStreams(layers.HttpLayer):
    """The exchanges of one client connection."""

    def __init__(self, context: Context, sent: Callable[[Sent], None]) -> None:
        super().__init__(context, HTTPMode.transparent)
        self._report = sent
        self._window = 0
        """The widest flow-control window that the client has given us for the connection."""

    def stream_of(self, flow: http.HTTPFlow) -> int:
        """The stream on which ``flow`` runs. Raises StopIteration where it is over."""
        return next(number for number, stream in self.streams.items() if stream.flow is flow)

    def unsent(self, stream_id: int) -> int:
        """How many bytes of the answer wait for the client's flow-control window (RFC 9113, section 5.2)."""
        server = self.connections[self.context.client]
        if not isinstance(server, Http2Server):
            return 0
        return sum(len(piece.data) or 1 for piece in server.h2_conn.stream_buffers.get(stream_id, ()))

    def taken_in(self) -> bool:
        """Whether the client has given back its window for all that it was sent, but for what Go does not tell of.

        Over HTTP/1 a client tells nothing, and has nothing to write that a RST could meet.
        """
        server = self.connections[self.context.client]
        if not isinstance(server, Http2Server):
            return True
        return int(server.h2_conn.outbound_flow_control_window) > self._window - _UNTOLD

    def _handle_event(self, event: events.Event) -> Generator[commands.Command, Any, None]:
        if isinstance(event, EndStream):
            yield from self._end(event.stream_id, event.ending)
        else:
            yield from super()._handle_event(event)

    def event_to_child(self, child: layer.Layer | HttpStream, event: events.Event) -> layer.CommandGenerator[None]:
        """As mitmproxy's; what has been handed to the client's connection is reported afterwards."""
        if isinstance(child, Http2Server):
            self._window = max(self._window, child.h2_conn.outbound_flow_control_window)
        yield from super().event_to_child(child, event)
        if isinstance(event, Sent) and isinstance(child, (Http1Server, Http2Server)):
            self._report(event)

    def _end(self, stream_id: int, ending: Ending) -> Generator[commands.Command, Any, None]:
        stream = self.streams.get(stream_id)
        if stream is None:
            return  # the client was quicker
        client = self.context.client
        server = self.connections[client]
        if isinstance(server, Http2Server) and isinstance(ending, ResetStream):
            server.h2_conn.reset_stream(stream_id, ending.code)
            yield commands.SendData(client, server.h2_conn.data_to_send())
        elif isinstance(server, Http2Server) and isinstance(ending, GoAway):
            # By hand: once h2 has sent a GOAWAY it sends nothing more, and the streams before this one may go on.
            last = max(stream_id - 2, 0) if ending.code == 0 else stream_id
            yield commands.SendData(client, GoAwayFrame(0, last_stream_id=last, error_code=ending.code).serialize())
        error: HttpEvent = RequestProtocolError(stream_id, "ended by a fault", RequestProtocolError.code)
        yield from self.event_to_child(stream, error)
