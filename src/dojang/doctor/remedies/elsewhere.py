"""Where the attributes of a cookie are not what is wrong."""

from dojang.doctor.prescription import is_plain
from dojang.doctor.verdict import Remedy

__all__ = ["ask_again", "one_by_one", "read_it", "server_sessions"]


def ask_again() -> tuple[Remedy, ...]:
    """Return a question that can be read."""
    return (
        Remedy(
            "dojang",
            "dojang doctor --front http://localhost:3000 --api https://api.example.com/login "
            '--set-cookie "session=...; Path=/; HttpOnly"',
        ),
    )


def one_by_one() -> tuple[Remedy, ...]:
    """Return how to send a second cookie in a header of its own."""
    return (
        Remedy("dojang", 'headers = [("set-cookie", first), ("set-cookie", second)]'),
        Remedy("Express", 'res.append("Set-Cookie", second);'),
        Remedy("Django", 'response.set_cookie("second", value)'),
        Remedy("Flask", 'response.headers.add("Set-Cookie", second)'),
        Remedy("Starlette", 'response.headers.append("set-cookie", second)'),
        Remedy("AWS Lambda", '"multiValueHeaders": { "Set-Cookie": [first, second] }'),
        Remedy("fetch", "for (const line of answer.headers.getSetCookie()) { ... }"),
    )


def server_sessions() -> tuple[Remedy, ...]:
    """Return how to keep what is large on the server."""
    return (
        Remedy("dojang", "Sessions(ServerSide(SqliteStore(path)), secret=secret)"),
        Remedy("dojang", 'Cookie(name="session", chunks=Chunking())'),
        Remedy(
            "Express",
            "app.use(session({ secret, store, resave: false, saveUninitialized: false }));",
        ),
        Remedy("Django", 'SESSION_ENGINE = "django.contrib.sessions.backends.db"'),
        Remedy("Flask", 'app.config["SESSION_TYPE"] = "redis"; Session(app)'),
    )


def read_it(name: str) -> tuple[Remedy, ...]:
    """Return how a server reads the cookie `name`, and a page asks it for what is in there."""
    named = name if is_plain(name) else "session"
    return (
        Remedy("fetch", 'await fetch("/api/auth/check", { credentials: "include" })'),
        Remedy("axios", 'axios.get("/api/auth/check", { withCredentials: true })'),
        Remedy(
            "dojang",
            "visit = await sessions.open(request.headers.get('cookie', ''), bearer=bearer)",
        ),
        Remedy("Express", f'const token = req.cookies["{named}"];'),
        Remedy("Django", f'token = request.COOKIES["{named}"]'),
        Remedy("Flask", f'token = request.cookies["{named}"]'),
        Remedy("Starlette", f'token = request.cookies["{named}"]'),
    )
