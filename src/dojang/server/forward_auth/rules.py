"""Who may pass where: rules by host and path, of which the first that fits decides."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import reduce

from dojang.server.forward_auth.target import Target

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
    """A host on all of its ports, or all hosts below one.

    Proxies find a server by its name and pass on the port that the client wrote, so that a port
    says nothing of where a request goes.

    Attributes:
        name: In lower case; with `below` what comes after the `*.`.
        below: Whether names below it are meant, and not itself.
    """

    name: str
    below: bool = False

    def fits(self, host: str) -> bool:
        """Return whether a host is meant, as `Target.host`."""
        return host.endswith(f".{self.name}") if self.below else host == self.name

    def covers(self, other: "HostPattern") -> bool:
        """Return whether whatever fits the other fits this one."""
        if not self.below:
            return self == other
        return other.name.endswith(f".{self.name}") or (other.below and other.name == self.name)

    def __str__(self) -> str:
        """Return it as the file of the rules has it."""
        return f"*.{self.name}" if self.below else self.name


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
        return PathPattern(_folded(self.path), self.below)


@dataclass(frozen=True, slots=True)
class Rule:
    """What it takes at some paths of a host.

    Attributes:
        name: What people call it: by its number in the file.
    """

    host: HostPattern
    paths: tuple[PathPattern, ...]
    needs: Needs
    name: str = field(default="", compare=False)

    def __str__(self) -> str:
        """Return what people call it, and where it fits if that is written anywhere."""
        paths = " ".join(map(str, self.paths))
        return f"{self.name}: {self.host} {paths}" if self.host.name else self.name


_EVERYWHERE = PathPattern("/", below=True)

#: Stands behind all that are written.
_LAST = Rule(HostPattern(""), (_EVERYWHERE,), NOBODY, name="no rule")


class Rules:
    """All of them. Where none fits nobody passes."""

    def __init__(self, rules: Iterable[Rule] = ()) -> None:
        """Take them, the first that fits first."""
        self._rules = [(rule, tuple(path.folded for path in rule.paths)) for rule in rules]

    def needs(self, target: Target) -> Needs:
        """Return what it takes to pass: what each rule takes that decides."""
        return reduce(Needs.__and__, (rule.needs for rule in self.deciding(target)))

    def deciding(self, target: Target) -> Sequence[Rule]:
        """Return the rules that decide, of which there is one where all is plain.

        What the application behind the proxy may read in more than one way is let through only if
        it could be in each of them: a path with `%2F`, `//`, `..` or `;` in it by every rule of its
        host, one in other capitals by the rule that fits without regard to them, too.
        """
        here, path = self._at(target.host), target.path
        if path is None:
            return [rule for rule, _ in here]
        folded = _folded(path)
        exact = next(rule for rule, _ in here if any(p.fits(path) for p in rule.paths))
        alike = next(rule for rule, them in here if any(p.fits(folded) for p in them))
        return [exact] if alike is exact else [exact, alike]

    def _at(self, host: str) -> Sequence[tuple[Rule, Sequence[PathPattern]]]:
        """Return the rules that may decide at a host; the last of them fits all its paths."""
        here: list[tuple[Rule, Sequence[PathPattern]]] = []
        for rule, folded in self._rules:
            if rule.host.fits(host):
                here.append((rule, folded))
                if _EVERYWHERE in rule.paths:
                    return here
        return [*here, (_LAST, _LAST.paths)]

    def knows(self, host: str) -> bool:
        """Return whether a host is one of those that rules are about."""
        return any(rule.host.fits(host) for rule, _ in self._rules)


def _folded(path: str) -> str:
    # Some fold by capitals, where i has none or two: the Turkish ones.
    return path.upper().casefold().replace("\N{COMBINING DOT ABOVE}", "")
