"""The rules of the settings, each about a host that the session cookie reaches."""

from dojang.server import addresses
from dojang.server.errors import BadSettings
from dojang.server.forward_auth import rule_file
from dojang.server.forward_auth.rules import NOBODY, PUBLIC, Rules
from dojang.server.settings import Settings

__all__ = ["rules_of"]


def rules_of(settings: Settings) -> Rules:
    """Return the rules that the settings name; none where they name no file.

    Raises:
        BadSettings: With one line for everything that is wrong.
    """
    path = settings.forward_auth
    if path is None:
        return Rules()
    rules = rule_file.read(path)
    if unreached := [
        f"{path}: {rule.name}: the session cookie does not reach {rule.host.name}: write "
        "DOJANG_COOKIE_DOMAIN=, the domain that it shares with DOJANG_URL"
        for rule in rules
        if rule.needs not in {PUBLIC, NOBODY} and not _is_reached(rule.host.name, settings)
    ]:
        raise BadSettings(unreached)
    return Rules(rules)


def _is_reached(host: str, settings: Settings) -> bool:
    domain = settings.cookie_domain
    if domain is None:
        return host == addresses.host_of(settings.url)
    return addresses.is_within(host, domain)
