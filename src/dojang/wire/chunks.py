"""One value in several cookies: read from a Cookie header, set, and cleaned up behind."""

from collections.abc import Sequence

from dojang.wire.chunking import Chunking
from dojang.wire.cookies import MAX_COOKIE, Cookie, parse

__all__ = ["candidates", "delete", "set_chunks", "stale"]


def candidates(header: str, name: str, chunking: Chunking | None = None) -> list[str]:
    """Return the values a Cookie header may mean by `name`, whole cookies before joined pieces.

    A name that merely begins alike is never part of it. Of two pieces of one name the first counts.

    Args:
        header: Any text is safe to pass.
        name: Of the whole cookie.
        chunking: How its pieces are joined; None if it has none.
    """
    if name not in header:
        return []
    wanted = frozenset(chunking.names(name)) if chunking else frozenset[str]()
    pieces: dict[str, str] = {}
    whole: list[str] = []
    for found, value in parse(header):
        if found == name:
            whole.append(value)
        elif found in wanted:
            pieces.setdefault(found, value)
    return chunking.join(name, whole, pieces) if chunking else whole


def set_chunks(
    cookie: Cookie,
    value: str,
    *,
    max_age: int | None = None,
    expires: str | None = None,
    present: Sequence[str] = (),
) -> list[str]:
    """Return the Set-Cookie lines that store `value`, in pieces where one cookie is too small.

    Args:
        cookie: With how it is cut.
        value: Cookie octets.
        max_age: Seconds, or None for a cookie that ends with the browser.
        expires: An HTTP date beside or instead of it, for peers that write one.
        present: Names that came with the request; pieces of an older value among them are deleted,
            before anything is set.

    Raises:
        InvalidCookie: `value` has a character that no cookie may have.
        TooLarge: Too large for one cookie, or for as many as its chunking has.
    """
    values = {cookie.name: value}
    if cookie.chunks is not None and cookie.chunks.writing:
        line = cookie.set("", max_age=max_age, expires=expires)
        values = cookie.chunks.cut(cookie.name, value, MAX_COOKIE - len(line) + len(cookie.name))
    deleted = [cookie.renamed(name).delete() for name in present if name not in values]
    return deleted + [
        cookie.renamed(name).set(part, max_age=max_age, expires=expires)
        for name, part in values.items()
    ]


def delete(cookie: Cookie, *, present: Sequence[str] = ()) -> list[str]:
    """Return the Set-Cookie lines that make a browser drop the cookie and its pieces.

    Args:
        cookie: The whole cookie.
        present: Names that came with the request.
    """
    names = dict.fromkeys([cookie.name, *present])
    return [cookie.renamed(name).delete() for name in names]


def stale(header: str, name: str, chunking: Chunking | None = None) -> list[str]:
    """Return the names in a Cookie header that are `name` or pieces of it."""
    if name not in header:
        return []
    wanted = {name, *(chunking.names(name) if chunking else ())}
    return list(dict.fromkeys(found for found, _ in parse(header) if found in wanted))
