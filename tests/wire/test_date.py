import pytest
from hypothesis import given
from hypothesis import strategies as st

from dojang.errors import Malformed
from dojang.wire.js import date


def test_a_date_goes_there_and_back() -> None:
    assert date.to_iso(1_767_225_600_999) == "2026-01-01T00:00:00.999Z"
    assert date.from_iso("2026-01-01T00:00:00.999Z") == 1_767_225_600_999


@pytest.mark.parametrize("milliseconds", [8_640_000_000_000_001, -8_640_000_000_000_001])
def test_beyond_what_javascript_holds_there_is_no_date(milliseconds: int) -> None:
    with pytest.raises(Malformed):
        date.to_iso(milliseconds)


@pytest.mark.parametrize("milliseconds", [253_402_300_800_000, -62_135_596_800_001])
def test_http_has_the_years_1_to_9999(milliseconds: int) -> None:
    with pytest.raises(Malformed):
        date.http_date(milliseconds)


@pytest.mark.parametrize("text", ["", "soon", "2026-01-01", "2026-13-01T00:00:00.000Z", "1e3"])
def test_what_is_no_date_is_malformed(text: str) -> None:
    with pytest.raises(Malformed):
        date.from_iso(text)


@given(st.integers(-8_640_000_000_000_000, 8_640_000_000_000_000))
def test_an_instant_that_javascript_has_comes_back(instant: int) -> None:
    assert date.from_iso(date.to_iso(instant)) == instant


@pytest.mark.parametrize("text", ["2026-02-30T00:00:00.000Z", "2026-01-01T24:00:00.000Z"])
def test_a_day_that_no_calendar_has_is_malformed(text: str) -> None:
    with pytest.raises(Malformed, match="calendar"):
        date.from_iso(text)
