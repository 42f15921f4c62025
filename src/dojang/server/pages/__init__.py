"""Pages for people: sign in, sign up, the account and its devices, and what went wrong."""

from dojang.server.pages.map import routes
from dojang.server.pages.redirects import local_path
from dojang.server.pages.render import error_page, unavailable_page

__all__ = ["error_page", "local_path", "routes", "unavailable_page"]
