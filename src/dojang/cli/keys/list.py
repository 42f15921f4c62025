"""`dojang keys list`."""

from dojang.cli.keys.stored import print_keys, stored_keys
from dojang.cli.sessions.stores import AsJson

__all__ = ["list_keys"]


def list_keys(as_json: AsJson = False) -> None:
    """List the keys of access tokens: which signs, which come next, which still verify."""
    with stored_keys() as (keys, now, wait):
        print_keys(wait(keys.all(now=now)), as_json=as_json)
