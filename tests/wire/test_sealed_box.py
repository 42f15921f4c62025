import pytest

from dojang.errors import BadSignature, Rejected
from dojang.wire import sealed_box
from dojang.wire.keyring import Keyring
from tests.wire.naughty import NAUGHTY

KEYS = Keyring("k" * 31 + "1")
NEWER = Keyring(["n" * 31 + "1", *KEYS])


def test_what_was_sealed_opens_in_its_place_and_nowhere_else() -> None:
    text = sealed_box.seal(b"a token", name="here", keys=KEYS)
    assert sealed_box.open_box(text, name="here", keys=KEYS) == b"a token"
    with pytest.raises(BadSignature):
        sealed_box.open_box(text, name="there", keys=KEYS)


def test_a_secret_behind_the_newest_still_opens() -> None:
    old = sealed_box.seal(b"", name="here", keys=KEYS)
    assert sealed_box.open_box(old, name="here", keys=NEWER) == b""
    new = sealed_box.seal(b"", name="here", keys=NEWER)
    with pytest.raises(BadSignature):
        sealed_box.open_box(new, name="here", keys=KEYS)


def test_equal_texts_are_sealed_unequally() -> None:
    assert len({sealed_box.seal(b"x", name="n", keys=KEYS) for _ in range(100)}) == 100


def test_every_changed_character_is_refused() -> None:
    text = sealed_box.seal(b"a token", name="here", keys=KEYS)
    for index, char in enumerate(text):
        changed = text[:index] + ("A" if char != "A" else "B") + text[index + 1 :]
        for other in (changed, text[:index], f"{text}A"):
            with pytest.raises(Rejected):
                sealed_box.open_box(other, name="here", keys=KEYS)


@pytest.mark.parametrize("text", [*NAUGHTY, "1.", "1.AAAA"])
def test_any_text_is_a_rejection(text: str) -> None:
    with pytest.raises(Rejected):
        sealed_box.open_box(text, name="here", keys=KEYS)
