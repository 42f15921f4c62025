"""Situations that show every row of the doctor's tables that a browser can show."""

from collections.abc import Callable, Iterator

from dojang.doctor import Exchange, Verdict
from tests.doctor.browsers.draw import Drawn
from tests.doctor.browsers.incoming import Incoming
from tests.doctor.browsers.outgoing import Outgoing
from tests.doctor.browsers.world import HOSTS

Judge = Callable[[Drawn], Verdict]

#: Draws after which a row is taken as it comes.
_ENOUGH = 400


class Situations(Incoming, Outgoing):
    """Draws situations: each row in turn, every other time until it decides what happens."""

    def all(self, count: int, judge: Judge) -> Iterator[Drawn]:
        """Yield `count` situations.

        Args:
            count: How many.
            judge: The doctor, who knows which of them show their row.
        """
        rows = [
            self.s1, self.s2, self.s3, self.s4, self.s5, self.s6, self.s7, self.s8, self.s9,
            self.s10, self.s11, self.s12, self.s13, self.s14, self.s15, self.s16, self.s17,
            self.s18, self.s19, self.s20, self.s21, self.s22, self.s23, self.x1, self.x2, self.x3,
            self.x4, self.x5, self.chain, self.chain_set, self.schemes, self.x6, self.x7, self.x8,
            self.x9, self.anything,
        ]  # fmt: skip
        for index in range(count):
            row = rows[index % len(rows)]
            aimed = index // len(rows) % 2 == 0
            yield self._aim(row, judge) if aimed else row()

    def _aim(self, row: Callable[[], Drawn], judge: Judge) -> Drawn:
        drawn = row()
        for _ in range(_ENOUGH):
            if drawn.row in shown(drawn, judge(drawn)):
                break
            drawn = row()
        return drawn

    def anything(self) -> Drawn:
        """Return any attributes with any two exchanges."""
        api = self.here(self.pick("/", "/auth/login", "/api/x"), host=self.random.choice(HOSTS))
        page = self.here(host=self.random.choice(HOSTS))
        attributes = [
            each
            for each in (
                "Secure",
                "HttpOnly",
                "Path=/",
                "Partitioned",
                "Max-Age=600",
                "Domain=one.test",
                self.same_site(),
            )
            if self.random.random() < (0.15 if each.startswith(("Dom", "Part")) else 0.5)
        ]
        exchanges = [
            self.typed(api),
            self.embedded(api, page),
            self.fetch(page, api, self.pick("include", "same-origin", "omit")),
            Exchange(url=api, way="navigation", pages=(page,), method=self.pick("GET", "POST")),
        ]
        name = self.pick("sid", "sid", "sid", "__Host-sid", "__Secure-sid")
        return self.situation(
            "any",
            self.line(*attributes, name=name),
            self.random.choice(exchanges),
            self.random.choice(exchanges),
        )


def shown(drawn: Drawn, verdict: Verdict) -> set[str]:
    """Return the rows that a situation shows: the one that decides, and those worth a note."""
    notes = {reason.row for reason in verdict.reasons if reason.effect == "note"}
    silent = {drawn.row} & {"S1", "X9"}
    return notes | silent | ({verdict.because.row} if verdict.because else set())
