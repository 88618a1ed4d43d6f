"""One client connection: mitmproxy's layers over it, our decisions in its hooks."""

from __future__ import annotations

import asyncio
import time
import urllib.parse
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from mitmproxy import http, options
from mitmproxy.connection import ConnectionState
from mitmproxy.proxy import commands, events, layer, layers, mode_specs
from mitmproxy.proxy.context import Context
from mitmproxy.proxy.layers.http import HTTPMode
from mitmproxy.proxy.server import ConnectionIO, LiveConnectionHandler
from mitmproxy.tls import TlsData

from chaosmod.errors import UpstreamError
from chaosmod.faults.actions import Respond
from chaosmod.faults.armed import Choice
from chaosmod.faults.base import HttpFault
from chaosmod.faults.request import Request, parse_target
from chaosmod.history import RequestServed
from chaosmod.lab.authority import Authority
from chaosmod.lab.base import Listener
from chaosmod.lab.proxy.origin import IN_MEMORY, KEY, Origin
from chaosmod.lab.proxy.tls import server_connection
from chaosmod.lab.world import World
from chaosmod.upstream.base import Reply

__all__ = ["ClientConnection", "proxy_options"]

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


@dataclass
class _Exchange:
    """What we know of one request until its answer has been sent."""

    request: Request
    number: int
    began: float
    choice: Choice[HttpFault]
    effect: str = ""
    error: str = ""


class ClientConnection(LiveConnectionHandler):
    """The handler of one accepted connection to a role."""

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
        self._world = world
        self._authority = authority
        self._role = listener.role
        self._tls = listener.port == 443
        self._origin = Origin()
        self._stack = self._layers()
        self._exchanges: dict[str, _Exchange] = {}
        self._hooks: dict[str, Callable[..., object]] = {
            "next_layer": self._next_layer,
            "tls_start_client": self._tls_start_client,
            "request": self._request,
            "responseheaders": self._responseheaders,
            "response": self._response,
            "error": self._error,
        }

    def log(self, *args: object, **kwargs: object) -> None:
        """Nothing: the history is the log."""

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
        yield lambda context: layers.HttpLayer(context, HTTPMode.transparent)

    def _next_layer(self, request: layer.NextLayer) -> None:
        request.layer = next(self._stack)(request.context)

    def _tls_start_client(self, tls: TlsData) -> None:
        name = self.client.sni or self.client.sockname[0]
        tls.ssl_conn = server_connection(self._authority.issue(name))

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
        exchange = _Exchange(request, self._world.number(), time.monotonic(), self._world.http.choose(request))
        self._exchanges[flow.id] = exchange
        fault = exchange.choice.fault
        action = fault.act(request, exchange.choice.rng) if fault is not None else None
        if isinstance(action, Respond):
            exchange.effect = str(action)
            flow.response = http.Response.make(
                action.status, action.body, [(n.encode(), v.encode()) for n, v in action.headers]
            )
            return
        self._answer(flow, exchange, await self._ask(request, exchange))

    def _describe(self, request: http.Request) -> Request:
        path = urllib.parse.unquote(request.path)
        return Request(
            role=self._role,
            host=request.pretty_host,
            method=request.method,
            path=path,
            protocol="h2" if request.is_http2 else "h1",
            scheme="https" if self._tls else "http",
            invocation=self._world.invocation,
            headers=dict(request.headers.items()),  # type: ignore[no-untyped-call]
            target=parse_target(path),
        )

    async def _ask(self, request: Request, exchange: _Exchange) -> Reply:
        try:
            if self._world.blocking(self._role):
                return await asyncio.to_thread(self._world.answer, self._role, request.path)
            return self._world.answer(self._role, request.path)
        except UpstreamError as e:
            exchange.error = f"upstream: {e}"
            return Reply(502, str(e).encode(), content_type="text/plain; charset=UTF-8")

    def _answer(self, flow: http.HTTPFlow, exchange: _Exchange, reply: Reply) -> None:
        if reply.file is None or reply.size <= IN_MEMORY:
            flow.response = http.Response.make(
                reply.status, reply.read(), [(b"Content-Type", reply.content_type.encode())]
            )
            return
        key = str(exchange.number)
        self._origin.offer(key, reply.file)
        flow.request.headers[KEY] = key
        # The path was escaped by Go and the origin does not look at it; what it must not do is confuse HTTP/1 parsing.
        flow.request.path = "/"

    def _responseheaders(self, flow: http.HTTPFlow) -> None:
        assert flow.response is not None
        if KEY in flow.request.headers:
            flow.response.stream = True

    # -- recording ------------------------------------------------------------------------------------------------

    def _response(self, flow: http.HTTPFlow) -> None:
        assert flow.response is not None
        length = flow.response.headers.get("content-length", "0")
        self._record(flow, flow.response.status_code, int(length) if length.isdigit() else 0)

    def _error(self, flow: http.HTTPFlow) -> None:
        exchange = self._exchanges.get(flow.id)
        if exchange is not None and not exchange.choice.armed:
            text = flow.error.msg if flow.error else "unknown error"
            gone = "client" in text or "peer closed" in text or "closed by" in text
            if gone:
                exchange.effect = "the client went away"
            else:
                exchange.error = text
        self._record(flow, None, 0)

    def _record(self, flow: http.HTTPFlow, status: int | None, size: int) -> None:
        exchange = self._exchanges.pop(flow.id, None)
        if exchange is None:
            return
        request, choice = exchange.request, exchange.choice
        self._world.history.record(
            RequestServed(
                n=exchange.number,
                invocation=request.invocation,
                role=request.role,
                host=request.host,
                method=request.method,
                path=request.path,
                protocol=request.protocol,
                scheme=request.scheme,
                file=request.target.file,
                module=request.target.module,
                version=request.target.version,
                status=status,
                size=size,
                seconds=round(time.monotonic() - exchange.began, 6),
                eligible=choice.eligible,
                fired=choice.armed.id if choice.armed else None,
                effect=exchange.effect,
                error=exchange.error,
            )
        )
