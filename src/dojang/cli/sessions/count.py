"""`dojang sessions count`."""

from dojang import blocking, clock
from dojang.cli.sessions.output import out, print_object
from dojang.cli.sessions.stores import AsJson, StoreUrl, opened

__all__ = ["count"]


def count(store: StoreUrl, as_json: AsJson = False) -> None:
    """Count live sessions."""
    with opened(store) as sessions:
        live = blocking.run(sessions.count(now=clock.now()))
    if as_json:
        print_object({"live": live})
    else:
        out.print(str(live))
