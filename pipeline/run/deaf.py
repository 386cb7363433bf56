"""Imported first by the server that workers are forked from.

Ctrl-C reaches every process of a terminal, and is the main process's to heed. The server hands on to its workers what
it did about signals before, so they are deaf to it from birth. Imported anywhere else, as by what reads docstrings, it
does nothing.
"""

from __future__ import annotations

import signal
import sys

IN_SERVER = any("multiprocessing.forkserver" in word for word in sys.orig_argv)
"""Whether this is that server, or was forked from it."""

if IN_SERVER:
    signal.signal(signal.SIGINT, signal.SIG_IGN)
