"""Real parts a test cannot do without: found, or the test fails in CI and is skipped elsewhere."""

import os
import shutil

import pytest


def need(program: str) -> str:
    """Return the path of `program`."""
    path = shutil.which(program)
    if path is not None:
        return path
    if os.environ.get("CI") == "true":
        pytest.fail(f"{program} is missing; scripts/setup-system installs it")
    pytest.skip(f"{program} is not installed; scripts/setup-system says how to get it")
