"""A device list as people recognise their devices."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from dojang.server.agents import name_of
from dojang.server.pages.moments import Moment
from dojang.sessions import Entry
from dojang.tokens import TokenDevice

__all__ = ["Client", "Row", "clients", "rows"]


@dataclass(frozen=True, slots=True)
class Row:
    """One device.

    Attributes:
        handle: What ends it.
        name: `Chrome on macOS`.
        address: Where the login came from; may be empty.
        created: When it signed in.
        seen: When it was last here, give or take some minutes; None where that is not known.
        renewed: When its session was last renewed; None where `seen` says more.
        current: Whether it is the one that is asking.
    """

    handle: str
    name: str
    address: str
    created: Moment
    seen: Moment | None
    renewed: Moment | None
    current: bool


@dataclass(frozen=True, slots=True)
class Client:
    """One application or device that holds tokens.

    Attributes:
        handle: What ends it.
        name: `Chrome on macOS`, or what it calls itself.
        address: Where it got its first token; may be empty.
        created: When.
        seen: When it last refreshed them.
        reused: When a used token came back, which signed it out; None for a good one.
    """

    handle: str
    name: str
    address: str
    created: Moment
    seen: Moment
    reused: Moment | None


def clients(devices: Iterable[TokenDevice], *, now: datetime) -> list[Client]:
    """Return a row for each client, in the order given."""
    return [
        Client(
            handle=device.handle,
            name=name_of(device.device.agent),
            address=device.device.address,
            created=Moment.of(device.created, now),
            seen=Moment.of(device.seen, now),
            reused=Moment.of(device.reused, now) if device.reused else None,
        )
        for device in devices
    ]


def rows(entries: Iterable[Entry], *, current: str | None, now: datetime) -> list[Row]:
    """Return a row for each session: this device first, then in the order given.

    Args:
        entries: Of one user.
        current: The handle of the session that is asking.
        now: For saying how long ago.
    """
    made = [
        Row(
            handle=entry.handle,
            name=name_of(entry.device.agent),
            address=entry.device.address,
            created=Moment.of(entry.created, now),
            seen=Moment.of(entry.seen, now) if entry.seen else None,
            renewed=Moment.of(entry.renewed, now) if entry.renewed else None,
            current=entry.handle == current,
        )
        for entry in entries
    ]
    return sorted(made, key=lambda row: not row.current)
