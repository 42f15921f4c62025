"""Text <-> values: every format that crosses the wire, pure."""
