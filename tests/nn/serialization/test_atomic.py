"""Whatever happens to a save, the old file or the new one is there, whole, and nothing else."""

from __future__ import annotations

import errno
import os
import resource
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.serialization import atomic

ROOT = Path(__file__).parents[3]


@pytest.fixture(params=["nameless", "named"])
def path(request: pytest.FixtureRequest, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A file that is there, on a file system with and without files that have no name."""
    if request.param == "named":
        real = os.open

        def without(path: Any, flags: int, mode: int = 0o777, **options: Any) -> int:
            if flags & os.O_TMPFILE == os.O_TMPFILE:
                raise OSError(errno.EOPNOTSUPP, os.strerror(errno.EOPNOTSUPP))
            return real(path, flags, mode, **options)

        monkeypatch.setattr(os, "open", without)
    nn.save(tmp_path / "file", {"x": np.zeros(1000)})
    return tmp_path / "file"


def untouched(path: Path) -> None:
    """The old file is whole, and alone."""
    assert [item.name for item in path.parent.iterdir()] == [path.name]
    np.testing.assert_array_equal(nn.load(path)["x"], np.zeros(1000))


def test_the_new_file_replaces_the_old(path: Path) -> None:
    """Also where both kinds of new files are made."""
    nn.save(path, {"x": np.ones(3)})
    assert [item.name for item in path.parent.iterdir()] == [path.name]
    np.testing.assert_array_equal(nn.load(path)["x"], np.ones(3))


def test_a_full_disk(path: Path) -> None:
    """The system's limit on file sizes stands for a disk that is full."""
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (100_000, limits[1]))
    try:
        with pytest.raises(OSError, match=str(path)):
            nn.save(path, {"x": np.ones(10**6)})
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
    untouched(path)


@pytest.mark.parametrize("step", ["fsync", "replace", "chmod", "link"])
@pytest.mark.parametrize("error", [OSError(errno.ENOSPC, "No space left on device"), KeyboardInterrupt(), MemoryError()])
def test_a_failure_at_each_step(step: str, error: BaseException, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """An error or an interrupt at any call of the system."""

    def fail(*_: Any, **__: Any) -> None:
        raise error

    with monkeypatch.context() as patch:
        patch.setattr(os, step, fail)
        if step == "chmod":
            patch.setattr(os, "supports_fd", {fail})
        try:
            nn.save(path, {"x": np.ones(3)})
        except type(error):
            pass
        else:  # a file that has a name needs no link
            nn.save(path, {"x": np.zeros(1000)})
    untouched(path)


def test_bad_paths(tmp_path: Path) -> None:
    """A folder that is missing, a folder in the file's place, a device."""
    with pytest.raises(FileNotFoundError, match="none"):
        nn.save(tmp_path / "none" / "file", {})
    with pytest.raises(IsADirectoryError, match="a folder cannot be overwritten"):
        nn.save(tmp_path, {})
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(NotADirectoryError):
        nn.save(tmp_path / "file" / "below", {})
    assert [item.name for item in tmp_path.iterdir()] == ["file"]


def run(code: str, *arguments: str) -> None:
    """Run code in a process of its own, which forks those that are to be killed."""
    setup = "import os, signal, sys, time\nimport numpy as np\nimport nn\npath = sys.argv[1]\n"
    command = [sys.executable, "-c", setup + textwrap.dedent(code), *arguments]
    environment = {**os.environ, "PYTHONPATH": str(ROOT), "OPENBLAS_NUM_THREADS": "1"}
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False)
    assert result.returncode == 0, result.stderr


def test_killed_at_each_step(tmp_path: Path) -> None:
    """kill -9 before each call of the system: the old file is whole; what may be left is gone after the next save."""
    code = """
        for step in ("fsync", "link", "replace"):
            old = {"x": np.zeros(1000)}
            nn.save(path, old)
            process = os.fork()
            if process == 0:
                setattr(os, step, lambda *_, **__: os.kill(os.getpid(), signal.SIGKILL))
                nn.save(path, {"x": np.ones(10**5)})
                os._exit(1)
            assert os.waitstatus_to_exitcode(os.waitpid(process, 0)[1]) == -signal.SIGKILL
            assert np.array_equal(nn.load(path)["x"], old["x"])
            if step != "replace":  # between link and replacement, some microseconds, the new file has a name of its own
                assert os.listdir(os.path.dirname(path)) == ["file"], step
    """
    run(code, str(tmp_path / "file"))
    nn.save(tmp_path / "file", {"x": np.zeros(1000)})
    untouched(tmp_path / "file")


def test_killed_at_any_moment(tmp_path: Path) -> None:
    """Processes that save all the time are killed again and again: there is always a whole file."""
    code = """
        nn.save(path, {"x": np.zeros(1), "i": 0})
        for round in range(25):
            process = os.fork()
            if process == 0:
                for i in range(10**6):
                    nn.save(path, {"x": np.full(50_000, i), "i": i})
            time.sleep(0.003 * (round % 10) + 0.001)
            os.kill(process, signal.SIGKILL)
            os.waitpid(process, 0)
            state = nn.load(path)
            assert np.all(state["x"] == state["i"])
    """
    run(code, str(tmp_path / "file"))
    nn.save(tmp_path / "file", {"x": np.zeros(1000)})
    untouched(tmp_path / "file")


def test_what_others_are_writing_is_not_swept(tmp_path: Path) -> None:
    """A left-over of a dead process goes, one that a living process holds stays, and so do other files."""
    path = tmp_path / "file[1]"
    dead, living = (tmp_path / f".file[1].{digit * 16}.tmp" for digit in "ab")
    other = tmp_path / ".file[1].notes.tmp"
    for name in (dead, living, other):
        name.write_bytes(b"")
    with living.open("wb") as held:
        atomic._lock(held)
        nn.save(path, {})
    assert sorted(tmp_path.iterdir()) == sorted([path, living, other])
