"""Answers as tools write them down: HAR files of browsers, and what `curl -v` prints."""

from dojang.doctor import sites
from dojang.doctor.evidence.answer import Answer, BadEvidence
from dojang.doctor.evidence.curl import read_curl
from dojang.doctor.evidence.har import read_har

__all__ = ["Answer", "BadEvidence", "read"]


def read(text: str) -> list[Answer]:
    """Return the answers of a HAR file or of what `curl -v` printed that set cookies.

    Args:
        text: Any text is safe to pass.

    Raises:
        BadEvidence: It is neither, or no answer in it sets a cookie.
    """
    text = text.removeprefix("\ufeff").lstrip()
    answers = read_har(text) if text.startswith("{") else read_curl(text)
    # Extensions of browsers are in a HAR file too, and have no cookies.
    setting = [each for each in answers if each.set_cookies and sites.read(each.exchange.url)]
    if not setting:
        raise BadEvidence(
            f"none of {len(answers)} answers is of http or https and has a Set-Cookie header: "
            "export the HAR with sensitive data, or run curl -v"
        )
    return setting
