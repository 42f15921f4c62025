"""Accounts that were made elsewhere, from a file with a line for each."""

from dojang.auth.imports.columns import Columns
from dojang.auth.imports.importing import Importing, Outcome
from dojang.auth.imports.records import Record, Records, Unread

__all__ = ["Columns", "Importing", "Outcome", "Record", "Records", "Unread"]
