"""Asking the doctor, in few words."""

from publicsuffixlist import PublicSuffixList

from dojang.doctor import Exchange, Situation, Verdict, explain

NOW = 1_790_000_000_000

suffixes = PublicSuffixList().publicsuffix


def judge(situation: Situation, *, now: int) -> Verdict:
    return explain(situation, suffixes=suffixes, now=now)


def ask(situation: Situation) -> Verdict:
    return judge(situation, now=NOW)


def between(
    front: str, api: str, set_cookie: str, *, credentials: str = "include", browser: str = "chrome"
) -> Verdict:
    return ask(
        Situation.between(front, api, set_cookie, credentials=credentials, browser=browser)  # type: ignore[arg-type]
    )


def visited(url: str) -> Exchange:
    return Exchange(url=url, way="typed")


def led(page: str, url: str, *redirects: str, method: str = "GET") -> Exchange:
    return Exchange(url=url, way="navigation", pages=(page,), redirects=redirects, method=method)


def set_and_sent(
    set_cookie: str, stored: Exchange, sent: Exchange, *, browser: str = "chrome"
) -> Verdict:
    return ask(Situation(set_cookie=set_cookie, stored_by=stored, sent_by=sent, browser=browser))


def remedy(verdict: Verdict, code: str, tool: str) -> str:
    """Return the first line for `tool` of the reason `code`."""
    (reason,) = (reason for reason in verdict.reasons if reason.code == code)
    return next(remedy.line for remedy in reason.remedies if remedy.tool == tool)


def advice(verdict: Verdict, code: str) -> str:
    (reason,) = (reason for reason in verdict.reasons if reason.code == code)
    return reason.advice
