from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import (
    BadSignature,
    Expired,
    Malformed,
    NotJson,
    Oversized,
    Rejected,
    UnknownKey,
    WeakSecret,
)
from dojang.wire.iron import fe26
from dojang.wire.iron.fe26 import Parameters
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.iron.passwords import Password, PasswordBook
from dojang.wire.iron.seal_data import seal_data, unseal_data
from tests.wire.test_json import VALUES

SECRET = "complex_password_at_least_32_characters_long"
OTHER = SECRET[::-1]
NOW = 1_767_225_600_000

#: Made by @hapi/iron 7.0.1, and the same by iron-webcrypto 1.2.1 and 2.0.0.
PUBLISHED = (
    "Fe26.2*1*0000000000000000000000000000000000000000000000000000000000000000"
    "*AAAAAAAAAAAAAAAAAAAAAA*zPjDp5ry_KYvp1PM0-5EVV-og_3A4ybFg--4Unj7WXk"
    "**1111111111111111111111111111111111111111111111111111111111111111"
    "*vVqnw0YyHoA4BBMeu6Fgr8Qsv6QadquT21_B0T9XZvo"
)


def decode(seals: IronSeal, text: str, now: int = NOW) -> dict[str, Any]:
    return seals.decode(text, now=now).claims


def test_the_published_seal_is_made_and_read_to_the_byte() -> None:
    password = Password.of(SECRET, id="1")
    keys = fe26.new_keys(password, salts=("00" * 32, "11" * 32))
    plaintext = '{"user":{"id":1},"n":"é"}'.encode()
    made = fe26.seal(plaintext, password, expires=None, keys=keys, iv=bytes(16))
    assert made == PUBLISHED
    assert decode(IronSeal(SECRET), PUBLISHED) == {"user": {"id": 1}, "n": "é"}


@given(st.dictionaries(st.text(), VALUES, max_size=4))
def test_what_was_sealed_comes_back(claims: dict[str, Any]) -> None:
    seals = IronSeal(SECRET)
    try:
        text = seals.encode(claims, expires=None, now=NOW)
    except NotJson:
        return
    assert text.endswith("~2")
    again = seals.encode(decode(seals, text), expires=None, now=NOW)
    assert decode(seals, again) == decode(seals, text)


@given(st.text())
def test_any_text_yields_claims_or_a_rejection(text: str) -> None:
    with pytest.raises(Rejected):
        decode(IronSeal(SECRET), text)


@given(st.lists(st.text(alphabet="*~.Fe26210aA-_"), min_size=1, max_size=9))
def test_text_that_looks_like_a_seal_yields_claims_or_a_rejection(fields: list[str]) -> None:
    with pytest.raises(Rejected):
        decode(IronSeal(SECRET), "*".join(["Fe26.2", *fields]))


@pytest.mark.parametrize("algorithm", ["aes-256-cbc", "aes-128-ctr"])
@pytest.mark.parametrize("iterations", [1, 10])
def test_both_algorithms_and_other_iterations_go_both_ways(algorithm: Any, iterations: int) -> None:
    parameters = Parameters(algorithm, iterations, iterations)
    password = Password.of(SECRET)
    text = fe26.seal(b"anything", password, expires=None, parameters=parameters)
    opened = fe26.unseal(text, PasswordBook(SECRET), now=NOW, parameters=parameters)
    assert opened.plaintext == b"anything"


def test_no_single_changed_character_is_accepted() -> None:
    seals = IronSeal(SECRET)
    good = seals.encode({"user": 1}, expires=NOW + 60_000, now=NOW).removesuffix("~2")
    for place in range(len(good)):
        for other in "A0-*":
            changed = good[:place] + other + good[place + 1 :]
            if changed != good:
                with pytest.raises(Rejected):
                    decode(seals, changed)


def test_no_two_fields_may_change_places() -> None:
    seals = IronSeal(SECRET)
    fields = seals.encode({"user": 1}, expires=NOW + 60_000, now=NOW).removesuffix("~2").split("*")
    for one in range(8):
        for other in range(one):
            swapped = list(fields)
            swapped[one], swapped[other] = swapped[other], swapped[one]
            with pytest.raises(Rejected):
                decode(seals, "*".join(swapped))


def test_equal_data_make_unequal_seals_and_no_block_repeats() -> None:
    """Beaker CVE-2012-3458: encryption without an IV."""
    seals = IronSeal(SECRET)
    one, other = (seals.encode({"a": "x" * 64}, expires=None, now=NOW) for _ in range(2))
    assert one.split("*")[4] != other.split("*")[4]
    from dojang.wire import base64url

    ciphertext = base64url.decode(one.split("*")[4])
    blocks = [ciphertext[start : start + 16] for start in range(0, len(ciphertext), 16)]
    assert len(set(blocks)) == len(blocks)


def test_a_seal_is_good_until_a_minute_after_its_expiration() -> None:
    """aiohttp-session CVE-2018-1000814: an encrypted cookie without an end."""
    seals = IronSeal(SECRET)
    text = seals.encode({}, expires=NOW, now=NOW)
    assert decode(seals, text, NOW + 59_999) == {}
    with pytest.raises(Expired):
        decode(seals, text, NOW + 60_000)


def test_salts_are_reused_and_replaced_while_the_iv_is_fresh() -> None:
    seals = IronSeal(SECRET)
    made = [seals.encode({}, expires=None, now=NOW).split("*") for _ in range(1_025)]
    assert len({fields[2] for fields in made}) == 2
    assert len({fields[3] for fields in made}) == 1_025
    assert {len(fields[2]) for fields in made} == {64}


def test_a_remembered_key_changes_no_answer() -> None:
    writer, reader = IronSeal(SECRET), IronSeal(SECRET)
    texts = [writer.encode({"n": n}, expires=None, now=NOW) for n in range(3)]
    assert [decode(reader, text) for text in texts * 2] == [{"n": n} for n in range(3)] * 2
    tampered = texts[0].replace("*", "*", 1)[:-5] + "AAA~2"
    with pytest.raises(BadSignature):
        decode(reader, tampered)


def test_keys_of_a_seal_that_did_not_verify_are_not_remembered() -> None:
    reader = IronSeal(SECRET)
    for _ in range(10):
        with pytest.raises(BadSignature):
            decode(reader, IronSeal({1: OTHER}).encode({}, expires=None, now=NOW))
    assert reader._kept == {}


def test_a_single_password_is_number_one_as_in_iron_session() -> None:
    assert IronSeal(SECRET).encode({}, expires=None, now=NOW).startswith("Fe26.2*1*")
    assert decode(IronSeal({1: SECRET}), IronSeal(SECRET).encode({}, expires=None, now=NOW)) == {}
    with pytest.raises(UnknownKey):
        decode(IronSeal(SECRET), IronSeal({2: SECRET}).encode({}, expires=None, now=NOW))


def test_of_a_map_the_highest_number_seals() -> None:
    seals = IronSeal({3: SECRET, 10: OTHER, 9: SECRET})
    assert seals.encode({}, expires=None, now=NOW).startswith("Fe26.2*10*")


def test_of_a_list_the_first_seals_and_all_open() -> None:
    old = IronSeal([SECRET]).encode({"n": 1}, expires=None, now=NOW)
    both = IronSeal([OTHER, SECRET])
    opened = both.decode(old, now=NOW)
    assert (opened.claims, opened.newest) == ({"n": 1}, False)
    assert decode(IronSeal([OTHER]), both.encode({}, expires=None, now=NOW)) == {}


def test_a_password_may_be_bytes_or_two_secrets() -> None:
    key = bytes(range(32))
    raw = IronSeal(Password.of(key))
    text = raw.encode({"n": 1}, expires=None, now=NOW)
    assert text.split("*")[2] == text.split("*")[6] == ""
    assert decode(raw, text) == {"n": 1}
    two = IronSeal(Password.of({"id": "k_1", "encryption": SECRET, "integrity": OTHER}))
    assert decode(two, two.encode({"n": 1}, expires=None, now=NOW)) == {"n": 1}


@pytest.mark.parametrize("encryption", [bytes(range(32)), SECRET])
def test_where_the_key_of_the_mac_is_bytes_its_salt_is_empty(encryption: Any) -> None:
    """No MAC is over this salt: any text there would be a second spelling of the seal."""
    password = {"encryption": encryption, "integrity": bytes(range(40))}
    fields = seal_data({"n": 1}, password, now=NOW, ttl=0).split("*")
    for salt in ("x", "0" * 64, "~", " "):
        spelled = "*".join([*fields[:6], salt, fields[7]])
        with pytest.raises(Rejected):
            unseal_data(spelled, password, now=NOW)
        with pytest.raises(Rejected):
            IronSeal(password).decode(spelled, now=NOW)
    assert unseal_data("*".join(fields), password, now=NOW) == {"n": 1}


@pytest.mark.parametrize(
    "password",
    ["x" * 31, b"x" * 31, [], {}, {1: "short"}, {"a b": SECRET}, {1: {"encryption": SECRET}}],
)
def test_a_password_too_short_or_misnamed_is_refused(password: Any) -> None:
    with pytest.raises(WeakSecret):
        IronSeal(password)


@pytest.mark.parametrize("size", [16, 31, 33, 48])
def test_a_key_that_does_not_fit_the_algorithm_is_refused_and_never_cut(size: int) -> None:
    with pytest.raises(WeakSecret, match=f"a key of {size} bytes"):
        IronSeal(Password.of({"encryption": bytes(size), "integrity": SECRET}))


def test_the_length_of_a_password_counts_utf16_units() -> None:
    IronSeal("🔒" * 16)
    with pytest.raises(WeakSecret, match="a good one"):
        IronSeal("한" * 31)


def test_the_suffix_proves_nothing_and_changes_nothing() -> None:
    seals = IronSeal(SECRET)
    text = seals.encode({"persistent": {"admin": True}}, expires=None, now=NOW)
    for spelling in (text, text[:-2], text[:-1] + "1", text + "~7", text[:-2] + "~x"):
        assert decode(seals, spelling) == {"persistent": {"admin": True}}


def test_a_payload_of_next_iron_session_is_unwrapped_only_where_that_was_asked_for() -> None:
    old = IronSeal(SECRET).encode({"persistent": {"n": 1}, "flash": {}}, expires=None, now=NOW)
    legacy = IronSeal(SECRET, legacy=True)
    assert decode(legacy, old[:-2]) == {"n": 1}
    assert decode(legacy, old) == {"persistent": {"n": 1}, "flash": {}}


def test_a_proto_member_is_refused_when_sealed_and_when_read() -> None:
    seals = IronSeal(SECRET)
    with pytest.raises(NotJson, match="__proto__"):
        seals.encode({"a": [{"__proto__": 1}]}, expires=None, now=NOW)
    for plaintext in (b'{"a":{"__proto__":1}}', b'{"\\u005f_proto__":1}'):
        text = fe26.seal(plaintext, Password.of(SECRET, id="1"), expires=None)
        with pytest.raises(Malformed):
            decode(seals, text)
    assert decode(seals, seals.encode({"v": "__proto__"}, expires=None, now=NOW)) == {
        "v": "__proto__"
    }


@pytest.mark.parametrize("plaintext", [b"", b"[]", b"1", b"null", b"{", b"\xff", b'{"a":1,"a":2}'])
def test_an_authentic_seal_over_something_else_is_malformed(plaintext: bytes) -> None:
    text = fe26.seal(plaintext, Password.of(SECRET, id="1"), expires=None)
    with pytest.raises(Malformed):
        decode(IronSeal(SECRET), text)


def test_nothing_longer_than_four_cookies_is_looked_at() -> None:
    with pytest.raises(Oversized):
        decode(IronSeal(SECRET), "x" * 16_385)
    with pytest.raises(Malformed):
        decode(IronSeal(SECRET), "x" * 16_384)


@pytest.mark.parametrize("expiration", ["٣", "1e9", "-1", "+1", " 1", "9" * 17, "0x10"])
def test_an_expiration_that_is_not_digits_is_malformed(expiration: str) -> None:
    fields = PUBLISHED.split("*")
    fields[5] = expiration
    with pytest.raises(Malformed):
        decode(IronSeal(SECRET), "*".join(fields))


def test_no_error_shows_the_password_or_the_seal() -> None:
    seal = IronSeal({1: OTHER}).encode({"token": "hush"}, expires=None, now=NOW)
    with pytest.raises(BadSignature) as caught:
        decode(IronSeal(SECRET), seal)
    assert SECRET not in str(caught.value)
    assert seal[20:40] not in str(caught.value)
    assert SECRET not in repr(Password.of(SECRET))


def test_a_reader_remembers_a_bounded_number_of_keys() -> None:
    reader = IronSeal(SECRET)
    for n in range(1_030):
        text = IronSeal(SECRET).encode({"n": n}, expires=None, now=NOW)
        assert decode(reader, text) == {"n": n}
        assert len(reader._kept) <= 1_024
