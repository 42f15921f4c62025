"""Cases of connect_redis.json: what the store does to Redis, and express-session over it."""

import base64
from dataclasses import dataclass, field
from typing import Any

from dojang.wire.express import connect_redis, express_session
from dojang.wire.express.connect_redis import Delete, Expire, Layout, Put, Serializer
from tests.interop import express
from tests.interop.values import plain

Case = dict[str, Any]

#: The serializers of these cases.
SERIALIZERS = {
    "base64json": Serializer(
        lambda session: base64.b64encode(connect_redis.JSON.stringify(session).encode()).decode(),
        lambda text: connect_redis.JSON.parse(base64.b64decode(text).decode()),
    ),
    "v1json": Serializer(
        lambda session: "v1:" + connect_redis.JSON.stringify(session),
        lambda text: connect_redis.JSON.parse(text.removeprefix("v1:")),
    ),
}


@dataclass
class Redis:
    """What a Redis would hold: values, and the seconds they have left."""

    values: dict[str, str] = field(default_factory=dict)
    ttls: dict[str, int] = field(default_factory=dict)

    def do(self, command: Put | Expire | Delete | None) -> None:
        match command:
            case Put(key, value, ttl):
                self.values[key] = value
                self.ttls[key] = -1 if ttl is None else ttl
            case Expire(key, ttl) if key in self.values:
                self.ttls[key] = ttl
            case Delete(key):
                self.values.pop(key, None)
                self.ttls.pop(key, None)

    def at(self, key: str) -> dict[str, Any]:
        """Return what a case says about a key: -1 for no TTL, -2 for no key."""
        return {"key": key, "value": self.values.get(key), "ttl": self.ttls.get(key, -2)}


def _store_set_read(case: Case) -> Any:
    return _layout(case["options"]).read(case["wire"]["value"])


def _store_set(case: Case) -> dict[str, Any]:
    redis, layout, sid = Redis(), _layout(case["options"]), case["options"]["sid"]
    redis.do(layout.put(sid, plain(case["payload"]), now=case["written_at"] * 1000))
    return {"wire": redis.at(layout.key(sid))}


def _store_touch_read(case: Case) -> Any:
    return _store_touch(case)["wire"]


def _store_touch(case: Case) -> dict[str, Any]:
    redis, layout, sid = Redis(), _layout(case["options"]), case["options"]["sid"]
    redis.do(Put(layout.key(sid), case["options"]["value"], 5))
    redis.do(layout.touch(sid, case["payload"], now=case["written_at"] * 1000))
    return {"wire": redis.at(layout.key(sid))}


def _session_read(case: Case) -> Any:
    sid, layout = express.session_id(case), _layout(case["options"]["store"])
    data, _ = express_session.split(layout.read(case["wire"]["redis"].get(layout.key(sid))))
    return data


def _session_write(case: Case) -> dict[str, Any]:
    # Where nothing is found, the options of the store are those of a reader that looks elsewhere.
    options = case["options"]["store"] if case["expect"] == "ok" else {}
    redis, layout, sid = Redis(), _layout(options), case["options"]["sid"]
    stored, line = express.new_session(case)
    session = express_session.join(case["payload"], stored)
    redis.do(layout.put(sid, session, now=case["written_at"] * 1000))
    cookie = line.partition(";")[0]
    wire = {**redis.at(layout.key(sid)), "redis": redis.values, "cookie": cookie}
    return {"wire": wire, "set_cookie": [line]}


def _layout(options: dict[str, Any]) -> Layout:
    ttl = options.get("ttl", connect_redis.DEFAULT_TTL)
    return Layout(
        prefix=options.get("prefix", "sess:"),
        ttl=(lambda _: ttl["$const"]) if isinstance(ttl, dict) else ttl,
        disable_ttl=options.get("disableTTL", False),
        disable_touch=options.get("disableTouch", False),
        serializer=SERIALIZERS.get(options.get("serializer", ""), connect_redis.JSON),
    )


READERS = {
    "store_set": _store_set_read,
    "store_touch": _store_touch_read,
    "store_get": _store_set_read,
    "redis_session_read": _session_read,
}
WRITERS = {
    "store_set": _store_set,
    "store_touch": _store_touch,
    "redis_session_read": _session_write,
}
