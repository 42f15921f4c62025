"""A process of the server does not outlive the one that started it."""

import ctypes
import os
import signal
import sys

__all__ = ["die_with_parent"]

#: `PR_SET_PDEATHSIG` of Linux's prctl(2).
_SET_DEATH_SIGNAL = 1


def die_with_parent(parent: int) -> None:
    """End this process when `parent` does, however that ends.

    A server that was killed would otherwise leave processes behind that hold its port. Other
    systems than Linux have no word for it, and there they are left.

    Args:
        parent: The process id of the one that started this.
    """
    if sys.platform != "linux":
        return
    ctypes.CDLL(None, use_errno=True).prctl(_SET_DEATH_SIGNAL, signal.SIGKILL)
    if os.getppid() != parent:  # it died before this was said
        os.kill(os.getpid(), signal.SIGKILL)
