"""`dojang sessions show`."""

from dojang import blocking, clock
from dojang.cli.sessions.handles import Handle, met, no_such_session
from dojang.cli.sessions.output import as_object, out, print_object, printable
from dojang.cli.sessions.stores import AsJson, StoreUrl, opened
from dojang.session.record import Record
from dojang.stores.whole import WholeStore
from dojang.wire import json

__all__ = ["show"]


def show(handle: Handle, store: StoreUrl, as_json: AsJson = False) -> None:
    """Show one session with all its data."""
    with opened(store) as sessions:
        record = blocking.run(_live(sessions, handle))
    whole = {**as_object(record), "data": json.loads(record.data)}
    if as_json:
        print_object(whole)
        return
    for name, value in whole.items():
        text = value if isinstance(value, str) else json.dumps(value)
        out.print(f"{name:10}{printable(text)}")


async def _live(store: WholeStore, handle: str) -> Record:
    record = await store.find(handle)
    if record is None and await met(store, handle):
        record = await store.find(handle)
    if record is None or record.rotated:
        raise no_such_session()
    if record.expires is not None and record.expires <= clock.now():
        raise no_such_session()
    return record
