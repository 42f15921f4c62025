"""Who may pass where: rules by host and path, of which the first that fits decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import reduce

from dojang.server.forward_auth.target import DEFAULT_PORTS, Target

__all__ = ["NOBODY", "PUBLIC", "HostPattern", "Needs", "PathPattern", "Rule", "Rules"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Needs:
    """What it takes to pass.

    Attributes:
        signed_in: Somebody has to be.
        roles: All of these.
        fresh: Seconds since they signed in or confirmed who they are, inclusive; None for any.
        second_factor: They signed in with one.
        nobody: It cannot be done.
    """

    signed_in: bool = True
    roles: frozenset[str] = frozenset()
    fresh: int | None = None
    second_factor: bool = False
    nobody: bool = False

    def __str__(self) -> str:
        """Return it in words."""
        if self.nobody:
            return "nobody passes"
        if not self.signed_in:
            return "everybody passes"
        more = [
            *(f"the role {role}" for role in sorted(self.roles)),
            *([f"a login of the last {self.fresh} s"] if self.fresh is not None else []),
            *(["a second factor"] if self.second_factor else []),
        ]
        return "whoever is signed in passes" + (f", with {', '.join(more)}" if more else "")

    def __and__(self, other: "Needs") -> "Needs":
        """Return what it takes to satisfy both."""
        limits = [limit for limit in (self.fresh, other.fresh) if limit is not None]
        return Needs(
            signed_in=self.signed_in or other.signed_in,
            roles=self.roles | other.roles,
            fresh=min(limits, default=None),
            second_factor=self.second_factor or other.second_factor,
            nobody=self.nobody or other.nobody,
        )


PUBLIC = Needs(signed_in=False)
NOBODY = Needs(nobody=True)


@dataclass(frozen=True, slots=True)
class HostPattern:
    """A host, or all below one.

    Attributes:
        name: In lower case; with `below` what comes after the `*.`.
        port: None for that of the scheme.
        below: Whether names below it are meant, and not itself.
    """

    name: str
    port: int | None = None
    below: bool = False

    def names(self, host: str) -> bool:
        """Return whether a host is meant, whatever its port."""
        return host.endswith(f".{self.name}") if self.below else host == self.name

    def at(self, scheme: str) -> int:
        """Return the port that is meant under a scheme."""
        return DEFAULT_PORTS[scheme] if self.port is None else self.port

    def fits(self, host: str, port: int, scheme: str) -> bool:
        """Return whether a host is meant, as `Target` has it."""
        return port == self.at(scheme) and self.names(host)

    def covers(self, other: "HostPattern") -> bool:
        """Return whether whatever fits the other fits this one."""
        if self.port != other.port:
            return False
        if not self.below:
            return self == other
        return other.name.endswith(f".{self.name}") or (other.below and other.name == self.name)


@dataclass(frozen=True, slots=True)
class PathPattern:
    """A path, or a path and all below it.

    Attributes:
        path: As `Target.path`.
        below: Whether all below it is meant, too.
    """

    path: str
    below: bool = False

    def fits(self, path: str) -> bool:
        """Return whether a path is meant."""
        if path == self.path:
            return True
        return self.below and path.startswith(self.path.rstrip("/") + "/")

    def covers(self, other: "PathPattern") -> bool:
        """Return whether whatever fits the other fits this one."""
        return self.fits(other.path) and (self.below or not other.below)

    def __str__(self) -> str:
        """Return it as the file of the rules has it."""
        return self.path.rstrip("/") + "/*" if self.below else self.path

    @property
    def folded(self) -> "PathPattern":
        """The same for applications to whom capitals are nothing."""
        return PathPattern(self.path.casefold(), self.below)


@dataclass(frozen=True, slots=True)
class Rule:
    """What it takes at some paths of a host."""

    host: HostPattern
    paths: tuple[PathPattern, ...]
    needs: Needs


#: A rule with its paths without regard to capitals.
_Folded = tuple[Rule, tuple[PathPattern, ...]]

_EVERYWHERE = PathPattern("/", below=True)


class Rules:
    """All of them. Where none fits nobody passes."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        """Take them, the first that fits first."""
        self._rules: Sequence[_Folded] = [
            (rule, tuple(path.folded for path in rule.paths)) for rule in rules
        ]

    def needs(self, target: Target) -> Needs:
        """Return what it takes to pass.

        What the application behind the proxy may read in more than one way is let through only if
        it could be in each of them: a path with `%2F`, `//`, `..` or `;` in it by every rule of its
        host, one in other capitals by the rule that fits without regard to them, too. So are the
        ports of a host: proxies do not look at the one that a client writes, and pass it on.
        """
        ports = {
            rule.host.at(target.scheme) for rule, _ in self._rules if rule.host.names(target.host)
        }
        return reduce(Needs.__and__, (self._needs(target, port) for port in {*ports, target.port}))

    def _needs(self, target: Target, port: int) -> Needs:
        here = self._at(target, port)
        path = target.path
        if path is None:
            # Behind all of them stands that nobody passes.
            is_open = not here or _EVERYWHERE not in here[-1][0].paths
            return reduce(
                Needs.__and__, (rule.needs for rule, _ in here), NOBODY if is_open else PUBLIC
            )
        folded = path.casefold()
        exact = next((r.needs for r, _ in here if any(p.fits(path) for p in r.paths)), NOBODY)
        alike = next((r.needs for r, them in here if any(p.fits(folded) for p in them)), NOBODY)
        return exact & alike

    def _at(self, target: Target, port: int) -> Sequence[_Folded]:
        """Return the rules that may decide at a host: none behind one that fits all its paths."""
        here: list[_Folded] = []
        for rule, folded in self._rules:
            if rule.host.fits(target.host, port, target.scheme):
                here.append((rule, folded))
                if _EVERYWHERE in rule.paths:
                    break
        return here

    def knows(self, host: str, port: int, scheme: str) -> bool:
        """Return whether a host is one of those that rules are about."""
        return any(rule.host.fits(host, port, scheme) for rule, _ in self._rules)
