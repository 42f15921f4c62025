"""Signing in across hosts, sites and frames."""

from dojang.doctor.sites import Place
from dojang.doctor.verdict import Remedy

__all__ = ["hand_off", "hand_over", "one_host", "one_state"]


def one_host(begun: Place, back: Place) -> tuple[Remedy, ...]:
    """Return how a sign-in that was begun at one name of a machine comes back to that name."""
    there = f"{begun.origin}{back.path}"
    return (
        Remedy("provider", f"redirect_uri={there}"),
        Remedy("oauth2-proxy", f"--redirect-url={there}"),
        Remedy("dojang", f"DOJANG_URL={begun.origin}"),
        Remedy("nginx", f"server_name {back.host}; return 301 {begun.origin}$request_uri;"),
    )


def hand_off(signed_in: Place, other: Place, other_site: str) -> tuple[Remedy, ...]:
    """Return how who is signed in at one registrable domain gets a cookie of another."""
    return (
        Remedy(
            "redirect",
            f"{signed_in.origin}/login?return_to={other.origin}/callback  "
            "# answers with a one-time code",
        ),
        Remedy(
            "Express",
            'app.get("/callback", async (req, res) => { const user = await redeem(req.query.code); '
            'res.cookie("session", await issue(user), { httpOnly: true, secure: true, sameSite: '
            '"lax" }).redirect("/"); });',
        ),
        Remedy(
            "Authelia",
            f"session: {{ cookies: [{{ domain: {other_site}, "
            f"authelia_url: https://auth.{other_site} }}] }}",
        ),
        Remedy(
            "tinyauth",
            f"TINYAUTH_APPURL=https://auth.{other_site}  # a second instance; APP_URL before 5",
        ),
        Remedy(
            "traefik-forward-auth", f"--cookie-domain={other_site} --auth-host=auth.{other_site}"
        ),
        Remedy(
            "oauth2-proxy",
            f"--cookie-domain=.{other_site} --redirect-url={other.origin}/oauth2/callback",
        ),
    )


def hand_over(top: str, embedded: str) -> tuple[Remedy, ...]:
    """Return how a frame of `embedded` within `top` gets a login that was made elsewhere."""
    return (
        Remedy("popup", f'opener.postMessage({{ code }}, "{embedded}");'),
        Remedy(
            "frame",
            f'addEventListener("message", ({{ origin, data }}) => origin === "{embedded}" && '
            f'fetch("{embedded}/session", {{ method: "POST", body: data.code, '
            'credentials: "include" }));',
        ),
        Remedy("frame", "button.onclick = () => document.requestStorageAccess();"),
        Remedy("page", f'<iframe src="{embedded}" allow="storage-access"></iframe>  # in {top}'),
    )


def one_state() -> tuple[Remedy, ...]:
    """Return how a sign-in keeps few cookies for attempts that nobody finished."""
    return (
        Remedy("oauth2-proxy", "--cookie-csrf-per-request=false"),
        Remedy("oauth2-proxy", "--cookie-csrf-per-request --cookie-csrf-per-request-limit=5"),
    )
