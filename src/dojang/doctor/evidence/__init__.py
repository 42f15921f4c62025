"""Answers as tools write them down: HAR files of browsers, and what `curl -v` prints."""

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
    answers = read_har(text) if text.lstrip().startswith("{") else read_curl(text)
    setting = [answer for answer in answers if answer.set_cookies]
    if not setting:
        raise BadEvidence(
            f"none of {len(answers)} answers has a Set-Cookie header: "
            "export the HAR with sensitive data, or run curl -v"
        )
    return setting
