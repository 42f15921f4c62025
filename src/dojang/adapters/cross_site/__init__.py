"""Requests that pages of other sites send: refused, or let in by name (CSRF and CORS)."""

from dojang.adapters.cross_site.asgi import CrossSiteMiddleware, form_token
from dojang.adapters.cross_site.gate import Gate
from dojang.adapters.cross_site.wsgi import WSGICrossSiteMiddleware

__all__ = ["CrossSiteMiddleware", "Gate", "WSGICrossSiteMiddleware", "form_token"]
