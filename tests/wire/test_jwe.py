import pytest

from dojang.errors import Malformed
from dojang.wire import base64url
from dojang.wire.jose import jwe
from dojang.wire.jose.content import ENCRYPTIONS

KEYS = {name: bytes(encryption.key_bytes) for name, encryption in ENCRYPTIONS.items()}


@pytest.mark.parametrize("enc", KEYS)
@pytest.mark.parametrize("moved", [-3, -1, 1, 3])
def test_the_bytes_of_a_token_are_cut_in_one_way_alone(enc: str, moved: int) -> None:
    """GCM alone would find ciphertext and tag authentic wherever one is cut from the other."""
    key = KEYS[enc]
    token = jwe.encrypt(b"some plaintext", {"alg": "dir", "enc": enc}, key=key)
    *before, ciphertext, tag = token.split(".")
    whole = base64url.decode(ciphertext) + base64url.decode(tag)
    cut = len(base64url.decode(ciphertext)) + moved
    parts = (base64url.encode(part) for part in (whole[:cut], whole[cut:]))
    with pytest.raises(Malformed, match="a tag of"):
        jwe.decrypt(".".join((*before, *parts)), lambda _: [key])


@pytest.mark.parametrize("enc", KEYS)
def test_an_iv_of_another_size_is_malformed(enc: str) -> None:
    key = KEYS[enc]
    token = jwe.encrypt(b"some plaintext", {"alg": "dir", "enc": enc}, key=key)
    header, none, iv, *rest = token.split(".")
    longer = base64url.encode(base64url.decode(iv) + b"\x00")
    with pytest.raises(Malformed, match="expected an IV of"):
        jwe.decrypt(".".join((header, none, longer, *rest)), lambda _: [key])
