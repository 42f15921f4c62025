import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.server.agents import name_of

from .kit import IPHONE, MAC

WEBKIT = "AppleWebKit/537.36 (KHTML, like Gecko)"
ANDROID = "Mozilla/5.0 (Linux; Android 13; SM-S901N)"
WINDOWS = "Mozilla/5.0 (Windows NT 10.0; Win64; x64"


@pytest.mark.parametrize(
    ("agent", "name"),
    [
        (MAC, "Chrome on macOS"),
        (IPHONE, "Safari on iOS"),
        (f"{ANDROID} {WEBKIT} Chrome/126.0.0.0 Mobile Safari/537.36", "Chrome on Android"),
        (
            f"{ANDROID} {WEBKIT} SamsungBrowser/25.0 Chrome/121.0.0.0 Mobile Safari/537.36",
            "Samsung Internet on Android",
        ),
        (f"{WINDOWS}; rv:127.0) Gecko/20100101 Firefox/127.0", "Firefox on Windows"),
        (f"{WINDOWS}) {WEBKIT} Chrome/126.0 Safari/537.36 Edg/126.0", "Edge on Windows"),
        (f"{WINDOWS}) {WEBKIT} Whale/3.26.244.21 Chrome/126 Safari/537.36", "Whale on Windows"),
        (
            f"Mozilla/5.0 (X11; CrOS x86_64 14541.0.0) {WEBKIT} Chrome/126.0.0.0 Safari/537.36",
            "Chrome on ChromeOS",
        ),
        ("curl/8.5.0", "curl"),
        ("something else", "Unknown browser"),
        ("", "Unknown browser"),
    ],
)
def test_a_device_is_named_as_people_name_it(agent: str, name: str) -> None:
    assert name_of(agent) == name


@given(st.text(max_size=512))
def test_any_user_agent_has_a_name(agent: str) -> None:
    assert name_of(agent)
