"""Watch the system calls of a job that change files, and make one of them fail, or kill the job at it.

The kernel hands each such call to this process before it is carried out (`seccomp_unotify(2)`, Linux 5.5 and later, no
rights needed), so that calls of compiled libraries and of every thread are met as well as Python's own.
"""

from __future__ import annotations

import array
import ctypes
import errno
import os
import platform
import select
import signal
import socket
import struct
from collections.abc import Callable
from dataclasses import dataclass
from fcntl import ioctl
from pathlib import Path

# Numbers of asm/unistd.h. What stands beside each name: which argument is a path, a folder to which it is relative,
# or an open file.
_NUMBERS: dict[str, dict[str, int]] = {
    "x86_64": {
        **{"open": 2, "openat": 257, "creat": 85, "write": 1, "pwrite64": 18, "writev": 20, "pwritev": 296},
        **{"ftruncate": 77, "fallocate": 285, "sendfile": 40, "copy_file_range": 326, "fsync": 74, "fdatasync": 75},
        **{"rename": 82, "renameat": 264, "renameat2": 316, "unlink": 87, "unlinkat": 263, "rmdir": 84},
        **{"mkdir": 83, "mkdirat": 258, "flock": 73, "seccomp": 317},
    },
    "aarch64": {
        **{"openat": 56, "write": 64, "pwrite64": 68, "writev": 66, "pwritev": 70, "ftruncate": 46, "fallocate": 47},
        **{"sendfile": 71, "copy_file_range": 285, "fsync": 82, "fdatasync": 83, "renameat": 38, "renameat2": 276},
        **{"unlinkat": 35, "mkdirat": 34, "flock": 32, "seccomp": 277},
    },
}
_BY_PATH = {"open", "creat", "rename", "unlink", "rmdir", "mkdir"}
_BY_FOLDER = {"openat", "renameat", "renameat2", "unlinkat", "mkdirat"}
_RENAMES = {"renameat", "renameat2"}
_FLAGS = {"open": 1, "openat": 2}
_OF_SECOND_FILE = {"copy_file_range": 2}

_PR_SET_NO_NEW_PRIVS = 38
_SET_MODE_FILTER, _NEW_LISTENER = 1, 8
_LOAD, _JUMP_IF_EQUAL, _RETURN = 0x20, 0x15, 0x06
_ALLOW, _USER_NOTIF = 0x7FFF0000, 0x7FC00000
_RECEIVE, _SEND = 0xC0502100, 0xC0182101
_CONTINUE = 1
_AT_FDCWD = -100
_PAGE = 4096
_NOTICE = struct.Struct("=QIIiIQ6Q")
_ANSWER = struct.Struct("=QqiI")


@dataclass(frozen=True, slots=True)
class Call:
    """A system call that is about to be carried out."""

    name: str
    path: Path
    """The file; of a rename the old name."""
    changes: bool = True
    """Whether it changes anything; opening for reading does not."""
    target: Path | None = None
    """The new name of what is renamed."""


@dataclass(frozen=True, slots=True)
class Ended:
    """How a watched job ended."""

    status: int
    """Exit status, or the negative number of the signal that ended it."""
    told: str
    """What it returned."""


KILL = -1
"""What `decide` answers to have the job killed before the call."""

UNASKED = -2
"""What `decide` answers to let the call through, and all that follow, without being asked."""


def supported() -> bool:
    """Say whether the kernel hands over system calls."""
    if platform.system() != "Linux" or platform.machine() not in _NUMBERS:
        return False
    try:
        return run_watched(lambda: "yes", lambda _: 0).told == "yes"
    except OSError:
        return False


def run_watched(job: Callable[[], str], decide: Callable[[Call], int]) -> Ended:
    """Run a job in a process of its own, whose calls are asked about.

    Args:
        job: what to do; it is run in a fork of this process.
        decide: is asked before each call; gives 0 to let it through, an errno that it shall fail with, `KILL` or
            `UNASKED`.
    """
    ours, theirs = socket.socketpair()
    child = os.fork()
    if not child:
        _be_watched(job, theirs)
    theirs.close()
    with ours:
        try:
            listener = _received(ours)
            try:
                _watch(listener, child, decide)
            finally:
                os.close(listener)
        except BaseException:
            os.kill(child, signal.SIGKILL)
            os.waitpid(child, 0)
            raise
        told = b"".join(iter(lambda: ours.recv(1 << 16), b"")).decode()
    _, status = os.waitpid(child, 0)
    return Ended(os.waitstatus_to_exitcode(status), told)


def _be_watched(job: Callable[[], str], parent: socket.socket) -> None:
    status = 1
    try:
        listener = _install()
        parent.sendmsg([b"."], [(socket.SOL_SOCKET, socket.SCM_RIGHTS, array.array("i", [listener]))])
        os.close(listener)
        parent.send(job().encode())
        status = 0
    finally:
        # No clean-up of the process that this one was forked from.
        os._exit(status)


def _install() -> int:
    numbers = _NUMBERS[platform.machine()]
    calls = [number for name, number in numbers.items() if name != "seccomp"]
    program = [(_LOAD, 0, 0, 0)]
    program += [(_JUMP_IF_EQUAL, len(calls) - at, 0, number) for at, number in enumerate(calls)]
    program += [(_RETURN, 0, 0, _ALLOW), (_RETURN, 0, 0, _USER_NOTIF)]
    code = ctypes.create_string_buffer(b"".join(struct.pack("=HBBI", *line) for line in program))
    wrapped = ctypes.create_string_buffer(struct.pack("@HP", len(program), ctypes.addressof(code)))
    libc = ctypes.CDLL(None, use_errno=True)
    if libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0):
        raise OSError(ctypes.get_errno(), "prctl")
    listener: int = libc.syscall(numbers["seccomp"], _SET_MODE_FILTER, _NEW_LISTENER, wrapped)
    if listener < 0:
        raise OSError(ctypes.get_errno(), "seccomp")
    return listener


def _received(ours: socket.socket) -> int:
    _, more, _, _ = ours.recvmsg(1, socket.CMSG_SPACE(4))
    if not more:
        raise OSError(errno.ENOSYS, "system calls cannot be watched here")
    return int(array.array("i", more[0][2])[0])


def _watch(listener: int, child: int, decide: Callable[[Call], int]) -> None:
    names = {number: name for name, number in _NUMBERS[platform.machine()].items()}
    poll = select.poll()
    poll.register(listener, select.POLLIN)
    asking = True
    while True:
        (_, events), *_ = poll.poll()
        if not events & select.POLLIN:
            return
        notice = bytearray(_NOTICE.size)
        try:
            ioctl(listener, _RECEIVE, notice)
        except FileNotFoundError:
            continue  # its process has died meanwhile
        number, thread, _, call, _, _, *arguments = _NOTICE.unpack(notice)
        error = 0
        if asking:
            error = _ask(decide, names[call], thread, arguments)
            asking = error != UNASKED
        if error == KILL:
            os.kill(child, signal.SIGKILL)
            return
        try:
            ioctl(listener, _SEND, _ANSWER.pack(number, 0, -max(0, error), 0 if error > 0 else _CONTINUE))
        except FileNotFoundError:
            continue


def _ask(decide: Callable[[Call], int], name: str, thread: int, arguments: list[int]) -> int:
    path = _path(name, thread, arguments)
    changes = name not in _FLAGS or bool(arguments[_FLAGS[name]] & (os.O_WRONLY | os.O_RDWR | os.O_CREAT))
    target = _target(name, thread, arguments)
    return decide(Call(name, path, changes, target)) if path is not None else 0


def _path(name: str, thread: int, arguments: list[int]) -> Path | None:
    """Give the file that a call is about; None where it is none, or the process has gone."""
    try:
        if name in _BY_PATH:
            return _absolute(thread, _AT_FDCWD, _text(thread, arguments[0]))
        if name in _BY_FOLDER:
            return _absolute(thread, ctypes.c_int(arguments[0]).value, _text(thread, arguments[1]))
        return Path(os.readlink(f"/proc/{thread}/fd/{arguments[_OF_SECOND_FILE.get(name, 0)]}"))  # noqa: PTH115
    except (FileNotFoundError, ProcessLookupError):
        return None


def _target(name: str, thread: int, arguments: list[int]) -> Path | None:
    try:
        if name == "rename":
            return _absolute(thread, _AT_FDCWD, _text(thread, arguments[1]))
        if name in _RENAMES:
            return _absolute(thread, ctypes.c_int(arguments[2]).value, _text(thread, arguments[3]))
    except (FileNotFoundError, ProcessLookupError):
        pass
    return None


def _absolute(thread: int, folder: int, path: str) -> Path:
    if path.startswith("/"):
        return Path(path)
    base = f"/proc/{thread}/cwd" if folder == _AT_FDCWD else f"/proc/{thread}/fd/{folder}"
    return Path(os.readlink(base)) / path  # noqa: PTH115 - these links name no file where they lead


def _text(thread: int, address: int) -> str:
    text = b""
    with Path(f"/proc/{thread}/mem").open("rb", buffering=0) as memory:
        # A page at a time: what lies behind the text need not be there.
        while b"\0" not in text:
            memory.seek(address + len(text))
            text += memory.read(_PAGE - (address + len(text)) % _PAGE)
    return os.fsdecode(text.split(b"\0")[0])
