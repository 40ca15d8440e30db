"""The header of a safetensors file: written, and read with every claim in it checked before anything is allocated.

A file is eight bytes (the header's length, little-endian), the header (JSON, padded with spaces), and the data. The header maps
each name to ``{"dtype": "F32", "shape": [2, 3], "data_offsets": [begin, end]}``, and ``__metadata__`` to strings.
The data of all names follow each other without gaps. (Format: https://github.com/huggingface/safetensors.)
"""

from __future__ import annotations

import json
import math
from typing import Any, BinaryIO, NamedTuple, NoReturn

import numpy as np

import revad

DTYPES = {
    "F64": "<f8",
    "F32": "<f4",
    "F16": "<f2",
    "BF16": "<u2",  # the bits; see `checkpoints.load`
    "C64": "<c8",
    "I64": "<i8",
    "I32": "<i4",
    "I16": "<i2",
    "I8": "|i1",
    "U64": "<u8",
    "U32": "<u4",
    "U16": "<u2",
    "U8": "|u1",
    "BOOL": "|b1",
}
CODES = {text: code for code, text in DTYPES.items() if code != "BF16"}
MAX_HEADER = 4 * 2**20  # bytes: room for some 40,000 names, and a bound on what a hostile file can make the parser hold
MAX_AXES = 64  # NumPy's limit
_METADATA = "__metadata__"
_DISGUISES = {
    b"PK\x03\x04": "a zip archive, as torch.save and numpy.savez write",
    b"\x80": "a Python pickle",
    b"\x93NUMPY": "a .npy file",
    b"\x89HDF": "an HDF5 file",
}


class CheckpointError(revad.RevadError, ValueError):
    """A file is not a checkpoint, or a damaged one; the message names the file and the field."""


class Entry(NamedTuple):
    """Where an array lies in the data of a file."""

    code: str
    shape: tuple[int, ...]
    begin: int
    end: int


class Header(NamedTuple):
    """What a header says."""

    entries: dict[str, Entry]
    metadata: dict[str, str]


def refuse(path: Any, field: str, reason: str) -> NoReturn:
    """Raise the one error for files that cannot be read."""
    message = f"{path}: {field}: {reason}"
    raise CheckpointError(message)


def write_header(arrays: dict[str, np.ndarray[Any, Any]], metadata: dict[str, str]) -> bytes:
    """Return length and header for arrays that follow in this order.

    Examples
    --------
    >>> write_header({"a": np.zeros(2, np.float32)}, {})[8:]
    b'{"a":{"dtype":"F32","shape":[2],"data_offsets":[0,8]}}  '
    """
    table: dict[str, Any] = {_METADATA: metadata} if metadata else {}
    begin = 0
    for name, array in arrays.items():
        end = begin + array.nbytes
        table[name] = {"dtype": CODES[array.dtype.str], "shape": list(array.shape), "data_offsets": [begin, end]}
        begin = end
    text = json.dumps(table, separators=(",", ":")).encode()
    text += b" " * (-len(text) % 8)
    if len(text) > MAX_HEADER:
        raise ValueError(
            f"nn.save: names, metadata and nested values take {len(text):,} bytes, more than the {MAX_HEADER:,} of a header. "
            "Keep long lists of numbers as arrays."
        )
    return len(text).to_bytes(8, "little") + text


def read_header(file: BinaryIO, path: Any, size: int) -> Header:
    """Read and check the header; the file then stands at the first byte of the data."""
    start = file.read(8)
    for magic, what in _DISGUISES.items():
        if start.startswith(magic) and (len(magic) > 1 or not _plausible(start, size)):
            refuse(path, "first bytes", f"this is {what}, which is not read because it may run code; save it as safetensors.")
    if len(start) < 8:
        refuse(path, "header length", f"the file has {size} bytes, too few for a safetensors file.")
    length = int.from_bytes(start, "little")
    if not 2 <= length <= MAX_HEADER:
        refuse(path, "header length", f"{length:,} bytes are not a sensible length (2 to {MAX_HEADER:,} are accepted).")
    if length > size - 8:
        refuse(path, "header length", f"{length:,} bytes are promised, but the file has only {size - 8:,} more; it is cut off.")
    table = _parse(file.read(length), path)
    metadata = table.pop(_METADATA, {})
    if not isinstance(metadata, dict) or not all(type(value) is str for value in metadata.values()):
        refuse(path, _METADATA, "it must map strings to strings.")
    available = size - 8 - length
    entries = {name: _entry(name, claim, path, available) for name, claim in table.items()}
    _check_layout(entries, path, available)
    return Header(entries, metadata)


def _plausible(start: bytes, size: int) -> bool:
    """Return whether eight bytes may be the length of a header."""
    return len(start) == 8 and int.from_bytes(start, "little") <= min(size, MAX_HEADER)


def _parse(raw: bytes, path: Any) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        found = dict(pairs)
        if len(found) < len(pairs):
            seen: set[str] = set()
            twice = next(name for name, _ in pairs if name in seen or seen.add(name))
            refuse(path, f"header, {twice[:80]!r}", "the name occurs twice.")
        return found

    def constant(text: str) -> NoReturn:
        refuse(path, "header", f"{text} is not JSON.")

    if not raw.startswith(b"{") or not raw.rstrip(b" ").endswith(b"}"):
        refuse(path, "header", "it does not start with '{' and end with '}'; this is no safetensors file, or a damaged one.")
    try:
        return json.loads(raw.decode("utf-8"), object_pairs_hook=unique, parse_constant=constant)
    except CheckpointError:
        raise
    except (ValueError, RecursionError) as error:
        raise CheckpointError(f"{path}: header: it is not valid JSON ({error}); the file is damaged.") from error


def _entry(name: str, claim: Any, path: Any, available: int) -> Entry:
    field = f"tensor {name!r}"
    if not isinstance(claim, dict) or claim.keys() != {"dtype", "shape", "data_offsets"}:
        refuse(path, field, "its entry must have exactly dtype, shape and data_offsets.")
    code, shape, offsets = claim["dtype"], claim["shape"], claim["data_offsets"]
    if type(code) is not str or code not in DTYPES:
        refuse(path, field, f"dtype {str(code)[:40]!r} is not one that NumPy holds ({', '.join(DTYPES)}).")
    if not _sizes(shape) or len(shape) > MAX_AXES:
        refuse(path, field, f"shape {str(shape)[:80]} is not a list of at most {MAX_AXES} sizes.")
    if not _sizes(offsets) or len(offsets) != 2 or not offsets[0] <= offsets[1] <= available:
        refuse(path, field, f"data_offsets {str(offsets)[:80]} do not lie in the {available:,} bytes of data.")
    itemsize = np.dtype(DTYPES[code]).itemsize
    if math.prod(size for size in shape if size) * itemsize >= 2**62:
        refuse(path, field, f"shape {str(shape)[:80]} is larger than any memory.")
    if math.prod(shape) * itemsize != offsets[1] - offsets[0]:
        needed = math.prod(shape) * itemsize
        refuse(
            path,
            field,
            f"{code} of shape {tuple(shape)} needs {needed:,} bytes, data_offsets give {offsets[1] - offsets[0]:,}.",
        )
    return Entry(code, tuple(shape), *offsets)


def _sizes(value: Any) -> bool:
    return isinstance(value, list) and all(type(item) is int and item >= 0 for item in value)


def _check_layout(entries: dict[str, Entry], path: Any, available: int) -> None:
    end = 0
    for name, entry in sorted(entries.items(), key=lambda item: (item[1].begin, item[1].end)):
        place = f"[{entry.begin}, {entry.end}]"
        if entry.begin < end:
            refuse(path, f"tensor {name!r}", f"its data_offsets {place} overlap those before.")
        if entry.begin > end:
            refuse(path, f"tensor {name!r}", f"its data_offsets {place} leave a gap of {entry.begin - end:,} bytes.")
        end = entry.end
    if end != available:
        refuse(path, "data", f"the header describes {end:,} bytes, but the file has {available:,}; it is cut off or changed.")
