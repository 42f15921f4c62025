"""`dojang sessions end`."""

from dojang import blocking
from dojang.cli.sessions import ending
from dojang.cli.sessions.handles import Handle, no_such_session
from dojang.cli.sessions.output import out, print_object
from dojang.cli.sessions.stores import AsJson, StoreUrl, opened

__all__ = ["end"]


def end(handle: Handle, store: StoreUrl, as_json: AsJson = False) -> None:
    """End one session, and the tokens that were made from it."""
    with opened(store) as sessions:
        if not blocking.run(ending.end(sessions, handle)):
            raise no_such_session()
    if as_json:
        print_object({"ended": 1})
    else:
        out.print("ended")
