"""What a session interface says of its cookie to whoever asks: the truth."""

from typing import Any

from dojang.sessions import Sessions

__all__ = ["CookieFacts"]


class CookieFacts:
    """Flask's and Quart's questions about the session cookie, answered by the sessions."""

    @property
    def sessions(self) -> Sessions:
        """Where sessions live."""
        raise NotImplementedError

    def get_cookie_name(self, app: Any) -> str:  # noqa: ANN401 - an application of either framework
        """Return the name."""
        del app
        return self.sessions.cookie.name

    def get_cookie_domain(self, app: Any) -> str | None:  # noqa: ANN401 - the same
        """Return the Domain; None for the very host."""
        del app
        return self.sessions.cookie.domain

    def get_cookie_path(self, app: Any) -> str:  # noqa: ANN401 - the same
        """Return the Path."""
        del app
        return self.sessions.cookie.path or "/"

    def get_cookie_httponly(self, app: Any) -> bool:  # noqa: ANN401 - the same
        """Return whether scripts cannot read it."""
        del app
        return self.sessions.cookie.http_only

    def get_cookie_secure(self, app: Any) -> bool:  # noqa: ANN401 - the same
        """Return whether it goes over https alone."""
        del app
        return self.sessions.cookie.secure

    def get_cookie_samesite(self, app: Any) -> Any:  # noqa: ANN401 - a text or None, which Quart's types leave out
        """Return SameSite, as Flask writes it."""
        del app
        same_site = self.sessions.cookie.same_site
        return same_site.capitalize() if same_site else None

    def get_cookie_partitioned(self, app: Any) -> bool:  # noqa: ANN401 - the same
        """Return whether it is kept apart for each site it is embedded in."""
        del app
        return self.sessions.cookie.partitioned
