"""Where Redis is, as a URL says it."""

import re
from typing import Literal
from urllib.parse import unquote

from dojang.errors import Misuse
from dojang.stores.drivers.redis_asks import Address
from dojang.stores.drivers.redis_places import Place

__all__ = ["EXAMPLES", "place_of"]

#: One URL of each kind, for errors and the documentation.
EXAMPLES = {
    "redis": "redis://host:6379/0",
    "redis+sentinel": "redis+sentinel://host:26379,host:26379/master/0",
    "redis+cluster": "redis+cluster://host:6379,host:6379",
}

_URL = re.compile(
    r"(?P<scheme>rediss?)(\+(?P<kind>sentinel|cluster))?://"
    r"((?P<user>[^:@/]*)(:(?P<password>[^@/]*))?@)?(?P<hosts>[^@/?]*)(/(?P<path>[^?]*))?"
)
_HOST = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[^:\[\]]+)(:(?P<port>\d{1,5}))?")

_PORT, _SENTINELS_PORT, _LAST_PORT = 6379, 26379, 65535


def place_of(
    url: str,
    *,
    seconds: float,
    ca: str | None = None,
    sentinel_username: str | None = None,
    sentinel_password: str | None = None,
    wait: int = 0,
    wait_seconds: float = 1.0,
) -> Place:
    """Return the place that `url` says, without its options.

    Args:
        url: `redis://`, `redis+sentinel://` or `redis+cluster://`, or one of them with `rediss` for
            an encrypted connection; user, password and names percent-encoded where they need it.
        seconds: How long an answer may take.
        ca: The file of certificates that signed the servers'.
        sentinel_username: Who we are to sentinels.
        sentinel_password: Their password.
        wait: How many replicas have a write before it is acknowledged.
        wait_seconds: How long they have for that, below `seconds`.

    Raises:
        Misuse: It is no such URL, or the times cannot be.
    """
    match = _URL.fullmatch(url)
    if match is None:
        raise _misuse(url)
    kind: Literal["alone", "sentinel", "cluster"] = match["kind"] or "alone"  # type: ignore[assignment] # by its pattern
    port = _SENTINELS_PORT if kind == "sentinel" else _PORT
    addresses = tuple(_address(host, port, url) for host in match["hosts"].split(","))
    if kind == "alone" and len(addresses) > 1:
        raise _misuse(url)
    if ca is not None and match["scheme"] == "redis":
        raise Misuse(
            f"ca is for an encrypted connection; write rediss{url[len('redis') : url.index(':')]}://"
        )
    if kind != "sentinel" and (sentinel_username or sentinel_password):
        raise Misuse("sentinel_username and sentinel_password are for redis+sentinel://")
    master, database = _path(kind, match["path"] or "", url)
    return Place(
        kind=kind,
        addresses=addresses,
        master=master,
        database=database,
        username=unquote(match["user"]) if match["user"] else None,
        password=unquote(match["password"]) if match["password"] else None,
        sentinel_username=sentinel_username,
        sentinel_password=sentinel_password,
        tls=match["scheme"] == "rediss",
        ca=ca,
        seconds=seconds,
        wait=wait,
        wait_seconds=wait_seconds,
    )


def _address(text: str, port: int, url: str) -> Address:
    match = _HOST.fullmatch(text or "localhost")
    if match is None or not 0 < int(match["port"] or port) <= _LAST_PORT:
        raise _misuse(url)
    return unquote(match["host"]).strip("[]"), int(match["port"] or port)


def _path(kind: str, path: str, url: str) -> tuple[str, int]:
    master, _, rest = path.partition("/") if kind == "sentinel" else ("", "", path)
    if (kind == "sentinel") != bool(master) or (rest and not re.fullmatch(r"\d{1,4}", rest)):
        raise _misuse(url)
    if kind == "cluster" and rest.strip("0"):
        raise Misuse("a Redis cluster has only database 0; leave out the number")
    return unquote(master), int(rest or 0)


def _misuse(url: str) -> Misuse:
    # Not the URL itself: where its password is, is not known.
    scheme = url.partition(":")[0][:40]
    return Misuse(
        f"a {scheme} URL that cannot be read; write one of {', '.join(EXAMPLES.values())}, "
        "with rediss for TLS, and options as ?name=value"
    )
