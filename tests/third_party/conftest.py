from tests.e2e.conftest import chromium

__all__ = ["chromium"]
