"""What people really asked, each by the name of the thread where they did."""

import pytest

from dojang.doctor import Cors, Earlier, Exchange, Situation, Transport, Verdict

from .kit import advice, ask, between, led, remedy, set_and_sent, visited

FLAGS = "HttpOnly; Secure; SameSite=None; Path=/"


def test_better_auth_1043_a_domain_that_everybody_shares() -> None:
    verdict = between(
        "https://web.fly.dev", "https://api.fly.dev/sign-in", f"s=v; Domain=.fly.dev; {FLAGS}"
    )
    assert verdict.because
    assert verdict.because.code == "PUBLIC_SUFFIX"
    assert (verdict.stored, verdict.sent) == (False, False)
    assert "domain=" not in remedy(verdict, "PUBLIC_SUFFIX", "Express")
    assert "api.fly.dev" in remedy(verdict, "PUBLIC_SUFFIX", "Next.js")


def test_better_auth_520_siblings_on_railway_are_strangers() -> None:
    verdict = between(
        "https://remio.up.railway.app",
        "https://remio-api.up.railway.app/login",
        "s=v; Domain=.up.railway.app; Secure; SameSite=Lax",
    )
    assert verdict.codes[:2] == ("PUBLIC_SUFFIX", "SAMESITE_CROSS_SITE_SET")
    assert "remio-api.up.railway.app" in remedy(verdict, "SAMESITE_CROSS_SITE_SET", "Vite")


@pytest.mark.parametrize(
    ("browser", "set_cookie", "code"),
    [
        ("chrome", "s=v; Secure; SameSite=Lax", "SAMESITE_CROSS_SITE_SET"),
        ("safari", f"s=v; {FLAGS}", "THIRD_PARTY_BLOCKED"),
        ("firefox", f"s=v; {FLAGS}", "THIRD_PARTY_PARTITIONED"),
    ],
)
def test_better_auth_4038_cross_domain_in_production(
    browser: str, set_cookie: str, code: str
) -> None:
    verdict = between(
        "https://shop.example", "https://api.other.example/x", set_cookie, browser=browser
    )
    assert code in verdict.codes
    assert "api.other.example" in remedy(verdict, code, "nginx")


@pytest.mark.parametrize("front", ["http://localhost:5173", "https://shop.netlify.app"])
def test_better_auth_2157_no_session_after_login(front: str) -> None:
    api = "https://api.example.com/sign-in"
    verdict = between(front, api, f"s=v; {FLAGS}", credentials="same-origin")
    assert verdict.because
    assert verdict.because.code == "CREDENTIALS_MODE"
    assert 'credentials: "include"' in remedy(verdict, "CREDENTIALS_MODE", "fetch")
    assert "withCredentials: true" in remedy(verdict, "CREDENTIALS_MODE", "axios")
    assert front in remedy(verdict, "CREDENTIALS_MODE", "Starlette")
    blocked = between(front, api, f"s=v; {FLAGS}", browser="safari")
    assert blocked.because
    assert blocked.because.code == "THIRD_PARTY_BLOCKED"


def test_better_auth_5611_cookies_appear_and_then_vanish() -> None:
    url = "https://api.example.com/session"
    verdict = ask(
        Situation(
            set_cookie="s=new; Path=/",
            stored_by=visited(url),
            earlier=(Earlier(url, "s=old; Path=/; Domain=example.com"),),
        )
    )
    assert verdict.codes == ("DUPLICATE_NAME",)
    assert 'domain="example.com"' in remedy(verdict, "DUPLICATE_NAME", "dojang")
    deleted = ask(
        Situation(
            set_cookie="s=; Max-Age=0; Path=/",
            stored_by=visited(url),
            earlier=(Earlier(url, "s=old; Path=/; Domain=example.com"),),
        )
    )
    assert deleted.codes == ("EXPIRED", "DELETION_MISSES")
    assert 'domain="example.com"' in remedy(deleted, "DELETION_MISSES", "Flask")
    for code, told in (("DUPLICATE_NAME", verdict), ("DELETION_MISSES", deleted)):
        assert "Max-Age=0" in remedy(told, code, "nginx")
        assert 'clearCookie("s", { path: "/", domain: "example.com"' in remedy(
            told, code, "Express"
        )
        assert "delete_cookie" in remedy(told, code, "Starlette")
        assert ".delete()" in remedy(told, code, "dojang")


def test_better_auth_6645_a_redirect_leaves_the_cookies_on_the_backend() -> None:
    verdict = set_and_sent(
        f"s=v; Domain=.koyeb.app; {FLAGS}",
        led("https://accounts.google.com", "https://back.koyeb.app/callback"),
        Exchange(url="https://back.koyeb.app/me", pages=("https://front.vercel.app",)),
    )
    # koyeb.app is on no public suffix list by now: the cookie is kept, and goes to all its tenants.
    assert verdict.stored
    assert "CREDENTIALS_MODE_SENT" in verdict.codes
    safari = set_and_sent(
        f"s=v; {FLAGS}",
        led("https://accounts.google.com", "https://back.koyeb.app/callback"),
        Exchange(
            url="https://back.koyeb.app/me",
            pages=("https://front.vercel.app",),
            credentials="include",
        ),
        browser="safari",
    )
    assert safari.codes == ("THIRD_PARTY_BLOCKED_SENT",)
    assert "back.koyeb.app" in remedy(safari, "THIRD_PARTY_BLOCKED_SENT", "Next.js")


def test_better_auth_rs_45_no_domain_on_the_wire() -> None:
    verdict = set_and_sent(
        "s=v; Secure; Path=/", visited("https://api.x.com"), visited("https://app.x.com")
    )
    assert verdict.codes == ("HOST_ONLY",)
    assert verdict.stored
    assert 'domain="x.com"' in remedy(verdict, "HOST_ONLY", "Django")
    assert 'domain: "x.com"' in remedy(verdict, "HOST_ONLY", "Express")


@pytest.mark.parametrize(
    "thread", ["webcompat 142566", "mdn/content 41366", "hanko 2471", "h3 977"]
)
def test_safari_wants_https_on_localhost_too(thread: str) -> None:
    del thread
    url = "http://localhost:3000/login"
    safari = set_and_sent("s=v; Secure; Path=/", visited(url), visited(url), browser="safari")
    assert safari.because
    assert safari.because.code == "SAFARI_LOCALHOST"
    assert safari.confidence == "unverified"
    assert "secure=False" in remedy(safari, "SAFARI_LOCALHOST", "dojang")
    chrome = set_and_sent("s=v; Secure; Path=/", visited(url), visited(url))
    assert (chrome.stored, chrome.sent, chrome.codes) == (True, True, ())


def test_oauth2_proxy_2897_begun_on_127_0_0_1_and_back_on_localhost() -> None:
    verdict = set_and_sent(
        "_oauth2_proxy_csrf=v; Path=/; HttpOnly; SameSite=Lax",
        visited("http://127.0.0.1:4180/oauth2/start"),
        led("https://idp.example", "http://localhost:4180/oauth2/callback"),
    )
    assert verdict.codes == ("HOST_ONLY",)
    assert "one host name" in advice(verdict, "HOST_ONLY")
    there = "http://127.0.0.1:4180/oauth2/callback"
    assert remedy(verdict, "HOST_ONLY", "oauth2-proxy") == f"--redirect-url={there}"
    assert remedy(verdict, "HOST_ONLY", "provider") == f"redirect_uri={there}"


def test_oauth2_proxy_1937_a_secure_cookie_on_plain_http() -> None:
    url = "http://sso.example.com/oauth2/start"
    verdict = set_and_sent("_oauth2_proxy_csrf=v; Secure; HttpOnly", visited(url), visited(url))
    assert verdict.because
    assert verdict.because.code == "SECURE_ON_HTTP"
    assert "secure=False" in remedy(verdict, "SECURE_ON_HTTP", "dojang")


@pytest.mark.parametrize("thread", ["2216", "1962", "360"])
def test_oauth2_proxy_cannot_obtain_its_csrf_cookie(thread: str) -> None:
    verdict = {
        "2216": set_and_sent(  # strict state, another site's redirect
            "c=v; Secure; SameSite=Strict",
            visited("https://app.example.com/oauth2/start"),
            led("https://idp.example", "https://app.example.com/oauth2/callback"),
        ),
        "1962": set_and_sent(  # begun on www., finished on the apex
            "c=v; Secure; SameSite=Lax; Path=/",
            visited("https://www.example.com/oauth2/start"),
            led("https://idp.example", "https://example.com/oauth2/callback"),
        ),
        "360": ask(  # one cookie for each attempt, until the first is gone
            Situation(
                set_cookie="c=v; Secure",
                stored_by=visited("https://app.example.com/"),
                later=200,
            )
        ),
    }[thread]
    wanted = {"2216": "SAMESITE_STRICT", "1962": "HOST_ONLY", "360": "EVICTED"}[thread]
    assert verdict.codes == (wanted,)
    assert verdict.stored
    assert not verdict.sent
    assert advice(verdict, wanted)
    tool, line = {
        "2216": ("Flask", 'samesite="lax"'),
        "1962": ("Starlette", 'domain="example.com"'),
        "360": ("oauth2-proxy", "--cookie-csrf-per-request=false"),
    }[thread]
    assert line in remedy(verdict, wanted, tool)


def test_bitly_oauth2_proxy_507_a_stale_cookie_of_another_domain() -> None:
    url = "https://app.example.com/"
    verdict = ask(
        Situation(
            set_cookie="_oauth2_proxy=new; Path=/; Domain=example.com; Secure",
            stored_by=visited(url),
            earlier=(Earlier(url, "_oauth2_proxy=old; Path=/; Secure"),),
        )
    )
    assert verdict.sent
    assert verdict.codes == ("DUPLICATE_NAME",)
    assert "the old one first" in verdict.reasons[0].fact
    assert "domain" not in remedy(verdict, "DUPLICATE_NAME", "dojang")


@pytest.mark.parametrize(
    "thread",
    [
        "aspnet/Security 1231",
        "svelte-kit-cookie-session 32",
        "hybridauth 1433",
        "roundcube 10212",
        "goth 615",
        "phoenix 4693",
    ],
)
def test_a_strict_cookie_is_not_there_when_a_provider_sends_back(thread: str) -> None:
    del thread
    verdict = set_and_sent(
        "s=v; Secure; HttpOnly; SameSite=Strict",
        visited("https://app.example/login"),
        led("https://idp.example.net", "https://app.example/", "https://app.example/callback"),
    )
    assert verdict.stored
    assert verdict.codes == ("SAMESITE_STRICT",)
    assert 'sameSite: "lax"' in remedy(verdict, "SAMESITE_STRICT", "Express")
    assert "refresh" in advice(verdict, "SAMESITE_STRICT")


def test_guardian_gateway_1490_a_strict_state_cookie_fails_in_firefox_and_safari_only() -> None:
    def verdict(browser: str) -> Verdict:
        return set_and_sent(
            "state=v; Secure; SameSite=Strict",
            visited("https://profile.example/start"),
            led(
                "https://profile.example/start",
                "https://profile.example/callback",
                "https://idp.example.net/authorize",
            ),
            browser=browser,
        )

    code = "SAMESITE_REDIRECT_CHAIN"
    assert verdict("chrome").codes == ()
    for browser in ("firefox", "safari"):
        assert verdict(browser).codes == (code,)
        assert 'sameSite: "lax"' in remedy(verdict(browser), code, "Express")
        assert "samesite=lax" in remedy(verdict(browser), code, "nginx")


def embedded(top: str, url: str = "https://idp.example/frame") -> Exchange:
    return Exchange(url=url, way="frame", pages=(top,))


@pytest.mark.parametrize("thread", ["69", "82", "72"])
def test_chips_a_login_in_a_frame_stays_in_its_frame(thread: str) -> None:
    line = f"s=v; {FLAGS}; Partitioned"
    one, two = embedded("https://one.example"), embedded("https://two.example")
    popup = visited("https://idp.example/popup")
    stored, sent = {"69": (one, two), "82": (one, popup), "72": (popup, one)}[thread]
    verdict = set_and_sent(line, stored, sent)
    assert verdict.stored
    assert verdict.codes == ("OTHER_PARTITION",)
    assert "postMessage" in advice(verdict, "OTHER_PARTITION")
    assert "postMessage" in remedy(verdict, "OTHER_PARTITION", "popup")
    assert 'sameSite: "none"' in remedy(verdict, "OTHER_PARTITION", "Express")
    assert "partitioned" not in remedy(verdict, "OTHER_PARTITION", "Express")
    assert set_and_sent(line, one, one).sent


def test_chips_88_a_frame_of_another_site_in_between() -> None:
    inside = Exchange(
        url="https://one.example/api",
        pages=("https://one.example", "https://two.example", "https://one.example"),
        credentials="include",
    )
    verdict = set_and_sent("s=v; SameSite=Lax", visited("https://one.example"), inside)
    assert verdict.codes == ("ANCESTOR",)
    partitioned = set_and_sent(f"s=v; {FLAGS}; Partitioned", visited("https://one.example"), inside)
    assert partitioned.codes == ("OTHER_PARTITION",)
    assert 'same_site="none"' in remedy(verdict, "ANCESTOR", "dojang")


def test_stackoverflow_65006250_secure_on_localhost_is_fine() -> None:
    verdict = between("http://localhost:3000", "http://localhost:4000", "s=v; Secure")
    assert (verdict.stored, verdict.sent) == (True, True)
    by_address = between("http://192.168.0.7:3000", "http://192.168.0.7:4000", "s=v; Secure")
    assert by_address.because
    assert by_address.because.code == "SECURE_ON_HTTP"
    assert "secure: false" in remedy(by_address, "SECURE_ON_HTTP", "Express")


def test_stackoverflow_42220786_strict_after_a_redirect() -> None:
    verdict = set_and_sent(
        "s=v; SameSite=Strict; Secure",
        led("https://bank.example", "https://shop.example/back"),
        led("https://bank.example", "https://shop.example/", "https://shop.example/back"),
    )
    assert verdict.stored
    assert verdict.codes == ("SAMESITE_STRICT",)
    assert "samesite=lax" in remedy(verdict, "SAMESITE_STRICT", "nginx")


def test_express_session_behind_nginx_never_sets_its_secure_cookie() -> None:
    verdict = ask(
        Situation(
            set_cookie="",
            stored_by=visited("https://app.example.com/login"),
            transport=Transport(tls_at_proxy=True),
        )
    )
    assert verdict.because
    assert verdict.because.code == "PROXY_LOST_SCHEME"
    assert "trust proxy" in remedy(verdict, "PROXY_LOST_SCHEME", "Express")
    assert "$scheme" in remedy(verdict, "PROXY_LOST_SCHEME", "nginx")
    assert "SECURE_PROXY_SSL_HEADER" in remedy(verdict, "PROXY_LOST_SCHEME", "Django")
    assert "DOJANG_URL=https://app.example.com" in remedy(verdict, "PROXY_LOST_SCHEME", "dojang")


@pytest.mark.parametrize("chain", ["https", "https,http", "HTTPS, http"])
def test_two_proxies_that_keep_the_first_scheme_are_fine(chain: str) -> None:
    verdict = ask(
        Situation(
            set_cookie="s=v; Secure",
            stored_by=visited("https://app.example.com/login"),
            transport=Transport(tls_at_proxy=True, forwarded_proto=chain),
        )
    )
    assert verdict.codes == ()


@pytest.mark.parametrize(
    "thread",
    [
        "authelia 321",
        "authelia 1198",
        "authelia 1844",
        "authelia 1286",
        "tinyauth 65",
        "traefik-forward-auth 115",
    ],
)
def test_a_second_root_domain_never_sees_the_cookie_of_the_first(thread: str) -> None:
    del thread
    stored = visited("https://auth.one.example/login")
    sent = led("https://auth.one.example/login", "https://app.two.example/")
    widened = set_and_sent("s=v; Domain=one.example; Secure", stored, sent)
    assert widened.codes == ("HOST_ONLY",)
    assert "one-time code" in advice(widened, "HOST_ONLY")
    other = set_and_sent("s=v; Domain=two.example; Secure", stored, sent)
    assert other.because
    assert other.because.code == "DOMAIN_MISMATCH"
    assert "one-time code" in advice(other, "DOMAIN_MISMATCH")
    for code, told in (("HOST_ONLY", widened), ("DOMAIN_MISMATCH", other)):
        assert "return_to=https://app.two.example" in remedy(told, code, "redirect")
        assert "domain: two.example" in remedy(told, code, "Authelia")
        assert "auth.two.example" in remedy(told, code, "tinyauth")
        assert "--cookie-domain=two.example" in remedy(told, code, "traefik-forward-auth")
        assert "Vite" not in {each.tool for reason in told.reasons for each in reason.remedies}


def test_caddy_6580_the_cookie_of_forward_auth_stays_at_the_proxy() -> None:
    verdict = ask(
        Situation(
            set_cookie="s=v; Secure",
            stored_by=Exchange(url="https://auth.example.com/verify", way="forward-auth"),
        )
    )
    assert verdict.codes == ("NOT_A_BROWSER_RESPONSE",)
    assert "copy_response_headers" in remedy(verdict, "NOT_A_BROWSER_RESPONSE", "Caddy")
    assert "auth_request_set" in remedy(verdict, "NOT_A_BROWSER_RESPONSE", "nginx")
    assert "addAuthCookiesToResponse=s" in remedy(verdict, "NOT_A_BROWSER_RESPONSE", "Traefik")


def test_the_tutorial_is_wrong_that_different_ports_need_same_site_none() -> None:
    lax = between("http://localhost:3000", "http://localhost:4000", "s=v; SameSite=Lax")
    assert (lax.stored, lax.sent, lax.codes) == (True, True, ())
    none = between("http://localhost:3000", "http://localhost:4000", "s=v; SameSite=None")
    assert none.because
    assert none.because.code == "NONE_NEEDS_SECURE"
    assert 'sameSite: "lax"' in remedy(none, "NONE_NEEDS_SECURE", "Express")


def test_the_tutorial_is_wrong_that_a_cors_error_means_nothing_was_saved() -> None:
    asked = Exchange(
        url="https://api.x.com/login",
        pages=("https://app.x.com",),
        credentials="include",
        cors=Cors(allow_origin="*"),
    )
    verdict = ask(Situation(set_cookie="s=v; Secure", stored_by=asked))
    assert (verdict.stored, verdict.sent) == (True, True)
    assert verdict.codes == ("CORS_UNREADABLE_BUT_STORED",)
    assert "https://app.x.com" in remedy(verdict, "CORS_UNREADABLE_BUT_STORED", "Flask")


def test_the_tutorial_is_wrong_that_every_other_origin_needs_same_site_none() -> None:
    verdict = between("https://app.x.com", "https://api.x.com/me", "s=v; Secure; SameSite=None")
    assert verdict.sent
    assert verdict.codes == ("NONE_NOT_NEEDED",)
    assert 'samesite="lax"' in remedy(verdict, "NONE_NOT_NEEDED", "Django")
