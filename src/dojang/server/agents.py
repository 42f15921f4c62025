"""What people call the program that a User-Agent is of."""

from ua_parser import parse

from dojang.words import LANGUAGES, Language, words_in

__all__ = ["name_of"]

#: What ua-parser calls a browser -> what people call it.
_BROWSERS = {
    "Chrome Mobile": "Chrome",
    "Chrome Mobile WebView": "Chrome",
    "Chrome Mobile iOS": "Chrome",
    "Edge Mobile": "Edge",
    "Firefox Mobile": "Firefox",
    "Firefox iOS": "Firefox",
    "HeadlessChrome": "Chrome",
    "Mobile Safari": "Safari",
    "Mobile Safari UI/WKWebView": "Safari",
    "Opera Mobile": "Opera",
}
_SYSTEMS = {"Chrome OS": "ChromeOS", "Mac OS X": "macOS"}


def name_of(agent: str, language: Language = LANGUAGES[0]) -> str:
    """Return browser and system of a User-Agent; any text is safe to pass."""
    _, found = words_in(language), parse(agent)
    browser = found.user_agent.family if found.user_agent else _("Unknown browser")
    name = _BROWSERS.get(browser, browser)
    if found.os is None:
        return name
    system = _SYSTEMS.get(found.os.family, found.os.family)
    return _("%(browser)s on %(system)s", browser=name, system=system)
