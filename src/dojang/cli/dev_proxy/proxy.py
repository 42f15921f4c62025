"""Carrying bytes between a browser on this machine and a deployed API."""

import asyncio
import contextlib
import socket
import ssl
from asyncio import StreamReader, StreamWriter

from dojang.cli.dev_proxy.heads import (
    Head,
    for_api,
    for_browser,
    is_preflight,
    preflight,
    refusal,
)
from dojang.doctor.sites import Place

__all__ = ["Proxy"]

#: Bytes of a head, inclusive.
_HEAD = 64 * 1024

#: Bytes carried at once.
_PIECE = 64 * 1024


class Proxy:
    """Serves one API on one port of this machine.

    Each connection carries one request, so that bodies, streams and WebSockets need no looking
    into: what follows a head is carried as it is until somebody hangs up.
    """

    def __init__(self, api: Place, port: int) -> None:
        """Take where to go, and where to listen."""
        self._api = api
        self._port = port
        self._tls = ssl.create_default_context() if api.https else None

    async def serve(self) -> None:
        """Serve until cancelled.

        Raises:
            OSError: The port is taken.
        """
        sockets = [_listening(socket.AF_INET, "127.0.0.1", self._port)]
        with contextlib.suppress(OSError):  # a machine without IPv6
            sockets.append(_listening(socket.AF_INET6, "::1", self._port))
        servers = [
            await asyncio.start_server(self._talk, sock=each, limit=_HEAD) for each in sockets
        ]
        await asyncio.gather(*(server.serve_forever() for server in servers))

    async def _talk(self, reader: StreamReader, writer: StreamWriter) -> None:
        with contextlib.suppress(OSError, EOFError, asyncio.LimitOverrunError):
            asked = Head.of(await reader.readuntil(b"\r\n\r\n"))
            reason = "not a request" if asked is None else refusal(asked)
            if asked is None or reason:
                writer.write(_answer("403 Forbidden", reason or ""))
            elif is_preflight(asked):
                writer.write(bytes(preflight(asked)))
            else:
                await self._carry(asked, reader, writer)
            await writer.drain()
        writer.close()

    async def _carry(self, asked: Head, reader: StreamReader, writer: StreamWriter) -> None:
        host = self._api.host.strip("[]")
        try:
            api_reader, api_writer = await asyncio.open_connection(
                host, self._api.port, ssl=self._tls, limit=_HEAD
            )
        except OSError as error:
            writer.write(_answer("502 Bad Gateway", f"{self._api.origin}: {error}"))
            return
        there = asyncio.create_task(_pump(reader, api_writer, bytes(for_api(asked, self._api))))
        try:
            await self._bring_back(asked, api_reader, writer)
        finally:
            there.cancel()
            api_writer.close()

    async def _bring_back(self, asked: Head, reader: StreamReader, writer: StreamWriter) -> None:
        while True:
            answer = Head.of(await reader.readuntil(b"\r\n\r\n"))
            if answer is None:
                writer.write(_answer("502 Bad Gateway", "the API did not answer in HTTP/1.1"))
                return
            status = answer.first.split(" ")[1]
            if status == "101" or not status.startswith("1"):  # others announce an answer
                break
        await _pump(reader, writer, bytes(for_browser(answer, asked, self._api)))


async def _pump(reader: StreamReader, writer: StreamWriter, first: bytes) -> None:
    """Write `first`, and then whatever comes, as it comes."""
    with contextlib.suppress(OSError):
        writer.write(first)
        await writer.drain()
        while piece := await reader.read(_PIECE):
            writer.write(piece)
            await writer.drain()


def _listening(family: socket.AddressFamily, host: str, port: int) -> socket.socket:
    listening = socket.socket(family, socket.SOCK_STREAM)
    try:
        listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listening.bind((host, port))
        listening.listen()
    except OSError:
        listening.close()
        raise
    listening.setblocking(False)
    return listening


def _answer(status: str, text: str) -> bytes:
    body = f"dojang dev-proxy: {text}\n".encode()
    headers = (
        ("Content-Type", "text/plain; charset=utf-8"),
        ("Content-Length", str(len(body))),
        ("Connection", "close"),
    )
    return bytes(Head(f"HTTP/1.1 {status}", headers)) + body
