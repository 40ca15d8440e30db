"""What is saved comes back: every dtype, layout and nesting, also by way of the safetensors library."""

from __future__ import annotations

import math
import os
import stat
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import safetensors.numpy

import nn

DTYPES = ["f8", "f4", "f2", "i8", "i4", "i2", "i1", "u8", "u4", "u2", "u1", "?", "c8", "c16"]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "file.safetensors"


def same(expected: Any, got: Any) -> None:
    """Both have the same types, structure, dtypes, shapes and bits."""
    assert type(got) is type(expected)
    if isinstance(expected, dict):
        assert list(got) == list(expected)
        for key in expected:
            same(expected[key], got[key])
    elif isinstance(expected, (list, tuple)):
        assert len(got) == len(expected)
        for one, other in zip(expected, got):
            same(one, other)
    elif isinstance(expected, (np.ndarray, np.generic)):
        assert (got.dtype, got.shape, got.tobytes()) == (expected.dtype, expected.shape, expected.tobytes())
    elif isinstance(expected, float) and math.isnan(expected):
        assert math.isnan(got)
    else:
        assert got == expected


@pytest.mark.parametrize("shape", [(), (0,), (3, 0, 2), (1,), (2, 3), (2, 1, 3)], ids=str)
@pytest.mark.parametrize("dtype", DTYPES)
def test_dtypes_and_shapes(dtype: str, shape: tuple[int, ...], path: Path) -> None:
    """0-d stays 0-d, empty stays empty; the result is writable and in native byte order."""
    array = np.asarray(np.random.default_rng(0).normal(size=shape) * 50).astype(dtype)
    nn.save(path, {"x": array})
    got = nn.load(path)["x"]
    assert (got.dtype, got.shape, got.flags.writeable) == (array.dtype, shape, True)
    assert got.tobytes() == array.tobytes()


@pytest.mark.parametrize(
    "change",
    [np.transpose, lambda a: a[::-1], lambda a: a[:, ::2], lambda a: np.broadcast_to(a[:1], (4, 6)), np.asfortranarray],
    ids=["transposed", "reversed", "strided", "broadcast", "fortran"],
)
@pytest.mark.parametrize("dtype", [">f8", ">f4", ">i2", ">c16", "<f4"])
def test_layouts_and_byte_orders(dtype: str, change: Any, path: Path) -> None:
    """Arrays that are not C-contiguous or not little-endian come back by value, also to the safetensors library."""
    array = change(np.arange(24).reshape(4, 6).astype(dtype))
    nn.save(path, {"x": array})
    got = nn.load(path)["x"]
    np.testing.assert_array_equal(got, array)
    assert got.dtype.isnative
    if array.dtype.kind != "c":
        np.testing.assert_array_equal(safetensors.numpy.load_file(path)["x"], array)


def test_special_values_keep_their_bits(path: Path) -> None:
    """nan with payload, negative zero, infinities and subnormal numbers."""
    bits = np.array([0x7FF8000000000123, 0x8000000000000000, 0x7FF0000000000000, 1], np.uint64)
    nn.save(path, {"x": bits.view(np.float64)})
    np.testing.assert_array_equal(nn.load(path)["x"].view(np.uint64), bits)


def test_the_safetensors_library_writes_what_we_read(path: Path) -> None:
    """All dtypes that the library writes from NumPy, and its metadata."""
    state = {dtype: np.arange(6).reshape(2, 3).astype(dtype) for dtype in DTYPES if dtype != "c16"}
    safetensors.numpy.save_file(state, path, metadata={"by": "the library"})
    got = nn.load(path)
    assert got.keys() == state.keys()
    for name, array in state.items():
        same(array, got[name])
    assert nn.read_metadata(path) == {"by": "the library"}


def test_the_safetensors_library_reads_what_we_write(path: Path) -> None:
    """A plain dict of arrays is a plain safetensors file."""
    state = {dtype: np.arange(6).reshape(2, 3).astype(dtype) for dtype in DTYPES if dtype != "c16"}
    nn.save(path, state, metadata={"epoch": "3", "ä": "∂"})
    got = safetensors.numpy.load_file(path)
    for name, array in state.items():
        same(array, got[name])
    with safetensors.safe_open(path, "numpy") as file:
        assert {"epoch": "3", "ä": "∂"}.items() <= file.metadata().items()
    assert nn.read_metadata(path) == {"epoch": "3", "ä": "∂"}


def test_a_model_comes_back(path: Path) -> None:
    """`load_state_dict(nn.load(path))` restores parameters and buffers, and the outputs."""
    model = nn.Sequential(nn.Conv1d(2, 3, 3), nn.BatchNorm1d(3), nn.Flatten(), nn.Linear(12, 2))
    x = np.random.default_rng(0).normal(size=(4, 2, 6)).astype(np.float32)
    model(x)  # moves the running statistics
    nn.save(path, model.state_dict())
    other = nn.Sequential(nn.Conv1d(2, 3, 3), nn.BatchNorm1d(3), nn.Flatten(), nn.Linear(12, 2))
    other.load_state_dict(nn.load(path))
    np.testing.assert_array_equal(model.eval()(x).value, other.eval()(x).value)


NESTED = {
    "none": None,
    "flags": [True, False],
    "integers": [0, -1, 2**200],
    "floats": [0.1, -0.0, 1e-320, math.inf, -math.inf, math.nan],
    "complex": 1.5 - 2j,
    "text": 'naïve ∂ \n "quoted" \\ {"tensor": "x"}',
    "betas": (0.9, 0.999),
    "empty": [{}, [], (), ""],
    "state": {0: {"step": 3, "exp_avg": np.ones((2, 2), np.float32)}, 1: {"exp_avg": np.zeros(0)}},
    "scalar": np.float32(1.5),
    "a.b": {"c": np.array(1)},
    "a": {"b.c": np.array(2), "b": {"c": np.array(3)}},
    "keys": {None: 1, 2: 2, "2": 3, 2.5: 4},
    "tensor": "not one",
    "dict": {"tuple": [1]},
}


def test_nested_states_come_back(path: Path) -> None:
    """Types, order, names with dots, and strings that look like the file's own notation."""
    nn.save(path, NESTED)
    same(NESTED, nn.load(path))


@pytest.mark.parametrize("state", [3, "text", None, [], np.arange(3), {}, {"x": 1.5}, {1: np.zeros(2)}], ids=repr)
def test_any_nesting_may_be_the_whole(state: Any, path: Path) -> None:
    """The state need not be a dict."""
    nn.save(path, state)
    same(state, nn.load(path))


def test_parameters_are_saved_as_arrays(path: Path) -> None:
    """A dict of parameters, tracked values and numbers."""
    nn.save(path, {"w": nn.Parameter([1.0, 2.0]), "b": nn.Parameter(3.0)})
    got = nn.load(path)
    same({"b": np.array(3.0), "w": np.array([1.0, 2.0])}, dict(sorted(got.items())))


def test_optimisers_come_back(path: Path) -> None:
    """State and settings of an optimiser, with tuples and integer keys."""
    model = nn.Linear(3, 2)
    optimizer = nn.optim.Adam(model.parameters(), lr=0.1)
    np.sum(model(np.ones((1, 3), np.float32))).backward()
    optimizer.step()
    nn.save(path, optimizer.state_dict())
    same(optimizer.state_dict(), nn.load(path))
    nn.optim.Adam(model.parameters()).load_state_dict(nn.load(path))


@pytest.mark.parametrize(
    ("state", "words"),
    [
        ({"m": [nn.ReLU()]}, r"state\['m'\]\[0\] is a ReLU, which a checkpoint cannot hold here"),
        ({"f": len}, "which a checkpoint cannot hold here"),
        ({(1, 2): 3}, "which a checkpoint cannot hold as a key"),
        ({"x": np.array(["a"])}, "which safetensors does not have; convert it"),
        ({"x": np.array([None])}, "which safetensors does not have; convert it"),
        ({"x": np.zeros(2, np.longdouble)}, "which safetensors does not have; convert it"),
        ({"x": np.zeros(2, "datetime64[s]")}, "which safetensors does not have; convert it"),
    ],
)
def test_what_cannot_be_saved_is_named(state: Any, words: str, path: Path) -> None:
    with pytest.raises(TypeError, match=words):
        nn.save(path, state)
    assert not path.exists()


def test_limits_and_reserved_names(path: Path) -> None:
    """A state that contains itself, too much text, metadata that are no text or ours."""
    loop: list[Any] = []
    loop.append(loop)
    with pytest.raises(ValueError, match="the state is nested more than 100 deep"):
        nn.save(path, loop)
    with pytest.raises(ValueError, match="names, metadata and nested values take"):
        nn.save(path, list(range(10**6)))
    with pytest.raises(TypeError, match="metadata map strings to strings"):
        nn.save(path, {}, metadata={"epoch": 3})  # type: ignore[dict-item]
    with pytest.raises(ValueError, match="which is reserved"):
        nn.save(path, {}, metadata={"revad.x": "3"})
    assert not path.exists()


def test_the_mode_of_the_old_file_is_kept_and_links_are_followed(tmp_path: Path) -> None:
    """A new file has the usual rights, a replaced one those it had; a link goes on pointing to the file."""
    target, link = tmp_path / "target", tmp_path / "link"
    mask = os.umask(0o022)
    try:
        nn.save(target, {"x": np.zeros(2)})
        assert stat.S_IMODE(target.stat().st_mode) == 0o644
    finally:
        os.umask(mask)
    target.chmod(0o600)
    link.symlink_to(target)
    nn.save(link, {"x": np.ones(2)})
    assert link.is_symlink()
    assert stat.S_IMODE(target.stat().st_mode) == 0o600
    np.testing.assert_array_equal(nn.load(target)["x"], np.ones(2))
