"""A record as compact bytes: what a touch moves is at fixed places, the data come last.

    flags  expires   seen      created   length   what is said and the data
    1      6         6         6         2        JSON array and JSON object, deflated if that helps

Instants are unix milliseconds, big-endian; an expiry of 0 is never. What is said is what is left of
`[user, [login - created, method ...], address, agent]` without what is empty at its end; the length
is its own, in bytes before they are deflated.
"""

import struct
import zlib
from typing import Any

from dojang.errors import Malformed, Misuse
from dojang.session.record import Device, Login, Record
from dojang.wire import json

__all__ = ["SEEN_AND_EXPIRES", "pack", "unpack"]

_HEAD = struct.Struct(">B6s6s6sH")
_FORGOTTEN, _ROTATED, _DEFLATED = 1, 2, 4

#: Bytes of what is said, inclusive.
_LONGEST = 65_535

#: Where in the bytes a touch writes: the first and the last, inclusive.
SEEN_AND_EXPIRES = (1, 12)

#: Raw deflate with a window of 4 KiB, and little memory for each call.
_WINDOW, _MEMORY = -12, 5

#: What sessions commonly say, so that even short ones shrink; the most common comes last.
#: A part of the format: a session packed with one is read with no other.
_WORDS = (
    b"Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605.1.15 (KHTML, like "
    b"Gecko) Version/18.0 Mobile/15E148 Safari/604.1 Mozilla/5.0 (X11; Linux x86_64; rv:140.0) "
    b"Gecko/20100101 Firefox/140.0 Mozilla/5.0 (Linux; Android 10; K) Mozilla/5.0 (Macintosh; "
    b"Intel Mac OS X 10_15_7) Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 "
    b"(KHTML, like Gecko) Chrome/140.0.0.0 Safari/537.36 Edg/140.0.0.0"
    b'"_auth_user_id":"_auth_user_backend":"django.contrib.auth.backends.ModelBackend",'
    b'"_auth_user_hash":"_flashes":["message","success","error","warning","info"],'
    b'"access_token":"refresh_token":"expires_at":"token_type":"Bearer","scope":"openid profile '
    b'email","state":"nonce":"code_verifier":"redirect_uri":"https://www.http://localhost:3000/'
    b'"passport":{"user":"returnTo":"/","next":"/","views":1,"count":1,"quantity":1,"price":'
    b'"title":"description":"currency":"USD","timezone":"Europe/","createdAt":"updatedAt":"2026-'
    b'T00:00:00.000Z","lastSeen":17"settings":{"preferences":{"notifications":true,"language":'
    b'"locale":"en-US","en-GB","ko-KR","theme":"dark","light","system","isAdmin":false,true,null,'
    b'"flash":[],"messages":[],"items":[{"id":"cart":[{"sku":"qty":1},{"sku":"qty":2}],'
    b'"permissions":["read","write"],"groups":[],"role":"admin","roles":["user","member","editor",'
    b'"admin"],"name":"username":"firstName":"lastName":"image":"avatar":"email":"@gmail.com",'
    b'"@example.com","csrfToken":"_csrf":"csrf":"userId":"user_id":"user":{"id":"id":"'
    b'",[0,"pwd","otp"]]{"user":{"id":"'
)


def pack(record: Record) -> bytes:
    """Return the bytes that stand for `record`, all but its handle.

    Raises:
        Misuse: The name of its user, and how they logged in, take more than 65,535 bytes.
    """
    said = _said(record)
    if len(said) > _LONGEST:
        raise Misuse(f"who a session is of takes {len(said)} bytes, at most {_LONGEST} are kept")
    whole = said + record.data.encode()
    deflated = _deflated(whole)
    flags = (0 if record.remember else _FORGOTTEN) | (_ROTATED if record.rotated else 0)
    if len(deflated) < len(whole):
        flags, whole = flags | _DEFLATED, deflated
    times = (record.expires or 0, record.seen, record.created)
    return _HEAD.pack(flags, *(time.to_bytes(6, "big") for time in times), len(said)) + whole


def unpack(packed: bytes, handle: str) -> Record:
    """Return the record that `pack` was given.

    Raises:
        Malformed: These are not bytes that dojang wrote.
    """
    try:
        flags, *times, length = _HEAD.unpack_from(packed)
        expires, seen, created = (int.from_bytes(time, "big") for time in times)
        whole = packed[_HEAD.size :]
        if flags & _DEFLATED:
            whole = zlib.decompressobj(_WINDOW, _WORDS).decompress(whole)
        facts: list[Any] = json.loads(whole[:length].decode()) if length else []
        missing: tuple[Any, ...] = (None, None, "", "")
        user, login, address, agent = (*facts, *missing[len(facts) :])
        return Record(
            handle=handle,
            data=whole[length:].decode(),
            user=user,
            created=created,
            expires=expires or None,
            login=None if not login else Login(created + login[0], tuple(login[1:])),
            remember=not flags & _FORGOTTEN,
            seen=seen,
            device=Device(address, agent),
            rotated=bool(flags & _ROTATED),
        )
    except (struct.error, zlib.error, ValueError, TypeError, LookupError) as error:
        raise Malformed("these are no bytes of a session that dojang wrote") from error


def _said(record: Record) -> bytes:
    login = record.login
    facts: list[Any] = [
        record.user,
        None if login is None else [login.at - record.created, *login.methods],
        record.device.address,
        record.device.agent,
    ]
    while facts and facts[-1] in (None, ""):
        facts.pop()
    return json.dumps(facts).encode() if facts else b""


def _deflated(text: bytes) -> bytes:
    deflate = zlib.compressobj(9, zlib.DEFLATED, _WINDOW, _MEMORY, zlib.Z_DEFAULT_STRATEGY, _WORDS)
    return deflate.compress(text) + deflate.flush()
