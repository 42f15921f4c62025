"""iron-session's `unsealData` reads any data that we seal, and we read what `sealData` seals."""

from typing import Any

import pytest
from hypothesis import given

from dojang.errors import NotJson
from dojang.wire.iron.max_age import Version
from dojang.wire.iron.seal_data import seal_data, unseal_data
from tests.node.judge import Judge
from tests.node.payloads import VALUES, counted, written

PASSWORD = "correct horse battery staple, and more"
NOW = 1_767_225_600_000
VERSIONS = pytest.mark.parametrize("version", [6, 8, 9])


@VERSIONS
@counted
@given(data=VALUES)
def test_it_reads_what_we_seal(judge: Judge, version: Version, data: Any) -> None:
    try:
        text = seal_data(data, PASSWORD, now=NOW, version=version)
    except NotJson:
        return
    read = judge.ask("iron.unsealData", at=NOW, version=version, seal=text, password=PASSWORD)
    # What stands for nothing comes back as an empty session there.
    empty = data is None or (version == 6 and data in (False, 0, ""))
    assert read == {"data": "{}" if empty else written(data), "refused": None}


@VERSIONS
@counted
@given(data=VALUES)
def test_we_read_what_it_seals(judge: Judge, version: Version, data: Any) -> None:
    # Version 9 seals the members of a list as an object.
    given = [{"in": data}] if version != 9 else {"in": data}
    sealed = judge.ask(
        "iron.sealData",
        at=NOW, version=version, data=written(given), password=PASSWORD,
    )  # fmt: skip
    assert written(unseal_data(sealed, PASSWORD, now=NOW)) == written(given)


@VERSIONS
def test_the_life_of_a_seal_is_the_same_by_default_and_without_end(
    judge: Judge, version: Version
) -> None:
    for ttl in (None, 0, 1, 86_400, 1.5, 1.005, 4.35, 0.001, 86_400.0):
        options = {} if ttl is None else {"ttl": ttl}
        sealed: str = judge.ask(
            "iron.sealData", at=NOW, version=version, data="1", password=PASSWORD, **options
        )
        ours = seal_data(1, PASSWORD, now=NOW, version=version, ttl=ttl)
        assert sealed.split("*")[5] == ours.split("*")[5]
