import pytest

from dojang.wire.cross_site import Verdict, judge

OURS = ["https://example.com"]
FORM = "application/x-www-form-urlencoded"


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS"])
def test_methods_that_change_nothing_may_come_from_anywhere(method: str) -> None:
    assert judge(method, {"sec-fetch-site": "cross-site"}, origins=OURS) is Verdict.OURS


@pytest.mark.parametrize(
    ("site", "verdict"),
    [
        ("same-origin", Verdict.OURS),
        ("none", Verdict.OURS),
        ("same-site", Verdict.FOREIGN),
        ("cross-site", Verdict.FOREIGN),
        ("", Verdict.FOREIGN),
        ("Same-Origin", Verdict.FOREIGN),
    ],
)
@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "post", "WEIRD"])
def test_fetch_metadata_decide_where_they_are_sent(
    method: str, site: str, verdict: Verdict
) -> None:
    headers = {"sec-fetch-site": site, "origin": "https://example.com"}
    assert judge(method, headers, origins=OURS) is verdict


@pytest.mark.parametrize(
    ("origin", "verdict"),
    [
        ("https://example.com", Verdict.OURS),
        ("https://EXAMPLE.com:443", Verdict.OURS),
        ("http://example.com", Verdict.FOREIGN),
        ("https://example.com:8443", Verdict.FOREIGN),
        ("https://evil-example.com", Verdict.FOREIGN),
        ("https://example.com.evil", Verdict.FOREIGN),
        ("https://sub.example.com", Verdict.FOREIGN),
        ("null", Verdict.FOREIGN),
        ("", Verdict.FOREIGN),
        ("https://[", Verdict.FOREIGN),
        ("https://example.com:x", Verdict.FOREIGN),
    ],
)
def test_else_the_origin_decides_and_is_compared_whole(origin: str, verdict: Verdict) -> None:
    """Sentry CVE-2023-36829: an origin compared by its end."""
    assert judge("POST", {"origin": origin}, origins=OURS) is verdict


@pytest.mark.parametrize(
    ("media_type", "verdict"),
    [
        ("application/json", Verdict.OURS),
        ("application/json; charset=utf-8", Verdict.OURS),
        (FORM, Verdict.NEEDS_TOKEN),
        ("multipart/form-data; boundary=x", Verdict.NEEDS_TOKEN),
        ("text/plain", Verdict.NEEDS_TOKEN),
        ("TEXT/PLAIN;x=y", Verdict.NEEDS_TOKEN),
        ("", Verdict.OURS),
    ],
)
def test_with_neither_header_only_what_no_form_can_send_passes(
    media_type: str, verdict: Verdict
) -> None:
    assert judge("POST", {"content-type": media_type}, origins=OURS) is verdict


def test_an_origin_of_ours_that_is_no_url_never_matches_nonsense() -> None:
    assert judge("POST", {"origin": "nonsense"}, origins=["nonsense"]) is Verdict.FOREIGN


@pytest.mark.parametrize(
    ("origin", "verdict"),
    [
        ("https://app.example.org", Verdict.OURS),
        ("https://evil-app.example.org", Verdict.FOREIGN),
        ("https://app.example.org.evil", Verdict.FOREIGN),
        ("https://example.com", Verdict.FOREIGN),
        ("null", Verdict.FOREIGN),
    ],
)
@pytest.mark.parametrize("site", ["same-site", "cross-site"])
def test_a_front_acts_for_us_from_its_own_site(origin: str, verdict: Verdict, site: str) -> None:
    headers = {"origin": origin, "sec-fetch-site": site}
    assert judge("POST", headers, origins=OURS, fronts=["https://app.example.org"]) is verdict
