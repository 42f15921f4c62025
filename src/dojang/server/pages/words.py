"""What the pages say that is not in a template: errors and notices, by their codes."""

from collections.abc import Callable
from typing import Any

from dojang.errors import DojangError
from dojang.words import N_, Words, words_in

__all__ = ["NOTICES", "OLD_PASSWORD", "TITLES", "duration", "explain", "sentence"]


#: What `?notice=` may say; anything else says nothing.
NOTICES = {
    "signed-out": N_("You are signed out."),
    "over": N_("Your session is over. Please sign in again."),
    "one-ended": N_("That device is signed out."),
    "others-ended": N_("All other devices are signed out."),
    "linked": N_("From now on you can sign in with it as well."),
    "unlinked": N_("It does not open your account any more."),
    "sign-up-mailed": N_(
        "We have mailed you a link, good for ten minutes. Open it in this browser, then sign in."
    ),
    "verification-sent": N_("We have mailed you the link. It is good for ten minutes."),
    "change-sent": N_("We have mailed a link to the new address. It is good for ten minutes."),
    "email-verified": N_("Your e-mail address is verified."),
    "email-changed": N_("Your e-mail address is changed."),
    "email-put-back": N_(
        "Your e-mail address is back, and all devices are signed out. Choose a new password now."
    ),
    "device-disowned": N_("That device is signed out. Choose a new password now."),
    "link-mailed": N_(
        "If there is such an account with an address, a link is on its way to it. Look into your "
        "mail within ten minutes."
    ),
    "password-reset": N_("Your password is set. Sign in with it."),
    "account-claimed": N_(
        "Your e-mail address is verified. Nobody had shown before whose it is, so a password that "
        "was set until now is good no more: have a link mailed to set one."
    ),
    "account-disabled": N_("Your account is disabled, and all devices are signed out."),
    "account-deleted": N_("Your account is deleted, and all devices are signed out."),
    "code-over": N_("That code is good no more. Please ask for another."),
    "too-slow": N_("That took too long. Please begin again."),
    "not-done": N_("Nothing was done yet. Confirm that it is you, and then do it once more."),
    "second-factor-removed": N_("The authenticator app is removed. Your password is enough now."),
    "password-changed": N_("Your password is changed, and all other devices are signed out."),
}

#: Said of the proof where whoever is signed in asks for another password.
OLD_PASSWORD = N_("This is not the password of this account.")

#: Headings of error pages.
TITLES = {
    "sign-in-first": N_("Sign in first"),
    "spent": N_("This link or code is good for nothing any more"),
    "unavailable": N_("We will be right back"),
    "csrf": N_("This form has gone stale"),
    "last-way-in": N_("This is your only way in"),
    "no-origin": N_("We could not tell where this form came from"),
}

_HOUR, _MINUTE = 3600, 60  # seconds

#: Where the page has better words than the error, which speaks to programs as well.
_EXPLANATIONS: dict[str, Callable[[Any, Words], str]] = {
    "invalid-credentials": lambda _e, _: _("This name and this password do not open an account."),
    "invalid-code": lambda _e, _: _(
        "This code is wrong, or was used already. Wait until the app shows the next one."
    ),
    "second-factor-needed": lambda _e, _: _(
        "Your account has a second factor: nothing less than its code proves who you are."
    ),
    "already-taken": lambda error, _: (
        _("There is an account with this e-mail address already.")
        if error.field == "email"
        else _("There is an account with this user name already.")
    ),
    "too-many-attempts": lambda error, _: (
        _(
            "Very many are guessing at this login, so nothing more from here is looked at just "
            "now. Try it from another network, or in %(time)s at the earliest.",
            time=duration(error.retry_after, _),
        )
        if error.crowded
        else _(
            "That was tried too often. Please try again in %(time)s.",
            time=duration(error.retry_after, _),
        )
    ),
    "unverified": lambda _e, _: _(
        "Verify your e-mail address first. We have just mailed you the link once more."
    ),
    "verify-first": lambda _e, _: _(
        "Verify your e-mail address first: your account page mails you the link."
    ),
    "sign-in-first": lambda _e, _: _(
        "Sign in here to the account that this was asked for, then open the link again. If you did "
        "not ask for it, do nothing."
    ),
    "stale-login": lambda _e, _: _(
        "That needs a fresh login. Please sign out, sign in again, and do it once more."
    ),
    "invalid-input": lambda error, _: (
        _("This is not an e-mail address that can be used here.")
        if error.field == "email" and _.language != "en"
        else sentence(str(error))
    ),
    "too-busy": lambda _e, _: _(
        "Many people are at the door just now. Please try again in a second."
    ),
    "too-many-sessions": lambda error, _: _.many(
        "This account is signed in on %(count)d device, which is as many as it may be. "
        "Sign out there first.",
        "This account is signed in on %(count)d devices, which is as many as it may be. "
        "Sign out there first.",
        error.limit,
    ),
    "unavailable": lambda _e, _: _(
        "We cannot look anything up at the moment. Nothing is lost and nobody was signed out; "
        "please try again shortly."
    ),
    "last-way-in": lambda _e, _: _(
        "Nothing else opens your account, so this was left as it is. Link another provider first."
    ),
    "spent": lambda _e, _: _(
        "It was used already, is too old, or was replaced by a newer one. Please ask for another."
    ),
    "csrf": lambda _e, _: _(
        "It was made before you signed in or out. Nothing was done. Go back, reload the page, "
        "and send it again."
    ),
}


def explain(error: DojangError, _: Words | None = None) -> str:
    """Return what went wrong in words for the person, with what to do about it.

    Args:
        error: As it was raised.
        _: The words of their language; English ones by default.
    """
    explanation = _EXPLANATIONS.get(error.code)
    return explanation(error, _ or words_in("en")) if explanation else sentence(str(error))


def duration(seconds: int, _: Words) -> str:
    """Return `seconds` in its largest unit, rounded up: "40 seconds", "3 minutes", "2 hours"."""
    if seconds > _HOUR:
        return _.many("%(count)d hour", "%(count)d hours", -(-seconds // _HOUR))
    if seconds > _MINUTE:
        return _.many("%(count)d minute", "%(count)d minutes", -(-seconds // _MINUTE))
    return _.many("%(count)d second", "%(count)d seconds", seconds)


def sentence(text: str) -> str:
    """Return `text` with a capital in front and a full stop behind.

    Args:
        text: A clause, as errors of the floors below are.
    """
    return f"{text[:1].upper()}{text[1:]}" + ("" if text.endswith((".", "?", "!")) else ".")
