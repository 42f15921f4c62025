"""@hapi/iron 7 reads the seals we write, and we read its own: all passwords, both algorithms."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import BadSignature, Expired, Malformed, Rejected, UnknownKey, WeakSecret
from dojang.wire import json
from dojang.wire.iron import fe26
from dojang.wire.iron.fe26 import Algorithm, Parameters
from dojang.wire.iron.passwords import Password, PasswordBook
from tests.node.judge import Judge, Thrown
from tests.node.payloads import VALUES, counted, written

NOW = 1_767_225_600_000
TEXT = "correct horse battery staple, and more"
OTHER = "another password, for the MAC alone, 글"
KEYS: dict[Algorithm, bytes] = {"aes-256-cbc": bytes(range(32)), "aes-128-ctr": bytes(range(16))}
MAC_KEY = bytes(range(32, 80))

PARAMETERS = st.builds(
    Parameters,
    algorithm=st.sampled_from(list(KEYS)),
    encryption_iterations=(iterations := st.shared(st.integers(1, 3))),
    integrity_iterations=iterations,
)

#: How @hapi/iron says what we say with a class.
REFUSALS: dict[str, type[Rejected]] = {
    "Incorrect number of sealed components": Malformed,
    "Wrong mac prefix": Malformed,
    "Invalid expiration": Malformed,
    "Expired seal": Expired,
    "Cannot find password": UnknownKey,
    "Bad hmac value": BadSignature,
}


def form(name: str, key: bytes) -> Any:
    """Return a password in one of the forms that @hapi/iron takes."""
    return {
        "text": TEXT,
        "key": key,
        "secret": {"secret": TEXT},
        "named": {"id": "key_2", "secret": TEXT},
        "two": {"id": "two", "encryption": TEXT, "integrity": OTHER},
        "two keys": {"id": "two", "encryption": key, "integrity": MAC_KEY},
        "text and key": {"id": "3", "encryption": TEXT, "integrity": MAC_KEY},
        "key and text": {"encryption": key, "integrity": OTHER},
    }[name]


EVERYWHERE = ["text", "secret", "named", "two", "two keys", "text and key", "key and text"]

#: One key for both fits aes-256-cbc alone: 16 bytes are too few for the MAC.
FORMS = [(name, algorithm) for name in EVERYWHERE for algorithm in KEYS] + [("key", "aes-256-cbc")]


def passed(password: Any) -> Any:
    """Return a password as the judge takes it."""
    if isinstance(password, bytes):
        return {"hex": password.hex()}
    if isinstance(password, dict):
        return {name: passed(member) for name, member in password.items()}
    return password


def book(password: Any) -> Any:
    """Return what `unseal` of @hapi/iron takes for a seal made with `password`."""
    if isinstance(password, dict):
        return {password.get("id", "default"): password}
    return password


@pytest.mark.parametrize(("name", "algorithm"), FORMS)
def test_a_seal_of_every_kind_of_password_is_read_by_the_other(
    judge: Judge, name: str, algorithm: Algorithm
) -> None:
    password, parameters = form(name, KEYS[algorithm]), Parameters(algorithm)
    options = {"algorithm": algorithm, "ttl": 1000}
    ours = fe26.seal(b'{"a":1}', Password.of(password), expires=NOW, parameters=parameters)
    assert judge.ask(
        "iron.unseal", at=NOW, sealed=ours, password=passed(book(password)), options=options
    ) == '{"a":1}'  # fmt: skip
    theirs = judge.ask(
        "iron.seal", at=NOW, object='{"a":1}', password=passed(password), options=options
    )
    opened = fe26.unseal(theirs, PasswordBook(book(password)), now=NOW, parameters=parameters)
    assert (opened.plaintext, opened.expires) == (b'{"a":1}', NOW + 1000)


@counted
@given(value=VALUES, parameters=PARAMETERS)
def test_any_value_survives_in_both_directions(
    judge: Judge, value: Any, parameters: Parameters
) -> None:
    options = {
        "algorithm": parameters.algorithm,
        "iterations": parameters.encryption_iterations,
    }
    text, password = written(value), Password.of(TEXT)
    ours = fe26.seal(text.encode(), password, expires=None, parameters=parameters)
    assert judge.ask("iron.unseal", sealed=ours, password=TEXT, options=options) == text
    theirs = judge.ask("iron.seal", object=text, password=TEXT, options=options)
    opened = fe26.unseal(theirs, PasswordBook(TEXT), now=NOW, parameters=parameters)
    assert written(json.loads(opened.plaintext)) == text


@counted
@given(data=st.data())
def test_a_seal_in_disorder_is_refused_for_the_same_reason(
    judge: Judge, data: st.DataObject
) -> None:
    parts = fe26.seal(b"{}", Password.of(TEXT, id="1"), expires=NOW).split("*")
    for _ in range(data.draw(st.integers(1, 2))):
        place = data.draw(st.integers(0, len(parts) - 1))
        parts[place] = data.draw(
            st.sampled_from(["", "0", "1", "Fe26.2", "x", "*", "-1", "A" * 43])
        )
    sealed = "*".join(parts)
    try:
        ours: type | str = fe26.unseal(sealed, PasswordBook({1: TEXT}), now=NOW).plaintext.decode()
    except Rejected as refused:
        ours = type(refused)
    try:
        theirs = judge.ask("iron.unseal", at=NOW, sealed=sealed, password={"1": TEXT})
    except Thrown as thrown:
        theirs = next(kind for said, kind in REFUSALS.items() if said in str(thrown))
    assert ours == theirs


@pytest.mark.parametrize(
    ("size", "algorithm"), [(48, "aes-256-cbc"), (16, "aes-256-cbc"), (32, "aes-128-ctr")]
)
def test_a_key_of_the_wrong_size_is_refused_by_both(
    judge: Judge, size: int, algorithm: Algorithm
) -> None:
    password: dict[str, str | bytes] = {"encryption": bytes(size), "integrity": TEXT}
    options = {"algorithm": algorithm}
    with pytest.raises(Thrown, match=r"[Kk]ey (length|buffer)"):
        judge.ask("iron.seal", object="{}", password=passed(password), options=options)
    with pytest.raises(WeakSecret, match=f"{size} bytes"):
        fe26.seal(b"{}", Password.of(password), expires=None, parameters=Parameters(algorithm))
