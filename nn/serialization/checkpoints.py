"""`save` and `load`: a state in one safetensors file, with a checksum that says whether it is what was written."""

from __future__ import annotations

import hashlib
import json
import os
import stat
from collections.abc import Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np

from nn.serialization.atomic import write_atomically
from nn.serialization.header import CODES, DTYPES, Entry, Header, read_header, refuse, write_header
from nn.serialization.nested import flatten, unflatten
from revad.typing import Array

_OURS = "revad."  # how our metadata keys start
_FORMAT, _CHECKSUM, _STRUCTURE, _COMPLEX = "revad.format", "revad.sha256", "revad.structure", "revad.complex128"


def save(path: Any, state: Any, metadata: Mapping[str, str] | None = None) -> None:
    """Write a state to a safetensors file; the file that was there before stays whole until the new one is.

    Parameters
    ----------
    path : path-like
        The file, usually named ``*.safetensors``.
    state : mapping
        What ``state_dict()`` of a model or optimiser returns: names and arrays, or nested dicts, lists and tuples with arrays,
        numbers, strings and None. A plain dict of arrays makes a file that PyTorch's ``safetensors.torch.load_file`` reads.
    metadata : mapping of str to str, optional
        What else the file should say; see `read_metadata`.

    Raises
    ------
    TypeError
        The state holds something else, or an array of a dtype that safetensors does not have.
    OSError
        The disk is full, the folder is missing or protected. The old file is as it was, and nothing is left over.

    Notes
    -----
    Arrays are stored little-endian and C-contiguous, whatever they were. complex128, which the format does not have, is stored as
    float64 with a last axis of length 2. The metadata contain a SHA-256 of all values, names and metadata.

    Examples
    --------
    >>> import nn, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> model = nn.Linear(2, 1)
    >>> nn.save(path, model.state_dict(), metadata={"epoch": "3"})
    >>> _ = nn.Linear(2, 1).load_state_dict(nn.load(path))
    """
    notes = _checked(metadata)
    named, structure = flatten(state)
    wide = [name for name, array in named.items() if array.dtype.kind == "c" and array.dtype.itemsize == 16]
    arrays = {name: _storable(name, array) for name, array in named.items()}
    arrays = dict(sorted(arrays.items(), key=lambda item: (-item[1].dtype.itemsize, item[0])))  # keeps every array aligned
    notes[_FORMAT] = "1"
    if structure is not None:
        notes[_STRUCTURE] = structure
    if wide:
        notes[_COMPLEX] = json.dumps(wide)
    facts = {name: (CODES[a.dtype.str], a.shape, _digest(a)) for name, a in arrays.items()}
    notes[_CHECKSUM] = _checksum(facts, notes)
    head = write_header(arrays, notes)

    def write(file: BinaryIO) -> None:
        file.write(head)
        file.writelines(_bytes(array) for array in arrays.values())

    write_atomically(path, write)


def load(path: Any) -> Any:
    """Read the state from a safetensors file, written by `save` or by any other program.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    dict
        Names and arrays, or what was nested as it was; arrays are new, writable and in the machine's byte order. bfloat16, which
        NumPy does not have, becomes float32, exactly.

    Raises
    ------
    CheckpointError
        The file is no safetensors file, is damaged or cut off, or has a dtype that NumPy cannot hold; file and field are named.
        Nothing in the file is ever executed, and no more memory is taken than the file is long.
    FileNotFoundError
        There is no such file.

    Examples
    --------
    >>> import nn, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "state.safetensors"
    >>> nn.save(path, {"step": 7, "momentum": [np.zeros(2), None]})
    >>> nn.load(path)
    {'step': 7, 'momentum': [array([0., 0.]), None]}
    """
    with Path(path).open("rb") as file:
        header = _header(file, path)
        raw = {name: _read(file, path, name, entry) for name, entry in sorted(header.entries.items(), key=lambda e: e[1].begin)}
    notes = header.metadata
    if _FORMAT in notes or _CHECKSUM in notes:
        facts = {name: (entry.code, entry.shape, _digest(raw[name])) for name, entry in header.entries.items()}
        if notes.get(_CHECKSUM) != _checksum(facts, notes):
            refuse(path, _CHECKSUM, "the checksum does not fit the contents; the file was changed after it was written.")
    arrays = {name: _native(path, name, entry.code, raw[name]) for name, entry in header.entries.items()}
    for name in _wide_names(path, notes):
        arrays[name] = _complex(path, name, arrays.get(name))
    return unflatten(notes[_STRUCTURE], arrays, path) if _STRUCTURE in notes else arrays


def read_metadata(path: Any) -> dict[str, str]:
    """Return the metadata of a safetensors file without reading its arrays.

    Parameters
    ----------
    path : path-like
        The file.

    Returns
    -------
    dict of str to str
        What was given to `save`, or by the program that wrote the file.

    Raises
    ------
    CheckpointError
        As for `load`.

    Examples
    --------
    >>> import nn, tempfile, pathlib
    >>> path = pathlib.Path(tempfile.mkdtemp()) / "model.safetensors"
    >>> nn.save(path, {}, metadata={"epoch": "3"})
    >>> nn.read_metadata(path)
    {'epoch': '3'}
    """
    with Path(path).open("rb") as file:
        metadata = _header(file, path).metadata
    return {key: value for key, value in metadata.items() if not key.startswith(_OURS)}


def _checked(metadata: Mapping[str, str] | None) -> dict[str, str]:
    for key, value in (metadata or {}).items():
        if type(key) is not str or type(value) is not str:
            raise TypeError(f"nn.save: metadata map strings to strings, but {key!r} is mapped to {value!r}; write str(...).")
        if key.startswith(_OURS):
            raise ValueError(f"nn.save: the metadata key {key!r} starts with {_OURS!r}, which is reserved.")
    return dict(metadata or {})


def _storable(name: str, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """Return the array as it is stored: little-endian and C-contiguous, copied only where it is not."""
    dtype = array.dtype.newbyteorder("<")
    stored = np.asarray(array, dtype, order="C")
    if dtype.str == "<c16":
        stored = stored.reshape(*stored.shape, 1).view("<f8")
    if stored.dtype.str not in CODES:
        raise TypeError(f"nn.save: {name!r} has dtype {array.dtype}, which safetensors does not have; convert it with astype.")
    return stored


def _bytes(array: np.ndarray[Any, Any]) -> Any:
    return array.reshape(-1).view(np.uint8).data if array.size else b""


def _digest(array: np.ndarray[Any, Any]) -> str:
    return hashlib.sha256(_bytes(array)).hexdigest()


def _checksum(facts: dict[str, tuple[str, tuple[int, ...], str]], metadata: Mapping[str, str]) -> str:
    """Return a digest of contents, independent of their order in the file."""
    notes = sorted((key, value) for key, value in metadata.items() if key != _CHECKSUM)
    return hashlib.sha256(json.dumps([notes, sorted(facts.items())]).encode()).hexdigest()


def _header(file: BinaryIO, path: Any) -> Header:
    status = os.fstat(file.fileno())
    if not stat.S_ISREG(status.st_mode):
        refuse(path, "file", "it is not a regular file.")
    return read_header(file, path, status.st_size)


def _read(file: BinaryIO, path: Any, name: str, entry: Entry) -> np.ndarray[Any, Any]:
    array = np.empty(entry.shape, DTYPES[entry.code])
    if array.size and file.readinto(_bytes(array)) != array.nbytes:  # type: ignore[attr-defined]
        refuse(path, f"tensor {name!r}", "the file became shorter while it was read.")
    return array


def _native(path: Any, name: str, code: str, array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    if code == "BF16":  # bfloat16 is the upper half of float32
        return (array.astype(np.uint32) << 16).view(np.float32)
    if code == "BOOL" and np.any(array.view(np.uint8) > 1):
        refuse(path, f"tensor {name!r}", "a BOOL is neither 0 nor 1.")
    return array.astype(array.dtype.newbyteorder("="), copy=False)


def _wide_names(path: Any, notes: Mapping[str, str]) -> list[str]:
    try:
        names = json.loads(notes.get(_COMPLEX, "[]"))
    except (ValueError, RecursionError):
        names = None
    if not isinstance(names, list) or not all(isinstance(name, str) for name in names):
        refuse(path, _COMPLEX, "it is not a list of names.")
    return names


def _complex(path: Any, name: str, array: Array) -> np.ndarray[Any, Any]:
    if array is None or array.dtype != np.float64 or array.shape[-1:] != (2,):
        refuse(path, f"tensor {name!r}", "complex128 needs F64 with a last axis of length 2.")
    return array.view(np.complex128)[..., 0]
