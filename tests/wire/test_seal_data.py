import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import (
    BadSignature,
    Expired,
    Malformed,
    Misuse,
    NotJson,
    Oversized,
    Rejected,
    TooLarge,
    UnknownKey,
    WeakSecret,
)
from dojang.wire.iron import fe26, max_age, payload
from dojang.wire.iron.fe26 import Parameters
from dojang.wire.iron.iron_session import IronSeal
from dojang.wire.iron.max_age import ENDLESS, Life, MaxAge, Version
from dojang.wire.iron.passwords import Password
from dojang.wire.iron.seal_data import MAX_LENGTH, seal_data, unseal_data
from tests.interop.__main__ import OWN
from tests.wire.test_json import VALUES

SECRET = "complex_password_at_least_32_characters_long"
OTHER = SECRET[::-1]
NOW = 1_767_225_600_000
DAY = 86_400


@given(VALUES)
def test_any_json_value_comes_back(data: Any) -> None:
    try:
        text = seal_data(data, SECRET, now=NOW)
    except NotJson:
        return
    found = unseal_data(text, SECRET, now=NOW)
    assert unseal_data(seal_data(found, SECRET, now=NOW), SECRET, now=NOW) == found


@pytest.mark.parametrize(
    "data", [None, True, 0, 1.5, "", "text", [], [1, "two", None], {}, {"a": 1}]
)
def test_not_only_objects_can_be_sealed(data: Any) -> None:
    assert unseal_data(seal_data(data, SECRET, now=NOW), SECRET, now=NOW) == data


def test_a_session_is_sealed_data_and_the_other_way_round() -> None:
    session = IronSeal(SECRET).encode({"n": 1}, expires=None, now=NOW)
    assert unseal_data(session, SECRET, now=NOW) == {"n": 1}
    data = seal_data({"n": 1}, SECRET, now=NOW)
    assert IronSeal(SECRET).decode(data, now=NOW).claims == {"n": 1}


def test_data_are_sealed_for_fourteen_days_and_for_fifteen_in_version_6() -> None:
    days_of: dict[Version, int] = {6: 15, 8: 14, 9: 14}
    for version, days in days_of.items():
        text = seal_data(1, SECRET, now=NOW, version=version)
        assert text.split("*")[5] == str(NOW + days * DAY * 1000)


def test_a_ttl_is_in_seconds_and_0_is_for_never_in_every_version() -> None:
    assert seal_data(1, SECRET, now=NOW, ttl=60).split("*")[5] == str(NOW + 60_000)
    versions: tuple[Version, ...] = (6, 8, 9)
    for version in versions:
        assert seal_data(1, SECRET, now=NOW, ttl=0, version=version).split("*")[5] == ""


@pytest.mark.parametrize("ttl", [0.0015, float("nan"), float("inf")])
def test_a_ttl_with_a_part_of_a_millisecond_is_refused(ttl: float) -> None:
    with pytest.raises(Misuse, match="a part of a millisecond"):
        seal_data(1, SECRET, now=NOW, ttl=ttl)


def test_a_seal_lives_a_minute_longer_than_its_ttl() -> None:
    text = seal_data(1, SECRET, now=NOW, ttl=60)
    assert unseal_data(text, SECRET, now=NOW + 119_999) == 1
    with pytest.raises(Expired):
        unseal_data(text, SECRET, now=NOW + 120_000)


def test_the_ttl_of_a_reader_changes_nothing() -> None:
    text = seal_data(1, SECRET, now=NOW, ttl=600)
    assert unseal_data(text, SECRET, now=NOW + 500_000, ttl=1) == 1


def test_a_negative_ttl_is_refused() -> None:
    with pytest.raises(Misuse, match="write 0"):
        seal_data(1, SECRET, now=NOW, ttl=-1)
    with pytest.raises(Misuse):
        max_age.life(9, ttl=-1)


@pytest.mark.parametrize(
    "password",
    [
        SECRET,
        bytes(range(32)),
        {1: SECRET},
        {"1": OTHER, "2": SECRET},
        {3: SECRET, 10: OTHER, 9: SECRET},
        {"id": "k_1", "secret": SECRET},
        {"secret": bytes(range(32))},
        {"id": "k_1", "encryption": SECRET, "integrity": OTHER},
        {"k": {"encryption": SECRET, "integrity": bytes(range(40))}},
        [SECRET, OTHER],
        Password.of(SECRET, id="named"),
    ],
)
def test_a_password_may_have_any_form_that_iron_knows(password: Any) -> None:
    assert unseal_data(seal_data([1], password, now=NOW), password, now=NOW) == [1]


def test_a_password_with_an_id_seals_under_it() -> None:
    text = seal_data(1, {"id": "k_1", "secret": SECRET}, now=NOW)
    assert text.startswith("Fe26.2*k_1*")
    assert unseal_data(text, {"k_1": SECRET, "k_2": OTHER}, now=NOW) == 1
    with pytest.raises(UnknownKey):
        unseal_data(text, {"k_2": SECRET}, now=NOW)


def test_a_key_given_as_bytes_has_no_salts() -> None:
    fields = seal_data(1, bytes(range(32)), now=NOW).split("*")
    assert (fields[2], fields[6]) == ("", "")


def test_a_seal_without_an_id_is_for_the_password_called_default() -> None:
    text = fe26.seal(b"1", Password.of(SECRET), expires=None)
    assert unseal_data(text, {"default": SECRET}, now=NOW) == 1
    with pytest.raises(UnknownKey):
        unseal_data(text, {"1": SECRET}, now=NOW)


@pytest.mark.parametrize(
    "password",
    ["", "x" * 31, bytes(40), {}, {"secret": "short"}, {"id": "a b", "secret": SECRET}],
)
def test_a_weak_password_seals_and_unseals_nothing(password: Any) -> None:
    with pytest.raises(WeakSecret):
        seal_data(1, password, now=NOW)
    with pytest.raises(WeakSecret):
        unseal_data(seal_data(1, SECRET, now=NOW), password, now=NOW)


def test_both_algorithms_of_iron_are_written_and_read() -> None:
    for algorithm in ("aes-256-cbc", "aes-128-ctr"):
        parameters = Parameters(algorithm, 2, 3)
        text = seal_data({"n": 1}, SECRET, now=NOW, parameters=parameters)
        assert unseal_data(text, SECRET, now=NOW, parameters=parameters) == {"n": 1}
        with pytest.raises(BadSignature):
            unseal_data(text, SECRET, now=NOW)


def test_legacy_data_are_unwrapped_only_where_that_was_asked_for() -> None:
    old = seal_data({"persistent": {"n": 1}, "flash": {}}, SECRET, now=NOW)[:-2]
    assert unseal_data(old, SECRET, now=NOW) == {"persistent": {"n": 1}, "flash": {}}
    assert unseal_data(old, SECRET, now=NOW, legacy=True) == {"n": 1}
    assert unseal_data(old + "~1", SECRET, now=NOW, legacy=True) == {"n": 1}
    assert unseal_data(old + "~2", SECRET, now=NOW, legacy=True) != {"n": 1}
    assert unseal_data(seal_data([1], SECRET, now=NOW)[:-2], SECRET, now=NOW, legacy=True) == [1]


def test_a_proto_member_is_refused_both_ways() -> None:
    with pytest.raises(NotJson, match="__proto__"):
        seal_data([{"__proto__": 1}], SECRET, now=NOW)
    with pytest.raises(Malformed):
        payload.decode(b'[{"\\u005f_proto__":1}]')


def test_what_could_not_be_read_again_is_not_sealed() -> None:
    with pytest.raises(TooLarge) as caught:
        seal_data("x" * MAX_LENGTH, SECRET, now=NOW)
    assert caught.value.limit == MAX_LENGTH
    with pytest.raises(Oversized):
        unseal_data("x" * (MAX_LENGTH + 1), SECRET, now=NOW)


@given(st.text())
def test_any_text_yields_data_or_a_rejection(text: str) -> None:
    with pytest.raises(Rejected):
        unseal_data(text, SECRET, now=NOW)


def sealed(**fields: str) -> str:
    """A seal that expired, with some fields replaced, which breaks its MAC as well."""
    names = ("prefix", "id", "salt", "iv", "ciphertext", "expiration", "integrity_salt", "mac")
    made = dict(zip(names, seal_data(1, SECRET, now=0, ttl=1)[:-2].split("*"), strict=True))
    return "*".join({**made, **fields}.values())


@pytest.mark.parametrize(
    ("text", "now", "error"),
    [
        (sealed(prefix="Fe26.1") + "*", NOW, "expected 8 fields, found 9"),
        (sealed(prefix="Fe26.1", expiration="soon"), NOW, "begins with Fe26.2"),
        (sealed(id="9", expiration="soon", mac=""), NOW, "expiration in digits"),
        (sealed(id="9", mac=""), NOW, "has expired"),
        (sealed(id="9", mac=""), 0, "a password that is not in use"),
        (sealed(iv="?", ciphertext="?", mac=""), 0, "no password made this seal"),
        (sealed(iv="?", mac="é"), 0, "no password made this seal"),
    ],
)
def test_of_several_faults_the_one_that_iron_names_is_named(
    text: str, now: int, error: str
) -> None:
    with pytest.raises(Rejected, match=error):
        unseal_data(text, SECRET, now=now)


def test_of_an_authentic_seal_the_ciphertext_is_judged_before_its_json() -> None:
    def resealed(iv: str, ciphertext: str) -> str:
        keys = fe26.new_keys(Password.of(SECRET, id="1"))
        body = f"Fe26.2*1*{keys.encryption_salt}*{iv}*{ciphertext}*"
        return f"{body}*{keys.integrity_salt}*{fe26._mac(body, keys.integrity)}"

    for iv, ciphertext in (
        ("A" * 22, "AB"),
        ("A" * 22, "AAAA"),
        ("AAAA", "A" * 22),
        ("A" * 22, ""),
    ):
        with pytest.raises(Malformed):
            unseal_data(resealed(iv, ciphertext), SECRET, now=NOW)


@pytest.mark.parametrize(
    ("version", "ttl", "given", "life"),
    [
        (6, None, "ttl", Life(15 * DAY, 15 * DAY - 60)),
        (8, None, "ttl", Life(14 * DAY, 14 * DAY - 60)),
        (9, None, "ttl", Life(14 * DAY, 14 * DAY - 60)),
        (6, 600, "ttl", Life(600, 540)),
        (8, 600, "ttl", Life(600, 540)),
        (9, 600, "ttl", Life(600, 540)),
        (6, 0, "ttl", Life(ENDLESS, ENDLESS - 60)),
        (8, 0, "ttl", Life(0, ENDLESS)),
        (9, 0, "ttl", Life(0, ENDLESS)),
        (6, 30, "ttl", Life(30, -30)),
        (8, 30, "ttl", Life(30, -30)),
        (9, 30, "ttl", Life(30, 30)),
        (8, 60, "ttl", Life(60, 0)),
        (9, 60, "ttl", Life(60, 60)),
        (9, 61, "ttl", Life(61, 1)),
        (6, 600, 777, Life(600, 717)),
        (8, 600, 777, Life(600, 777)),
        (9, 600, 777, Life(600, 777)),
        (6, 0, 777, Life(ENDLESS, 717)),
        (9, 0, 777, Life(0, 777)),
        (6, 600, "session", Life(0, None)),
        (8, 600, "session", Life(0, None)),
        (9, None, "session", Life(0, None)),
    ],
)
def test_every_version_has_its_own_figures(
    version: Version, ttl: int | None, given: MaxAge, life: Life
) -> None:
    assert max_age.life(version, ttl=ttl, max_age=given) == life


def cookies_of_the_peer() -> list[Any]:
    cases = json.loads((OWN / "iron.json").read_text())
    return [pytest.param(case, id=case["id"]) for case in cases if "set_cookie" in case]


@pytest.mark.parametrize("case", cookies_of_the_peer())
def test_the_peers_own_cookies_live_as_long_as_we_say(case: dict[str, Any]) -> None:
    options = case["options"]
    given: MaxAge = options.get("cookieOptions", {}).get("maxAge", "ttl")
    version: Any = int(case["version"][0])
    life = max_age.life(
        version, ttl=options.get("ttl"), max_age="session" if isinstance(given, dict) else given
    )
    line = case["set_cookie"][0]
    assert (
        (f"; Max-Age={life.max_age};" in line) == ("Max-Age" in line) == (life.max_age is not None)
    )
    ends = max_age.expires(life.ttl, now=case["written_at"] * 1000)
    text = case["wire"] if isinstance(case["wire"], str) else "".join(case["wire"])
    assert text.split("*")[5] == ("" if ends is None else str(ends))
