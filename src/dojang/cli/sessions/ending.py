"""Ending sessions of a store so that the tokens made from them end too, and those in a cookie."""

from dojang import clock
from dojang.cli.sessions import handles
from dojang.session.fence import Revocation
from dojang.session.record import Principal
from dojang.stores.whole import WholeStore
from dojang.strategies.revocations import OF_A_USER

__all__ = ["end", "end_all"]


async def end(store: WholeStore, handle: str) -> bool:
    """End one session; say whether it was there.

    Raises:
        Unavailable: The store did not answer.
    """
    now = clock.now()
    # First, as everywhere: what could not be written to the log can be ended again.
    await store.revoke(Revocation(handle=handle, expires=now + OF_A_USER), now=now)
    if await store.remove(handle):
        return True
    return await handles.met(store, handle) and await store.remove(handle)


async def end_all(store: WholeStore, user: Principal, *, but: str | None) -> int:
    """End all sessions of a user, but the one with that handle; say how many ended.

    Raises:
        Unavailable: The store did not answer.
    """
    now = clock.now()
    entry = Revocation(user=str(user), not_before=now, exempt=but, expires=now + OF_A_USER)
    await store.revoke(entry, now=now)
    for record in await store.list(user, now=now):
        # Born in a peer, and so without the instant of a login, or on a host whose clock is ahead:
        # by its name.
        if (record.login is None or now <= record.login.at) and record.handle != but:
            await store.revoke(Revocation(handle=record.handle, expires=entry.expires), now=now)
    return await store.remove_all(user, now=now, but=but)
