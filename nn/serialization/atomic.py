"""Writing a file so that at any moment either the old one or the new one is there, whole.

The new contents go into a file without a name where the system has such (Linux), else into a hidden one beside the old; they are
brought to the disk, and only then take the name over. What a killed process may leave is removed by the next save of that file.
"""

from __future__ import annotations

import contextlib
import errno
import os
import secrets
import stat
from collections.abc import Callable, Generator
from pathlib import Path
from typing import Any, BinaryIO


def write_atomically(path: Any, write: Callable[[BinaryIO], None]) -> None:
    """Replace a file by what a function writes.

    Parameters
    ----------
    path : path-like
        The file; where it is a link, the file that the link names.
    write : callable
        Gets a binary file.

    Raises
    ------
    OSError
        The disk is full, the folder missing or protected; the old file is as it was, and nothing is left over.
    """
    target = Path(os.path.realpath(os.fspath(path)))
    if target.is_dir():
        raise IsADirectoryError(errno.EISDIR, "nn.save: a folder cannot be overwritten by a file", str(target))
    _sweep(target)
    beside = target.with_name(f".{target.name}.{secrets.token_hex(8)}.tmp")
    try:
        with _new_file(beside) as (file, nameless):
            _lock(file)
            if target.exists():
                os.chmod(file.fileno() if os.chmod in os.supports_fd else beside, stat.S_IMODE(target.stat().st_mode))
            write(file)
            file.flush()
            os.fsync(file.fileno())
            if nameless:
                _give_name(file.fileno(), beside)
            elif os.name == "nt":
                file.close()  # Windows does not rename open files
            os.replace(beside, target)
    except OSError as error:
        beside.unlink(missing_ok=True)
        if error.filename is None:
            raise OSError(error.errno, error.strerror or str(error), str(target)) from error
        raise
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
    _sync_folder(target.parent)


@contextlib.contextmanager
def _new_file(beside: Path) -> Generator[tuple[BinaryIO, bool]]:
    """Open a new file for writing, without a name if possible."""
    flags = os.O_WRONLY | getattr(os, "O_CLOEXEC", 0) | getattr(os, "O_BINARY", 0)
    descriptor = -1
    try:
        if hasattr(os, "O_TMPFILE"):
            descriptor = os.open(beside.parent, flags | os.O_TMPFILE, 0o666)
    except OSError as error:
        if error.errno not in (errno.EOPNOTSUPP, errno.EISDIR, errno.EINVAL):  # what file systems without nameless files say
            raise
    nameless = descriptor >= 0
    if not nameless:
        descriptor = os.open(beside, flags | os.O_CREAT | os.O_EXCL, 0o666)
    with os.fdopen(descriptor, "wb") as file:
        yield file, nameless


def _give_name(descriptor: int, name: Path) -> None:
    folder = os.open(name.parent, os.O_RDONLY)
    try:  # naming a folder makes Python call linkat(), which follows the link in /proc
        os.link(f"/proc/self/fd/{descriptor}", name, src_dir_fd=folder, follow_symlinks=True)
    finally:
        os.close(folder)


def _lock(file: BinaryIO) -> None:
    """Mark the file as being written by a living process."""
    with contextlib.suppress(
        ImportError, OSError
    ):  # no locks on Windows and on some network file systems: nothing is swept there
        import fcntl

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _sweep(target: Path) -> None:
    """Remove what a killed process left: files of this target's pattern that no living process holds locked."""
    try:
        import fcntl
    except ImportError:
        return
    for left in target.parent.glob(f".{_literal(target.name)}.{'[0-9a-f]' * 16}.tmp"):
        with contextlib.suppress(OSError), left.open("rb") as file:  # one that is in use, or just gone, is left alone
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
            left.unlink()


def _literal(name: str) -> str:
    return "".join(f"[{letter}]" if letter in "*?[" else letter for letter in name)


def _sync_folder(folder: Path) -> None:
    """Bring the folder's entry to the disk too, where folders can be opened."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
