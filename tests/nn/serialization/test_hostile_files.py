"""Damaged and hostile files: one clear error that names the file and the field, soon, in little memory, and nothing is changed."""

from __future__ import annotations

import io
import json
import os
import pickle  # to write what must not be read
import tracemalloc
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import nn
from nn.serialization import header

MAX_HEADER = header.MAX_HEADER


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.safetensors"


def raw(header: Any, data: bytes = b"") -> bytes:
    """Return a file with a header, given as bytes or as what becomes JSON."""
    text = header if isinstance(header, bytes) else json.dumps(header).encode()
    return len(text).to_bytes(8, "little") + text + data


def entry(dtype: Any = "F32", shape: Any = (2,), offsets: Any = (0, 8)) -> dict[str, Any]:
    return {
        "dtype": dtype,
        "shape": list(shape) if isinstance(shape, tuple) else shape,
        "data_offsets": list(offsets) if isinstance(offsets, tuple) else offsets,
    }


def refused(path: Path, content: bytes, words: str | None = None) -> None:
    """Loading raises one error that names the file."""
    path.write_bytes(content)
    with pytest.raises(nn.CheckpointError, match=words) as caught:
        nn.load(path)
    assert str(caught.value).startswith(f"{path}: ")


def state() -> dict[str, Any]:
    rng = np.random.default_rng(0)
    return {
        "w": rng.normal(size=(4, 3)).astype(np.float32),
        "b": np.arange(3),
        "nested": {"lr": 0.5, "t": (1, None)},
        "z": np.array(1 + 2j),
    }


def test_every_cut_is_noticed(path: Path) -> None:
    """A file that was cut off anywhere: 64 lengths, and all within the first 16 bytes."""
    nn.save(path, state())
    whole = path.read_bytes()
    for length in {*range(16), *np.linspace(16, len(whole) - 1, 64).astype(int).tolist()}:
        refused(path, whole[:length])


def test_every_damage_is_noticed(path: Path) -> None:
    """400 damages: bits flipped, bytes replaced, blocks zeroed, removed or doubled, anywhere."""
    nn.save(path, state())
    whole, rng = path.read_bytes(), np.random.default_rng(1)
    for i in range(400):
        damaged, at = bytearray(whole), int(rng.integers(len(whole)))
        if i % 5 == 0:
            damaged[at] ^= 1 << int(rng.integers(8))
        elif i % 5 == 1:
            damaged[at] = (damaged[at] + int(rng.integers(1, 256))) % 256
        elif i % 5 == 2:
            damaged[at : at + 16] = bytes(len(damaged[at : at + 16]))
        elif i % 5 == 3:
            del damaged[at : at + int(rng.integers(1, 32))]
        else:
            damaged[at:at] = damaged[at : at + 8]
        if damaged == whole:  # zeros became zeros
            continue
        refused(path, bytes(damaged))


def test_every_byte_of_the_header_counts(path: Path) -> None:
    """Whatever byte of a small file is changed, the change is noticed."""
    nn.save(path, {"a": np.ones(1, np.float32)})
    whole = path.read_bytes()
    for at in range(len(whole)):
        refused(path, whole[:at] + bytes([whole[at] ^ 1]) + whole[at + 1 :])


def test_nothing_changes_in_the_model(path: Path) -> None:
    """A damaged file leaves model and optimiser as they were."""
    model = nn.Linear(3, 2)
    trainer = nn.Trainer(model, nn.MSELoss(), nn.optim.Adam(model.parameters()), progress=False)
    trainer.save(path)
    before = model.weight.data.tobytes()
    whole = bytearray(path.read_bytes())
    whole[-1] ^= 1
    path.write_bytes(bytes(whole))
    with pytest.raises(nn.CheckpointError, match="the checksum does not fit the contents"):
        trainer.resume(path)
    assert model.weight.data.tobytes() == before


def test_a_missing_checksum_is_noticed(path: Path) -> None:
    """A file of ours without its checksum is a damaged one."""
    nn.save(path, {"a": np.ones(1, np.float32)})
    refused(path, path.read_bytes().replace(b"revad.sha256", b"revad.sha255"), "the checksum does not fit the contents")


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "the file has 0 bytes, too few"),
        (b"\0" * 8, "0 bytes are not a sensible length"),
        (b"\xff" * 8 + b"{}", "are not a sensible length"),
        ((2**63).to_bytes(8, "little") + b"{}", "are not a sensible length"),
        ((100).to_bytes(8, "little") + b"{}", "100 bytes are promised, but the file has only 2"),
        (raw(b"[]"), "it does not start with '{' and end"),
        (raw(b'{"a": }'), "it is not valid JSON"),
        (raw(b'{"a": \xff}'), "it is not valid JSON"),
        (raw(b'{"a": NaN}'), "NaN is not JSON"),
        (raw(b'{"a": ' + b"[" * 100_000 + b"]" * 100_000 + b"}"), "it is not valid JSON"),
        (raw(b'{"a": ' + b"9" * 100_000 + b"}"), "it is not valid JSON"),
        (raw(b'{"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]},"a":{"dtype":"U8","shape":[0],"data_offsets":[0,0]}}'), "'a': the name occurs twice"),
        (raw(b'{"a":{"dtype":"U8","dtype":"I8","shape":[0],"data_offsets":[0,0]}}'), "'dtype': the name occurs twice"),
        (raw({"__metadata__": []}), "it must map strings to strings"),
        (raw({"__metadata__": {"a": 1}}), "it must map strings to strings"),
        (raw({"a": 1}), "tensor 'a': its entry must have exactly dtype"),
        (raw({"a": {"dtype": "U8", "shape": [0]}}), "its entry must have exactly dtype"),
        (raw({"a": {**entry(), "code": "import os"}}, b"\0" * 8), "its entry must have exactly dtype"),
        (raw({"a": entry("F33")}, b"\0" * 8), "tensor 'a': dtype 'F33' is not one that NumPy holds"),
        (raw({"a": entry("object")}, b"\0" * 8), "is not one that NumPy holds"),
        (raw({"a": entry(["F32"])}, b"\0" * 8), "is not one that NumPy holds"),
        (raw({"a": entry(shape=(-2,))}, b"\0" * 8), "is not a list of at most 64 sizes"),
        (raw({"a": entry(shape=(2.0,))}, b"\0" * 8), "is not a list of at most 64 sizes"),
        (raw({"a": entry(shape=(True, 2))}, b"\0" * 8), "is not a list of at most 64 sizes"),
        (raw({"a": entry(shape="2")}, b"\0" * 8), "is not a list of at most 64 sizes"),
        (raw({"a": entry(shape=(1,) * 65, offsets=(0, 4))}, b"\0" * 4), "is not a list of at most 64 sizes"),
        (raw({"a": entry(shape=(0, 2**62, 2**62), offsets=(0, 0))}), "is larger than any memory"),
        (raw({"a": entry(shape=(2**40, 2**40))}, b"\0" * 8), "is larger than any memory"),
        (raw({"a": entry(shape=(3,))}, b"\0" * 8), r"F32 of shape \(3,\) needs 12 bytes, data_offsets give 8"),
        (raw({"a": entry("F64")}, b"\0" * 8), "needs 16 bytes, data_offsets give 8"),
        (raw({"a": entry(offsets=(0, 9))}, b"\0" * 8), "do not lie in the 8 bytes of data"),
        (raw({"a": entry(offsets=(8, 0))}, b"\0" * 8), "do not lie in the 8 bytes of data"),
        (raw({"a": entry(offsets=(-8, 0))}, b"\0" * 8), "do not lie in the 8 bytes of data"),
        (raw({"a": entry(offsets=(0,))}, b"\0" * 8), "do not lie in the 8 bytes of data"),
        (raw({"a": entry(offsets=(0, 2**70))}, b"\0" * 8), "do not lie in the 8 bytes of data"),
        (raw({"a": entry(), "b": entry(offsets=(4, 12))}, b"\0" * 12), r"tensor 'b': its data_offsets \[4, 12\] overlap those before"),
        (raw({"a": entry(), "b": entry()}, b"\0" * 8), "overlap those before"),
        (raw({"a": entry(), "b": entry(offsets=(12, 20))}, b"\0" * 20), "leave a gap of 4 bytes"),
        (raw({"a": entry(offsets=(4, 12))}, b"\0" * 12), "leave a gap of 4 bytes"),
        (raw({"a": entry()}, b"\0" * 9), "the header describes 8 bytes, but the file has 9"),
        (raw({}, b"\0" * 9), "the header describes 0 bytes, but the file has 9"),
        (raw({"a": entry("BOOL", (2,), (0, 2))}, b"\0\2"), "tensor 'a': a BOOL is neither 0 nor 1"),
        (raw({"__metadata__": {"revad.complex128": '"a"'}}), "it is not a list of names"),
        (raw({"__metadata__": {"revad.complex128": "["}}), "it is not a list of names"),
        (raw({"__metadata__": {"revad.complex128": '["a"]'}, "a": entry()}, b"\0" * 8), "complex128 needs F64 with a last axis"),
        (raw({"__metadata__": {"revad.complex128": '["a"]'}}), "complex128 needs F64 with a last axis"),
    ],
)  # fmt: skip
def test_false_headers(content: bytes, words: str, path: Path) -> None:
    refused(path, content, words)


@pytest.mark.parametrize(
    ("structure", "words"),
    [
        ("{", "it is not valid JSON"),
        ("[" * 100_000, "it is not valid JSON"),
        ("[" * 500 + "]" * 500, "it is nested more than 100 deep"),
        ('{"tensor":"b"}', "has no meaning in it"),
        ('{"tensor":["a"]}', "has no meaning in it"),
        ('{"eval":"1"}', "has no meaning in it"),
        ('{"float":"1"}', "has no meaning in it"),
        ('{"complex":[1.5]}', "has no meaning in it"),
        ('{"complex":["1","2"]}', "has no meaning in it"),
        ('{"dict":[[1]]}', "has no meaning in it"),
        ('{"dict":[[[1],2]]}', "has no meaning in it"),
        ('{"tuple":1}', "has no meaning in it"),
        ("{}", "has no meaning in it"),
        ("[]", "the tensor 'a' has no place in it"),
        ('[{"tensor":"a"},{"tensor":"a"}]', "has no meaning in it"),
    ],
)
def test_false_structures(structure: str, words: str, path: Path) -> None:
    """What tells how the arrays are nested is as little trusted."""
    refused(path, raw({"__metadata__": {"revad.structure": structure}, "a": entry()}, b"\0" * 8), words)


ROOM = 2**18  # bytes of header in these tests: a 16th of what is accepted, so that they are quick


def full(pattern: str, between: str, end: str) -> bytes:
    """Return a text of so many bytes, with as much in it as fits."""
    return (between + pattern * ((ROOM - 200 - len(between + end)) // len(pattern)) + end).encode()


def structured(text: bytes) -> bytes:
    return raw({"__metadata__": {"revad.structure": text.decode()}})


@pytest.mark.parametrize(
    "content",
    [
        raw(full("[],", '{"a":[', "[]]}")),
        raw(full("{},", '{"a":[', "{}]}")),
        raw(full("1,", '{"a":{"dtype":"U8","data_offsets":[0,0],"shape":[', "1]}}")),
        structured(full("[[],1],", '{"tuple":[', "[]]}x")),
        structured(full("[],", "[", '{"no":1}]')),
        raw(("{" + ",".join(f'"{i:x}":0' for i in range(ROOM // 11)) + "}").encode()),
        raw(("{" + ",".join(f'"{i:x}":0' for i in range(ROOM // 11)) + ',"1":0}').encode()),
        (ROOM + 1).to_bytes(8, "little") + b"{" + b" " * (ROOM - 1) + b"}",
        (2**36).to_bytes(8, "little") + b"{}",
    ],
    ids=["lists", "dicts", "axes", "tuples", "nested lists", "names", "a name twice", "too long", "much too long"],
)  # fmt: skip
def test_huge_headers(content: bytes, path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A header full of small things takes at most 300 MB (here, of a 16th of the length, a 16th)."""
    monkeypatch.setattr(header, "MAX_HEADER", ROOM)
    tracemalloc.start()
    try:
        refused(path, content)
        assert tracemalloc.get_traced_memory()[1] < 300e6 * ROOM / MAX_HEADER
    finally:
        tracemalloc.stop()


def test_disguises(path: Path) -> None:
    """Files of other kinds are named; what is in a pickle never runs."""

    class Bomb:
        def __reduce__(self) -> Any:
            return os.mkdir, (str(path) + ".exploded",)

    archive = io.BytesIO()
    with zipfile.ZipFile(archive, "w") as file:
        file.writestr("data.pkl", pickle.dumps(Bomb()))
    refused(path, archive.getvalue(), "this is a zip archive, as torch.save")
    for protocol in range(2, 6):
        refused(path, pickle.dumps(Bomb(), protocol), "this is a Python pickle")
    for protocol in range(2):
        refused(path, pickle.dumps(Bomb(), protocol))
    npy = io.BytesIO()
    np.save(npy, np.zeros(3))
    refused(path, npy.getvalue(), "this is a .npy file")
    refused(path, b"\x89HDF\r\n\x1a\n" + b"\0" * 100, "this is an HDF5 file")
    assert [item.name for item in path.parent.iterdir()] == [path.name]


def test_only_files_are_read(tmp_path: Path) -> None:
    """A folder, a device that never ends, and a file that is not there."""
    with pytest.raises(IsADirectoryError):
        nn.load(tmp_path)
    with pytest.raises(nn.CheckpointError, match="it is not a regular file"):
        nn.load("/dev/zero")
    with pytest.raises(FileNotFoundError):
        nn.load(tmp_path / "none")


def test_a_file_that_shrinks_while_it_is_read(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Less data than the file had when it was opened."""
    nn.save(path, {"a": np.ones(100_000)})
    size = path.stat().st_size
    os.truncate(path, size - 8)
    real = os.fstat

    def as_before(descriptor: int) -> Any:
        status = list(real(descriptor))
        status[6] = size
        return os.stat_result(status)

    monkeypatch.setattr(os, "fstat", as_before)
    with pytest.raises(nn.CheckpointError, match="the file became shorter while"):
        nn.load(path)
