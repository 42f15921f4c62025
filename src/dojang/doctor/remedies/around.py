"""What stands around a cookie: pages, proxies and the permission to ask."""

from dojang.doctor.prescription import is_plain
from dojang.doctor.verdict import Remedy

__all__ = [
    "cors",
    "credentials",
    "forward_auth",
    "hand_on_cookies",
    "same_origin",
    "trust_proxy",
]


def credentials(api: str) -> tuple[Remedy, ...]:
    """Return how a page asks `api` with cookies."""
    return (
        Remedy("fetch", f'await fetch("{api}/...", {{ credentials: "include" }})'),
        Remedy("axios", f'axios.create({{ baseURL: "{api}", withCredentials: true }})'),
    )


def crossorigin(api: str) -> tuple[Remedy, ...]:
    """Return how a document loads something of `api` with cookies and reads it."""
    return (
        Remedy("page", f'<img src="{api}/..." crossorigin="use-credentials">'),
        Remedy("page", f'<script src="{api}/..." crossorigin="use-credentials"></script>'),
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


def hand_on_cookies(api: str) -> tuple[Remedy, ...]:
    """Return how a program asks `api` with the cookies of the browser that asks the program."""
    return (
        Remedy(
            "Next.js",
            f'await fetch("{api}/...", {{ headers: {{ cookie: (await cookies()).toString() }} }})',
        ),
        Remedy(
            "Express",
            f'await fetch("{api}/...", {{ headers: {{ cookie: req.headers.cookie ?? "" }} }})',
        ),
        *(
            Remedy(tool, f'httpx.get("{api}/...", headers={{"cookie": {header}}})')
            for tool, header in (
                ("Django", 'request.headers.get("cookie", "")'),
                ("Flask", 'request.headers.get("cookie", "")'),
                ("Starlette", 'request.headers.get("cookie", "")'),
            )
        ),
    )
