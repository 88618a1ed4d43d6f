"""One client connection: mitmproxy's layers over it, our decisions in its hooks."""

from __future__ import annotations

import asyncio
import functools
import time
import urllib.parse
from collections.abc import Callable, Iterator

from mitmproxy import http, options
from mitmproxy.connection import ConnectionState
from mitmproxy.net.http import status_codes
from mitmproxy.proxy import commands, events, layer, layers, mode_specs
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http._events import ResponseEndOfMessage, ResponseHeaders
from mitmproxy.proxy.server import ConnectionIO, LiveConnectionHandler
from mitmproxy.tls import ClientHello, ClientHelloData, TlsData

from chaosmod.errors import UpstreamError
from chaosmod.faults.actions import Close, Ending, HttpAction, Redirect, Respond, Rewrite, Stall, Stop
from chaosmod.faults.request import Request, parse_target
from chaosmod.faults.sumdb_actions import Lie
from chaosmod.lab.attempts import Attempt
from chaosmod.lab.authority import Authority
from chaosmod.lab.base import Listener
from chaosmod.lab.proxy.answer import Answer, altered, plain, redirected, responded, told
from chaosmod.lab.proxy.exchange import Exchange
from chaosmod.lab.proxy.loop import aside
from chaosmod.lab.proxy.origin import KEY, Offer, Origin
from chaosmod.lab.proxy.sockets import abort, hang_up, send_at_once, unsent
from chaosmod.lab.proxy.streams import EndStream, HttpStreams, Sent, closes
from chaosmod.lab.proxy.tls import Handshake
from chaosmod.lab.world import World
from chaosmod.upstream.base import TEXT, Reply

__all__ = ["ClientConnection", "proxy_options"]

_POLL = 0.002
"""Seconds between two looks at whether a client has taken what was sent."""

_QUIET = 0.03
"""Seconds without a word from the client before a RST. The kernel reports a reset once: a client that learns of it by a
failed write (of a WINDOW_UPDATE, say) reads an end of file afterwards, and Go would name the cause now so and now so."""

_PATIENCE = 2.0
"""Seconds in which a client has to notice that we have hung up, or to take in what it was sent before a RST."""

_STREAM = "chaosmod-stream"
"""Where a flow's metadata says on which stream it runs."""

_CLIENT_GONE = ("client disconnected", "stream reset by client", "peer closed", "http/2 connection closed")
"""How mitmproxy begins to say that the client has given up."""

_LEFT = "the client went away"
"""What then came of its request."""

_NO_BODY = "the answer has no body to stop in"
"""What comes of a fault that is to act in the body of the answer to a HEAD (RFC 9110, section 9.3.2)."""

_MODE = mode_specs.ProxyMode.parse("reverse:http://origin:80")


def proxy_options() -> options.Options:
    """mitmproxy's options, with those that its own add-ons would have declared."""
    opts = options.Options()
    opts.add_option("connection_strategy", str, "lazy", "connect to the origin only for what it has to stream")
    opts.add_option("keep_host_header", bool, True, "")
    opts.add_option("body_size_limit", str | None, None, "")
    opts.add_option("stream_large_bodies", str | None, None, "")
    opts.add_option("store_streamed_bodies", bool, False, "")
    opts.add_option("validate_inbound_headers", bool, False, "a fault may say what it likes")
    opts.add_option("normalize_outbound_headers", bool, True, "")
    opts.update(http2_ping_keepalive=0)  # type: ignore[no-untyped-call]
    return opts


class ClientConnection(LiveConnectionHandler):
    """The handler of one accepted connection to a role."""

    attempt: Attempt | None = None
    """Where to tell how the handshake went; None where no fault below HTTP is armed."""

    def __init__(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        opts: options.Options,
        world: World,
        authority: Authority,
        listener: Listener,
    ) -> None:
        super().__init__(reader, writer, opts, _MODE)
        send_at_once(writer)
        self._world = world
        self._authority = authority
        self._role = listener.role
        self._tls = listener.port == 443
        self._origin = Origin()
        self._stack = self._layers()
        self._streams: HttpStreams
        self._hello: ClientHello
        self._exchanges: dict[int, Exchange] = {}
        """By stream."""
        self._endings: set[asyncio.Task[None]] = set()
        self._closed_by = ""
        """Why all streams have ended, where a fault has closed the connection."""
        self._over = False
        self._hooks: dict[str, Callable[..., object]] = {
            "next_layer": self._next_layer,
            "tls_clienthello": self._tls_clienthello,
            "tls_start_client": self._tls_start_client,
            "request": self._request,
            "responseheaders": self._responseheaders,
            "error": self._error,
        }

    def log(self, *args: object, **kwargs: object) -> None:
        """Nothing: the history is the log."""

    async def handle_client(self) -> None:
        """Serve the connection to its end; whatever was under way then is recorded too."""
        serving = asyncio.ensure_future(super().handle_client())
        try:
            await asyncio.shield(serving)
        except asyncio.CancelledError:
            # mitmproxy tidies up behind a client that is gone, and not where it is cancelled itself.
            if (transport := self.transports.get(self.client)) and transport.handler:
                transport.handler.cancel()
            await serving
            raise
        finally:
            await self._origin.close()
            for stream in tuple(self._exchanges):
                self._break_off(stream, _CLIENT_GONE[0])

    async def handle_hook(self, hook: commands.StartHook) -> None:
        """Call our method for the hooks that we need; the others cost nothing."""
        if handler := self._hooks.get(hook.name):
            result = handler(*hook.args())
            if asyncio.iscoroutine(result):
                await result

    # -- layers ---------------------------------------------------------------------------------------------------

    def _layers(self) -> Iterator[Callable[[Context], layer.Layer]]:
        yield layers.modes.ReverseProxy
        if self._tls:
            yield layers.ClientTLSLayer
        yield self._http_layer

    def _http_layer(self, context: Context) -> layer.Layer:
        self._streams = HttpStreams(context, self._sent)
        return self._streams

    def _next_layer(self, request: layer.NextLayer) -> None:
        request.layer = next(self._stack)(request.context)

    def _tls_clienthello(self, tls: ClientHelloData) -> None:
        self._hello = tls.client_hello

    def _tls_start_client(self, tls: TlsData) -> None:
        writer = self.transports[self.client].writer
        assert isinstance(writer, asyncio.StreamWriter)
        handshake = Handshake(self._world, self._authority, self._role, self.attempt, writer, self._hello)
        self._hooks["tls_established_client"] = handshake.established
        self._hooks["tls_failed_client"] = handshake.failed
        handshake.begin(tls)

    async def open_connection(self, command: commands.OpenConnection) -> None:
        """Connect to the in-process origin, whatever the address: there is no other server."""
        connection = command.connection
        reader, writer = await self._origin.connect()
        connection.timestamp_start = connection.timestamp_tcp_setup = time.time()
        connection.state = ConnectionState.OPEN
        connection.peername = connection.sockname = ("origin", 80)
        self.transports[connection] = ConnectionIO(handler=asyncio.current_task(), reader=reader, writer=writer)
        await self.server_event(events.OpenConnectionCompleted(command, None))
        await self.handle_connection(connection)

    # -- requests -------------------------------------------------------------------------------------------------

    async def _request(self, flow: http.HTTPFlow) -> None:
        request = self._describe(flow.request)
        exchange = Exchange(request, self._world.number(), self._world.http.choose(request))
        stream = flow.metadata[_STREAM] = self._streams.stream_of(flow)
        self._exchanges[stream] = exchange
        fault = exchange.choice.fault
        action = fault.act(request, exchange.choice.rng) if fault is not None else None
        try:
            exchange.answer = await self._decide(action, request)
        except (UpstreamError, ValueError) as e:
            exchange.error = f"upstream: {e}"
            exchange.answer = plain(Reply(502, str(e).encode(), content_type=TEXT))
        if isinstance(action, Stop) and exchange.answer.stop is not None:
            exchange.ending = action.ending
            if exchange.answer.silent and isinstance(action.ending, Stall):
                self._end(stream, exchange)  # the silence has begun: whoever goes away now has met it
        self._answer(flow, stream, exchange)

    def _describe(self, request: http.Request) -> Request:
        path = urllib.parse.unquote(request.path)
        name = request.pretty_host
        return Request(
            role=self._role,
            host=request.host_header or name,
            method=request.method,
            path=path,
            protocol="h2" if request.is_http2 else "h1",
            scheme="https" if self._tls else "http",
            invocation=self._world.invocation,
            headers=dict(request.headers.items()),  # type: ignore[no-untyped-call]
            target=parse_target(path, name),
        )

    async def _decide(self, action: HttpAction | None, request: Request) -> Answer:
        if isinstance(action, Respond):
            return responded(action)
        if isinstance(action, Redirect):
            return redirected(action, request, self._world.hosts)
        if self._world.blocking(self._role):
            reply = await aside(self._world.answer, self._role, request.path)
        else:
            reply = self._world.answer(self._role, request.path)
        if isinstance(action, Lie):
            return told(action, reply, self._world.lie(action, request.path, reply))
        if isinstance(action, Rewrite):
            return await aside(altered, action, reply, request.protocol)
        return plain(reply) if action is None else altered(action, reply, request.protocol)

    def _answer(self, flow: http.HTTPFlow, stream: int, exchange: Exchange) -> None:
        answer = exchange.answer
        if not answer.streamed:
            assert isinstance(answer.body, bytes)
            # mitmproxy would send the body of the answer to a HEAD too, which HTTP/1 takes for the next answer.
            flow.response = _response(answer, b"" if exchange.request.method == "HEAD" else answer.body)
            return
        key = str(exchange.number)
        silent = functools.partial(self._end, stream, exchange) if answer.silent else None
        backlog = functools.partial(self._streams.unsent, stream)
        self._origin.offer(key, Offer(answer.reader(), answer.size, answer.stop, backlog, silent))
        flow.request.headers[KEY] = key
        # The path was escaped by Go and the origin does not look at it; what it must not do is confuse HTTP/1 parsing.
        flow.request.path = "/"

    def _responseheaders(self, flow: http.HTTPFlow) -> None:
        exchange = self._exchanges.get(flow.metadata[_STREAM])
        if exchange is not None and exchange.answer.streamed:
            flow.response = _response(exchange.answer, None)
            flow.response.stream = True

    # -- what was sent, and how it ends ---------------------------------------------------------------------------

    def _sent(self, event: Sent) -> None:
        exchange = self._exchanges.get(event.stream_id)
        if exchange is None:
            return
        if isinstance(event, ResponseEndOfMessage):
            exchange.whole = True
            if exchange.ending is not None:  # of a body that is to stop the origin never sends the end: there was none
                exchange.note, exchange.forestalled = _NO_BODY, True
            self._record(event.stream_id)
            return
        if isinstance(event, ResponseHeaders):
            exchange.status = event.response.status_code
        else:
            exchange.size += len(event.data)
        if exchange.size == exchange.answer.stop:
            self._end(event.stream_id, exchange)

    def _end(self, stream: int, exchange: Exchange) -> None:
        exchange.reached = True
        if isinstance(exchange.ending, Stall):
            exchange.ended = True  # from here on nothing is sent, and that is all there is to it
        elif exchange.ending is not None:
            task = asyncio.create_task(self._end_it(stream, exchange, exchange.ending))
            self._endings.add(task)
            task.add_done_callback(self._endings.discard)

    async def _end_it(self, stream: int, exchange: Exchange, ending: Ending) -> None:
        """End an exchange once all that was to be sent before has left."""
        transport = self.transports.get(self.client)
        if transport is None:
            return  # the connection has ended meanwhile
        writer = transport.writer
        assert isinstance(writer, asyncio.StreamWriter)
        aborts = isinstance(ending, Close) and ending.abort
        while stream in self._exchanges and (self._streams.unsent(stream) or (aborts and unsent(writer))):
            await asyncio.sleep(_POLL)
        if stream not in self._exchanges or self._closed_by:
            return  # likewise
        exchange.ended = True
        last = closes(ending, exchange.request.protocol)
        if last:
            self._closed_by = f"the connection was closed by fault {exchange.fired} on another request"
        if aborts:
            await self._quiet()
            abort(writer)
            return
        await self.server_event(EndStream(stream, ending))
        if last:
            self._over = True
            await hang_up(writer, _PATIENCE)

    async def _quiet(self) -> None:
        """Wait until the client has said that it has taken in what it was sent, and nothing has passed for a moment."""
        until = time.time() + _PATIENCE
        while (now := time.time()) < until:
            if self._streams.taken_in() and now >= self.timeout_watchdog.last_activity + _QUIET:
                return
            await asyncio.sleep(_POLL)

    async def server_event(self, event: events.Event) -> None:
        """Hand an event to mitmproxy; once we have hung up, only that the client has done so too."""
        if not self._over or isinstance(event, events.ConnectionClosed):
            await super().server_event(event)

    def _error(self, flow: http.HTTPFlow) -> None:
        self._break_off(flow.metadata.get(_STREAM, 0), flow.error.msg if flow.error else "unknown error")

    def _break_off(self, stream: int, why: str) -> None:
        exchange = self._exchanges.get(stream)
        if exchange is None:
            return
        if self._closed_by and not exchange.ended:
            exchange.note, exchange.forestalled = self._closed_by, True
        elif why.lower().startswith(_CLIENT_GONE):
            if exchange.ending is None:
                exchange.note = "; ".join(filter(None, (exchange.answer.effect, _LEFT)))
            elif not exchange.reached:
                exchange.note, exchange.forestalled = _LEFT, True
        elif exchange.fired is None:
            exchange.error = why
        self._record(stream)

    def _record(self, stream: int) -> None:
        self._world.history.record(self._exchanges.pop(stream).event())


def _response(answer: Answer, body: bytes | None) -> http.Response:
    now = time.time()
    reason = status_codes.RESPONSES.get(answer.status, "").encode()
    return http.Response(b"HTTP/1.1", answer.status, reason, http.Headers(answer.head), body, None, now, now)
