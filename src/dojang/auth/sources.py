"""Where an attempt comes from, in the spelling that is counted."""

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

__all__ = ["networks"]

#: What one subscriber is given (RFC 6177), and what one organisation is.
_SUBSCRIBER, _SITE = 64, 48


def networks(address: str) -> tuple[str, ...]:
    """Return the networks that are one source, the narrowest first.

    Who has an IPv6 address has 2^64 of them, and often 2^16 such networks. All spellings of one
    address are one, and an IPv4 address within IPv6 is itself.

    Args:
        address: As the server, or a proxy that is believed, has it; any text is safe to pass.

    Returns:
        The address for IPv4, its /64 and its /48 for IPv6, nothing where there is none.

    Source: CVE-2026-45364 (better-auth), which counted each IPv6 address by itself.
    """
    try:
        found = ip_address(address.strip("[]").partition("%")[0])
    except ValueError:
        return ()
    plain: IPv4Address | IPv6Address | None = getattr(found, "ipv4_mapped", None)
    if isinstance(found, IPv4Address) or plain:
        return (str(plain or found),)
    return tuple(
        str(ip_network((int(found), prefix), strict=False)) for prefix in (_SUBSCRIBER, _SITE)
    )
