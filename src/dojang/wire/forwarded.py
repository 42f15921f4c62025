"""What a proxy says about a request: believed from the peers that are trusted, and no further."""

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Literal

from dojang.errors import Misuse

__all__ = ["NAMES", "Proxies", "Told"]

#: The headers that are looked at, in lower case.
NAMES = ("forwarded", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto")

#: A peer without an address: a Unix socket.
_UNIX = "unix"

#: Characters of one header that are looked at, inclusive.
_LONGEST = 8192

_HOST = re.compile(r"(?:[\w.-]{1,255}|\[[0-9A-Fa-f:.]{2,45}\])(?::\d{1,5})?", re.ASCII)
_TOKEN = r"[!#$%&'*+.^_`|~0-9A-Za-z-]+"  # noqa: S105 - RFC 9110 section 5.6.2
_PAIR = re.compile(rf'\s*({_TOKEN})=({_TOKEN}|"(?:[^"\\]|\\.)*")\s*(;|,|\Z)')
_SCHEMES = {"http", "https"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """How a request reached the outermost proxy that is trusted; None for what was not said.

    Attributes:
        scheme: `http` or `https`.
        host: Name or address, with a port where one was said.
        client: The address it came from.
    """

    scheme: str | None = None
    host: str | None = None
    client: str | None = None


class Proxies:
    """Which proxies stand in front, named one by one."""

    def __init__(
        self,
        trusted: Collection[str],
        *,
        hops: int = 1,
        host: bool = False,
        header: Literal["X-Forwarded", "Forwarded"] = "X-Forwarded",
    ) -> None:
        """Trust them.

        Args:
            trusted: Addresses and networks of the proxies, `127.0.0.1` or `10.0.0.0/8`; `unix` for
                a Unix socket.
            hops: How many stand one behind the other, at most; at least 1.
            host: Whether they write the host, too. Most pass `Host` on and leave the
                `X-Forwarded-Host` of a client alone, which must not be believed then.
            header: What they write: `X-Forwarded-For`, `-Proto` and `-Host`, or the `Forwarded` of
                RFC 7239. The other is not looked at: a client could have sent it.

        Raises:
            Misuse: Nobody is named, one is no address, or `hops` is below 1.
        """
        if isinstance(trusted, str) or not trusted:
            raise Misuse('name the proxies: Proxies(["127.0.0.1"])')
        if hops < 1:
            raise Misuse(f"hops is {hops}; without a proxy leave Proxies out")
        if header not in {"X-Forwarded", "Forwarded"}:
            raise Misuse(f"header is X-Forwarded or Forwarded, and not {header!r}")
        self._networks = [_network(one) for one in trusted if one != _UNIX]
        self._unix = _UNIX in trusted
        self._hops = hops
        self._with_host = host
        self._standard = header == "Forwarded"

    def trusts(self, peer: str) -> bool:
        """Return whether what `peer` says is believed; an empty one is a Unix socket."""
        if not peer:
            return self._unix
        address = _address(peer)
        return address is not None and any(ip_address(address) in net for net in self._networks)

    def told(self, peer: str, headers: Mapping[str, str]) -> Told:
        """Return what is known about a request beyond what the server sees.

        Args:
            peer: The address of the connection; empty for a Unix socket.
            headers: By lower-case name, several lines joined by commas; any text is safe to pass.

        Source: RFC 7239 section 4; X-Forwarded-* as nginx, HAProxy and Traefik write them.
        """
        if not self.trusts(peer):
            return Told()
        if self._standard:
            return self._in_standard(_elements(headers.get("forwarded", "")))
        # The nearest proxy wrote the last of each; what stands before that, others say.
        came, schemes, hosts = (
            _list(headers.get(f"x-forwarded-{name}", "")) for name in ("for", "proto", "host")
        )
        client, steps = self._walk(came)
        return self._told(_at(schemes, steps), _at(hosts, steps), client)

    def _in_standard(self, elements: Sequence[Mapping[str, str]]) -> Told:
        client, steps = self._walk([element.get("for", "") for element in elements])
        if len(elements) < steps:
            return Told()
        outermost = elements[-steps]
        return self._told(outermost.get("proto", ""), outermost.get("host", ""), client)

    def _told(self, scheme: str, host: str, client: str | None) -> Told:
        return Told(
            scheme=scheme.lower() if scheme.lower() in _SCHEMES else None,
            host=host if self._with_host and _HOST.fullmatch(host) else None,
            client=client,
        )

    def _walk(self, came: Sequence[str]) -> tuple[str | None, int]:
        """Return the first address that is no proxy of ours, and how many hops were believed."""
        client, steps = None, 1
        for steps, text in enumerate(reversed(came[-self._hops :]), 1):  # noqa: B007 - the last one
            client = _address(text)
            if client is None or not self.trusts(client):
                break
        return client, steps


def _list(header: str) -> Sequence[str]:
    if not header or len(header) > _LONGEST:
        return []
    return [part.strip() for part in header.split(",")]


def _at(values: Sequence[str], steps: int) -> str:
    # Proxies that overwrite leave one value for all of them.
    return values[-min(steps, len(values))] if values else ""


def _address(text: str) -> str | None:
    """Return an address without port and brackets; None for `unknown` and what is none."""
    bare = text.strip()
    if bare.startswith("["):
        bare = bare[1:].partition("]")[0]
    elif bare.count(":") == 1:
        bare = bare.partition(":")[0]
    try:
        address = ip_address(bare)
    except ValueError:
        return None
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return str(mapped or address)


def _network(text: str) -> IPv4Network | IPv6Network:
    try:
        return ip_network(text)
    except ValueError as error:
        raise Misuse(f"a proxy is an address or a network, as 10.0.0.0/8: {error}") from None


def _elements(header: str) -> Sequence[Mapping[str, str]]:
    """Return the elements of a Forwarded header; none at all if one of them is malformed."""
    if not header or len(header) > _LONGEST:
        return []
    elements: list[dict[str, str]] = [{}]
    at = 0
    while at < len(header):
        pair = _PAIR.match(header, at)
        if pair is None:
            return []
        name, value, end = pair.groups()
        if value.startswith('"'):
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        elements[-1][name.lower()] = value
        at = pair.end()
        if end == ",":
            elements.append({})
    return elements
