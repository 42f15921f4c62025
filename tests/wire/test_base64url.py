import base64

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Malformed
from dojang.wire import base64url


@given(st.binary())
def test_what_was_encoded_decodes_and_is_base64url_without_padding(data: bytes) -> None:
    text = base64url.encode(data)
    assert base64url.decode(text) == data
    assert text == base64.urlsafe_b64encode(data).rstrip(b"=").decode()


@given(st.text())
def test_any_text_yields_bytes_or_malformed_and_one_value_has_one_spelling(text: str) -> None:
    try:
        data = base64url.decode(text)
    except Malformed:
        return
    assert base64url.encode(data) == text


@pytest.mark.parametrize("text", ["QQ==", "Q Q", "QR", "Q", "QUI=", "+w", "/w", "Q\nQ", "é", "QQ?"])
def test_a_second_spelling_of_the_same_bytes_is_refused(text: str) -> None:
    with pytest.raises(Malformed):
        base64url.decode(text)
