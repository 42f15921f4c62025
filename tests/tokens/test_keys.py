"""Keys that sign access tokens, through their changes; and keys of services."""

from typing import Any

import pytest

from dojang import blocking
from dojang.errors import Misuse, Rejected, Unavailable
from dojang.stores.memory import MemoryStore
from dojang.testing import Clock
from dojang.testing.store_contract import in_threads
from dojang.tokens import Tokens
from dojang.tokens.service_keys import ServiceKeys
from dojang.tokens.stored_keys import StoredKeys
from dojang.wire import json
from dojang.wire.jose import header, jwt
from dojang.wire.jose.jwks import KeySet
from dojang.wire.keyring import Keyring
from tests.conftest import SECRET
from tests.tokens.kit import begin, process, why_access
from tests.wire.naughty import NAUGHTY

LIFE = 600


def keys_in(store: Any, algorithm: str = "ES256", secret: Any = SECRET) -> StoredKeys:
    return StoredKeys(store, secret=Keyring(secret), algorithm=algorithm, life=LIFE)


def with_keys(store: Any, clock: Clock, algorithm: str = "ES256") -> Tokens:
    return process(store, clock, keys=keys_in(store, algorithm), life=LIFE)


def published(tokens: Tokens, clock: Clock) -> dict[str, Any]:
    return blocking.run(tokens.keys.current(now=clock())).published()


@pytest.mark.parametrize("algorithm", ["ES256", "EdDSA", "RS256"])
def test_whoever_has_the_published_set_can_verify(algorithm: str, clock: Clock) -> None:
    tokens = with_keys(MemoryStore(), clock, algorithm)
    pair = begin(tokens)
    theirs = KeySet.parse(json.dumps(published(tokens, clock)))
    read = jwt.verify(pair.access, theirs.find, now=clock())
    assert (read.claims["sub"], read.header["alg"], read.header["typ"]) == (
        "ada",
        algorithm,
        "at+jwt",
    )
    assert "BEGIN" not in json.dumps(published(tokens, clock))


def test_the_next_key_is_published_before_it_signs_and_the_old_one_as_long_as_its_tokens_live(
    open_store: Any, clock: Clock
) -> None:
    here, there = with_keys(open_store(), clock), with_keys(open_store(), clock)
    keys = keys_in(open_store())
    signing, coming = [one.key.kid for one in blocking.run(keys.all(now=clock()))]
    old = begin(here)
    assert [key["kid"] for key in published(there, clock)["keys"]] == [signing, coming]
    clock.tick(360)
    begin(here)
    blocking.run(keys.rotate(now=clock()))
    # Nobody has to notice at once: what was published verifies either way.
    assert why_access(there, old.access) == "ada"
    late = begin(here)
    clock.tick(30)
    new = begin(here)
    assert [jwt_kid(pair.access) for pair in (old, late, new)] == [signing, signing, coming]
    assert {why_access(there, pair.access) for pair in (old, late, new)} == {"ada"}
    clock.tick(LIFE - 31)
    assert why_access(there, late.access) == "ada"
    assert signing in [key["kid"] for key in published(there, clock)["keys"]]
    clock.tick(400)
    assert signing not in [key["kid"] for key in published(there, clock)["keys"]]


def test_a_key_that_not_everybody_has_seen_signs_only_when_told_to(clock: Clock) -> None:
    keys = keys_in(MemoryStore())
    blocking.run(keys.all(now=clock()))
    clock.tick(359)
    with pytest.raises(Misuse, match=r"published 359 s ago"):
        blocking.run(keys.rotate(now=clock()))
    rotated = blocking.run(keys.rotate(now=clock(), at_once=True))
    assert [one.part for one in rotated] == ["signing", "coming", "past"]


def test_a_retired_key_is_refused_and_the_one_that_signs_cannot_be(clock: Clock) -> None:
    store = MemoryStore()
    tokens, keys = with_keys(store, clock), keys_in(store)
    pair = begin(tokens)
    clock.tick(400)
    blocking.run(keys.rotate(now=clock()))
    signing, _, past = blocking.run(keys.all(now=clock()))
    with pytest.raises(Misuse, match="rotate first"):
        blocking.run(keys.retire(str(signing.key.kid), now=clock()))
    blocking.run(keys.retire(str(past.key.kid), now=clock()))
    clock.tick(30)
    assert why_access(tokens, pair.access) == "unknown-key"
    with pytest.raises(Misuse, match="no key of this name"):
        blocking.run(keys.retire("nobody", now=clock()))


def test_processes_that_start_together_agree_on_the_first_keys(
    open_store: Any, clock: Clock
) -> None:
    stores = [open_store() for _ in range(8)]
    seen: list[object] = []
    in_threads(
        lambda n: seen.append(
            [one.pem for one in blocking.run(keys_in(stores[n]).all(now=clock()))]
        ),
        8,
    )
    assert all(one == seen[0] for one in seen)


def test_keys_are_sealed_in_the_store_and_survive_a_new_secret(clock: Clock) -> None:
    store = MemoryStore()
    blocking.run(keys_in(store).all(now=clock()))
    assert "PRIVATE" not in repr(vars(store))
    newer = keys_in(store, secret=["n" * 31 + "1", SECRET])
    assert len(blocking.run(newer.all(now=clock()))) == 2
    with pytest.raises(Unavailable, match="behind the new one"):
        blocking.run(keys_in(store, secret="n" * 31 + "1").all(now=clock()))


def jwt_kid(token: str) -> object:
    return header.read(token.split(".", maxsplit=1)[0], "utf-8")["kid"]


def test_a_service_key_opens_until_it_is_revoked(open_store: Any, clock: Clock) -> None:
    keys = ServiceKeys(open_store())
    text = blocking.run(keys.new("orders", now=clock()))
    other = blocking.run(keys.new("mail", now=clock()))
    key = blocking.run(keys.check(text, now=clock()))
    assert key.name == "orders"
    assert [one.name for one in blocking.run(keys.list(now=clock()))][:1] in (["orders"], ["mail"])
    assert blocking.run(keys.revoke(key.id, now=clock())) is True
    assert blocking.run(keys.revoke(key.id, now=clock())) is False
    with pytest.raises(Rejected):
        blocking.run(keys.check(text, now=clock()))
    assert blocking.run(keys.check(other, now=clock())).name == "mail"


@pytest.mark.parametrize("text", [*NAUGHTY, "dsk.x.y"])
def test_any_text_is_no_service_key(text: str, clock: Clock) -> None:
    with pytest.raises(Rejected):
        blocking.run(ServiceKeys(MemoryStore()).check(text, now=clock()))


def test_a_changed_character_is_no_service_key(clock: Clock) -> None:
    store = MemoryStore()
    keys = ServiceKeys(store)
    text = blocking.run(keys.new("orders", now=clock()))
    assert text.split(".")[2] not in repr(vars(store))
    for index, char in enumerate(text):
        changed = text[:index] + ("A" if char != "A" else "B") + text[index + 1 :]
        with pytest.raises(Rejected):
            blocking.run(keys.check(changed, now=clock()))


@pytest.mark.parametrize("name", ["", "x" * 101, "a\nb"])
def test_a_service_has_a_name_that_can_be_shown(name: str, clock: Clock) -> None:
    with pytest.raises(Misuse, match="1 to 100"):
        blocking.run(ServiceKeys(MemoryStore()).new(name, now=clock()))
