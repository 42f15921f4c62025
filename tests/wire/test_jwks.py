from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import BadSignature, Malformed, Misuse, Oversized, Rejected, UnknownKey
from dojang.wire import json
from dojang.wire.jose import jws
from dojang.wire.jose.jwk import Key
from dojang.wire.jose.jwks import MAX_LENGTH, KeySet
from tests.wire import jose_kit
from tests.wire.jose_kit import SECRET, pair
from tests.wire.test_jwk import PRIVATE_MEMBERS


def fresh(name: str) -> Key:
    return Key.from_jwk({**jose_kit.MAKERS["ES256"]().as_dict(private=True), "kid": name})


def names(keys: KeySet) -> list[str]:
    return [jwk["kid"] for jwk in keys.published()["keys"]]


def signed(keys: KeySet) -> str:
    assert keys.signing is not None
    return jws.sign(b"1", {"alg": "ES256", "kid": keys.signing.kid}, key=keys.signing)


def reader(keys: KeySet) -> KeySet:
    return KeySet.parse(json.dumps(keys.published()))


def test_a_rotation_never_breaks_a_reader() -> None:
    first = KeySet(fresh("1"), coming=(fresh("2"),))
    stale = reader(first)
    second = first.rotated(fresh("3"))
    assert second.signing is not None
    assert second.signing.kid == "2"
    # Whoever last looked before the step knows the key that signs now, and the other way round.
    assert jws.verify(signed(second), stale.find).payload == b"1"
    assert jws.verify(signed(first), reader(second).find).payload == b"1"
    assert names(first) == ["1", "2"]
    assert names(second) == ["2", "3", "1"]


def test_a_retired_key_verifies_no_more() -> None:
    first = KeySet(fresh("1"), coming=(fresh("2"),))
    old = signed(first)
    last = first.rotated(fresh("3")).retired("1")
    assert names(last) == ["2", "3"]
    with pytest.raises(UnknownKey):
        jws.verify(old, last.find)
    for kid in ("2", "3", "1"):
        with pytest.raises(Misuse, match="only a past key"):
            last.retired(kid)


def test_a_set_of_one_key_rotates_to_the_new_one_at_once() -> None:
    rotated = KeySet.of(fresh("1")).rotated(fresh("2"))
    assert names(rotated) == ["2", "1"]
    assert names(KeySet(None).rotated(fresh("3"))) == ["3"]


def test_what_is_published_holds_public_members_alone() -> None:
    keys = KeySet(pair("RS256")[0], coming=(pair("ES256")[0],), past=(pair("Ed25519")[0],))
    for jwk in keys.published()["keys"]:
        assert not jwk.keys() & PRIVATE_MEMBERS
    assert KeySet.of([Key.from_secret(SECRET, kid="1")]).published() == {"keys": []}


def test_two_keys_of_one_name_and_two_kinds_are_not_one_set() -> None:
    """Wycheproof: with a public key beside a secret, whoever confuses them is let in."""
    with pytest.raises(Misuse, match="same kid"):
        KeySet.of([fresh("1"), fresh("1")])
    with pytest.raises(Misuse, match="not for one set"):
        KeySet.of([fresh("1"), Key.from_secret(SECRET)])
    with pytest.raises(Misuse, match="needs a key"):
        KeySet.of([])


@pytest.mark.parametrize("key", [pair("ES256")[1], pair("RSA-OAEP")[0]])
def test_what_signs_has_a_private_half_and_is_for_signatures(key: Key) -> None:
    with pytest.raises(Misuse, match="private half"):
        KeySet(key)
    with pytest.raises(Misuse, match="private half"):
        KeySet(fresh("1"), coming=(key,))
    assert KeySet(fresh("1"), past=(pair("ES256")[1],))


def test_a_name_is_compared_whole_and_used_for_nothing_else() -> None:
    """node-jws GHSA-869p-cjfg-cm3x: a secret looked up by what the token says."""
    keys = KeySet.of(fresh("1"))
    assert len(keys.find({"kid": "1"})) == 1
    for kid in ("", "../1", "1' OR '1'='1", "01", 1, None, ["1"], {"1": 1}, "x" * 100_000):
        assert keys.find({"kid": kid}) == ()
    assert len(keys.find({})) == 1


def test_secrets_without_a_name_are_all_tried() -> None:
    keys = KeySet.of([Key.from_secret(SECRET), Key.from_secret(SECRET[::-1])])
    old = jws.sign(b"1", {"alg": "HS256"}, key=Key.from_secret(SECRET[::-1]))
    assert jws.verify(old, keys.find).key is keys.past[0]
    named = jws.sign(b"1", {"alg": "HS256", "kid": "1"}, key=Key.from_secret(SECRET))
    assert jws.verify(named, keys.find).key is keys.signing


def test_where_every_key_has_a_name_another_name_is_unknown() -> None:
    keys = KeySet.of(Key.from_secret(SECRET, kid="1"))
    named = jws.sign(b"1", {"alg": "HS256", "kid": "2"}, key=Key.from_secret(SECRET, kid="2"))
    with pytest.raises(UnknownKey):
        jws.verify(named, keys.find)


def test_of_a_foreign_set_only_public_keys_are_read() -> None:
    """OpenID's IgnoresUnparseableKeyInJwks; a weak, secret or private key is no key of anybody."""
    good = pair("ES256")[1].public_jwk
    strange: list[Any] = [
        1, None, [], {}, {"kty": "PQC"}, {"kty": "RSA", "n": "AQAB", "e": "AQAB"},
        {**good, "kid": "x", "alg": "none"}, {**good, "kid": "y", "x": "AAAA"},
        {"kty": "oct", "k": SECRET, "kid": "z"}, {**jose_kit.jwk("Ed25519"), "kid": "private"},
    ]  # fmt: skip
    keys = KeySet.parse(json.dumps({"keys": [*strange, good], "more": 1}))
    assert [key.kid for key in keys] == [good["kid"]]
    assert keys.signing is None


@pytest.mark.parametrize("entry", [[], {}, [[]], None, 1, "sing"])
def test_operations_that_are_none_spoil_neither_the_set_nor_the_key(entry: Any) -> None:
    good, odd = (fresh(name).public_jwk for name in ("1", "2"))
    del odd["use"]
    strange = {**odd, "key_ops": [entry]}
    assert [key.kid for key in KeySet.parse(json.dumps({"keys": [good, strange]}))] == ["1", "2"]
    assert Key.from_jwk({**strange, "key_ops": ["verify", entry]}).signs


def test_of_a_foreign_set_keys_of_one_name_are_nobodys() -> None:
    one, other = ({**fresh(name).public_jwk, "kid": "same"} for name in ("1", "2"))
    assert list(KeySet.parse(json.dumps({"keys": [one, other]}))) == []


def test_of_a_foreign_set_a_hundred_entries_are_read() -> None:
    keys = [fresh("1").public_jwk] + [{"kty": "?"}] * 99 + [fresh("2").public_jwk]
    assert [key.kid for key in KeySet.parse(json.dumps({"keys": keys}))] == ["1"]


@pytest.mark.parametrize("text", ["", "[]", "{}", '{"keys":{}}', '{"keys":null}', b"\xff", "{"])
def test_what_is_no_set_is_malformed(text: Any) -> None:
    with pytest.raises(Malformed):
        KeySet.parse(text)


def test_a_set_beyond_the_limit_is_not_looked_at() -> None:
    with pytest.raises(Oversized):
        KeySet.parse(" " * (MAX_LENGTH + 1))


@given(st.text())
def test_any_text_is_a_set_or_rejected(text: str) -> None:
    with pytest.raises(Rejected):
        KeySet.parse(text)


def test_a_token_of_another_key_with_the_right_name_is_refused() -> None:
    keys = reader(KeySet.of(fresh("1")))
    with pytest.raises(BadSignature):
        jws.verify(signed(KeySet.of(fresh("1"))), keys.find)
