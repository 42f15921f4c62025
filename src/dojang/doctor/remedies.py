"""What to write instead, as lines one can paste."""

from typing import Any

from dojang.doctor.prescription import is_plain, prescribe
from dojang.doctor.set_cookie import Line
from dojang.doctor.verdict import Remedy

__all__ = [
    "attributes",
    "cors",
    "credentials",
    "forward_auth",
    "only_dojang",
    "same_origin",
    "trust_proxy",
]


def attributes(line: Line, **changes: Any) -> tuple[Remedy, ...]:
    """Return how to set the cookie of `line` with other attributes."""
    cookie = prescribe(line, **changes)
    name = cookie.name
    remedies = (
        Remedy("dojang", _dojang(name, cookie)),
        Remedy("Express", _express(name, cookie)),
        Remedy("Django", _set_cookie(name, cookie)),
        Remedy("Flask", _set_cookie(name, cookie)),
        Remedy("Starlette", _set_cookie(name, cookie)),
        Remedy("nginx", _nginx(name, cookie)),
    )
    if cookie.partitioned:  # the others have no word for it that all their versions know
        return tuple(remedy for remedy in remedies if remedy.tool not in {"Django", "nginx"})
    return remedies


def credentials(api: str) -> tuple[Remedy, ...]:
    """Return how a page asks `api` with cookies."""
    return (
        Remedy("fetch", f'await fetch("{api}/...", {{ credentials: "include" }})'),
        Remedy("axios", f'axios.create({{ baseURL: "{api}", withCredentials: true }})'),
    )


def same_origin(api: str) -> tuple[Remedy, ...]:
    """Return how to serve `api` under the address of the page, so that nothing is foreign."""
    return (
        Remedy(
            "Vite",
            f'server: {{ proxy: {{ "/api": {{ target: "{api}", changeOrigin: true, '
            'cookieDomainRewrite: "" } } }',
        ),
        Remedy(
            "Next.js",
            f'rewrites: async () => [{{ source: "/api/:path*", destination: "{api}/api/:path*" }}]',
        ),
        Remedy("nginx", f"location /api/ {{ proxy_pass {api}; proxy_ssl_server_name on; }}"),
        Remedy("dojang", f"dojang dev-proxy --to {api} --port 3001"),
    )


def cors(front: str) -> tuple[Remedy, ...]:
    """Return how an API lets pages of `front` ask it with cookies."""
    return (
        Remedy(
            "Starlette",
            f'app.add_middleware(CORSMiddleware, allow_origins=["{front}"], '
            'allow_credentials=True, allow_methods=["*"], allow_headers=["*"])',
        ),
        Remedy("Express", f'app.use(cors({{ origin: "{front}", credentials: true }}))'),
        Remedy("Django", f'CORS_ALLOWED_ORIGINS = ["{front}"]; CORS_ALLOW_CREDENTIALS = True'),
        Remedy("Flask", f'CORS(app, origins=["{front}"], supports_credentials=True)'),
        Remedy(
            "nginx",
            f'add_header Access-Control-Allow-Origin "{front}" always; '
            'add_header Access-Control-Allow-Credentials "true" always;',
        ),
    )


def trust_proxy(public: str) -> tuple[Remedy, ...]:
    """Return how an application believes the proxy that browsers came over https to `public`."""
    return (
        Remedy("nginx", "proxy_set_header X-Forwarded-Proto $scheme;"),
        Remedy("dojang", f"DOJANG_URL={public}"),
        Remedy("Express", 'app.set("trust proxy", 1);'),
        Remedy("Django", 'SECURE_PROXY_SSL_HEADER = ("HTTP_X_FORWARDED_PROTO", "https")'),
        Remedy("Flask", "app.wsgi_app = ProxyFix(app.wsgi_app, x_proto=1, x_host=1)"),
        Remedy("uvicorn", "uvicorn app:app --proxy-headers --forwarded-allow-ips 127.0.0.1"),
    )


def forward_auth(name: str) -> tuple[Remedy, ...]:
    """Return how a proxy hands on the cookie `name` of the service it asked."""
    named = name if is_plain(name) else "session"
    return (
        Remedy(
            "nginx",
            "auth_request_set $cookie $upstream_http_set_cookie; add_header Set-Cookie $cookie;",
        ),
        Remedy(
            "Caddy",
            "@ok status 2xx\nhandle_response @ok { copy_response_headers { include Set-Cookie } }",
        ),
        Remedy(
            "Traefik",
            f"traefik.http.middlewares.auth.forwardauth.addAuthCookiesToResponse={named}",
        ),
    )


def only_dojang(line: str) -> tuple[Remedy, ...]:
    """Return a line that there is for dojang alone."""
    return (Remedy("dojang", line),)


def _dojang(name: str, cookie: Line) -> str:
    options = [
        f'name="{name}"',
        *_if(cookie.domain, f'domain="{cookie.domain}"'),
        *_if(cookie.path not in {None, "/"}, f'path="{cookie.path}"'),
        *_if(not cookie.secure, "secure=False"),
        *_if(not cookie.http_only, "http_only=False"),
        *_if(cookie.same_site != "lax", f"same_site={_quoted(cookie.same_site)}"),
        *_if(cookie.partitioned, "partitioned=True"),
    ]
    return f"Cookie({', '.join(options)})"


def _express(name: str, cookie: Line) -> str:
    options = [
        f'path: "{cookie.path or "/"}"',
        *_if(cookie.domain, f'domain: "{cookie.domain}"'),
        *_if(cookie.http_only, "httpOnly: true"),
        f"secure: {'true' if cookie.secure else 'false'}",
        *_if(cookie.same_site, f'sameSite: "{cookie.same_site}"'),
        *_if(cookie.partitioned, "partitioned: true"),
    ]
    return f'res.cookie("{name}", value, {{ {", ".join(options)} }});'


def _set_cookie(name: str, cookie: Line) -> str:
    options = [
        f'path="{cookie.path or "/"}"',
        *_if(cookie.domain, f'domain="{cookie.domain}"'),
        f"secure={cookie.secure}",
        f"httponly={cookie.http_only}",
        f"samesite={_quoted(cookie.same_site)}",
        *_if(cookie.partitioned, "partitioned=True"),
    ]
    return f'response.set_cookie("{name}", value, {", ".join(options)})'


def _nginx(name: str, cookie: Line) -> str:
    flags = [
        "secure" if cookie.secure else "nosecure",
        "httponly" if cookie.http_only else "nohttponly",
        f"samesite={cookie.same_site}" if cookie.same_site else "nosamesite",
    ]
    return f"proxy_cookie_flags {name} {' '.join(flags)};"


def _if(wanted: object, text: str) -> list[str]:
    return [text] if wanted else []


def _quoted(text: str | None) -> str:
    return "None" if text is None else f'"{text}"'
