"""One value in several cookies, `<name>.0` to `<name>.3`, as iron-session 9 cuts and joins it."""

from collections.abc import Iterator, Sequence

from dojang.errors import TooLarge
from dojang.wire.cookies import MAX_COOKIE, Cookie, parse

__all__ = ["MAX_CHUNKS", "candidates", "delete", "set_chunks", "stale"]

#: Pieces at most (iron-session 9.0.1).
MAX_CHUNKS = 4


def candidates(header: str, name: str) -> list[str]:
    """Return the values a Cookie header may mean by `name`: whole cookies, then joined pieces.

    Pieces are joined from `.0` up to the first gap, at most `MAX_CHUNKS`; they count only where
    there is no whole cookie. A name that merely begins alike is never part of it.

    Source: iron-session 9.0.1.
    """
    if name not in header:
        return []
    pieces: dict[str, str] = {}
    whole: list[str] = []
    for found, value in parse(header):
        if found == name:
            whole.append(value)
        elif found in _names(name):
            pieces.setdefault(found, value)
    if whole or f"{name}.0" not in pieces:
        return whole
    return ["".join(_until_gap(pieces, name))]


def set_chunks(
    cookie: Cookie, value: str, *, max_age: int | None, present: Sequence[str] = ()
) -> list[str]:
    """Return the Set-Cookie lines that store `value`, in pieces where one cookie is too small.

    Args:
        cookie: Pieces are used only if it is `chunked`.
        value: Cookie octets.
        max_age: Seconds, or None for a cookie that ends with the browser.
        present: Names that came with the request; pieces of an older value among them are deleted.

    Raises:
        InvalidCookie: `value` has a character that no cookie may have.
        TooLarge: Too large for one cookie, or for `MAX_CHUNKS` of them.
    """
    lines = _set(cookie, value, max_age)
    written = {line.partition("=")[0] for line in lines}
    return lines + [cookie.renamed(name).delete() for name in present if name not in written]


def delete(cookie: Cookie, *, present: Sequence[str] = ()) -> list[str]:
    """Return the Set-Cookie lines that make a browser drop the cookie and its pieces.

    Args:
        cookie: The whole cookie.
        present: Names that came with the request.
    """
    names = dict.fromkeys([cookie.name, *present])
    return [cookie.renamed(name).delete() for name in names]


def stale(header: str, name: str) -> list[str]:
    """Return the names in a Cookie header that are `name` or pieces of it."""
    if name not in header:
        return []
    wanted = {name, *_names(name)}
    return list(dict.fromkeys(found for found, _ in parse(header) if found in wanted))


def _set(cookie: Cookie, value: str, max_age: int | None) -> list[str]:
    try:
        return [cookie.set(value, max_age=max_age)]
    except TooLarge:
        if not cookie.chunked:
            raise
    piece = cookie.renamed(f"{cookie.name}.0")
    room = MAX_COOKIE - len(piece.set("", max_age=max_age))
    if len(value) > room * MAX_CHUNKS:
        raise TooLarge(
            f"the value of {cookie.name} takes {len(value)} bytes, and {MAX_CHUNKS} cookies hold "
            f"{room * MAX_CHUNKS}: store less in the session, or keep it on the server",
            size=len(value),
            limit=room * MAX_CHUNKS,
        )
    cut = [value[start : start + room] for start in range(0, len(value), room)]
    return [
        cookie.renamed(f"{cookie.name}.{index}").set(part, max_age=max_age)
        for index, part in enumerate(cut)
    ]


def _names(name: str) -> list[str]:
    return [f"{name}.{index}" for index in range(MAX_CHUNKS)]


def _until_gap(pieces: dict[str, str], name: str) -> Iterator[str]:
    for piece in _names(name):
        if piece not in pieces:
            return
        yield pieces[piece]
