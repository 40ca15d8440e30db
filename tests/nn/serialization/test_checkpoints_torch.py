"""Files go from PyTorch to nn and back."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest

import nn

torch = pytest.importorskip("torch")
torch_files = pytest.importorskip("safetensors.torch")


def models() -> tuple[object, nn.Module]:
    theirs = torch.nn.Sequential(torch.nn.Conv2d(1, 4, 3), torch.nn.BatchNorm2d(4), torch.nn.Flatten(), torch.nn.Linear(144, 3))
    ours = nn.Sequential(nn.Conv2d(1, 4, 3), nn.BatchNorm2d(4), nn.Flatten(), nn.Linear(144, 3))
    return theirs, ours


def test_a_model_of_pytorch_is_loaded(tmp_path: Path) -> None:
    """The same weights and running statistics give the same outputs."""
    theirs, ours = models()
    x = np.random.default_rng(0).normal(size=(5, 1, 8, 8)).astype(np.float32)
    theirs(torch.from_numpy(x))
    torch_files.save_file(theirs.state_dict(), tmp_path / "model")
    ours.load_state_dict(nn.load(tmp_path / "model"))
    np.testing.assert_allclose(ours.eval()(x).value, theirs.eval()(torch.from_numpy(x)).detach().numpy(), rtol=1e-5, atol=1e-6)


def test_pytorch_loads_a_model_of_ours(tmp_path: Path) -> None:
    """The names, shapes and dtypes are those that PyTorch expects."""
    theirs, ours = models()
    x = np.random.default_rng(0).normal(size=(5, 1, 8, 8)).astype(np.float32)
    ours(x)
    nn.save(tmp_path / "model", ours.state_dict())
    theirs.load_state_dict(torch_files.load_file(tmp_path / "model"))
    np.testing.assert_allclose(ours.eval()(x).value, theirs.eval()(torch.from_numpy(x)).detach().numpy(), rtol=1e-5, atol=1e-6)


def test_half_precision(tmp_path: Path) -> None:
    """float16 stays; bfloat16 becomes float32, exactly, also nan, infinities and subnormal numbers; both fit a float32 model."""
    bits = torch.arange(-(2**15), 2**15, dtype=torch.int16)
    torch_files.save_file({"half": bits.view(torch.float16), "brain": bits.clone().view(torch.bfloat16)}, tmp_path / "file")
    got = nn.load(tmp_path / "file")
    assert (got["half"].dtype, got["brain"].dtype) == (np.float16, np.float32)
    np.testing.assert_array_equal(got["half"].view(np.int16), bits.numpy())
    np.testing.assert_array_equal(got["brain"], bits.view(torch.bfloat16).float().numpy())
    layer = nn.Linear(2, 1)
    torch_files.save_file(torch.nn.Linear(2, 1).bfloat16().state_dict(), tmp_path / "layer")
    layer.load_state_dict(nn.load(tmp_path / "layer"))
    assert layer.weight.dtype == np.float32


def test_eight_bit_floats_are_refused(tmp_path: Path) -> None:
    """A dtype that NumPy does not have is named."""
    torch_files.save_file({"w": torch.zeros(2, dtype=torch.float8_e4m3fn)}, tmp_path / "file")
    with pytest.raises(nn.CheckpointError, match="'w': dtype 'F8_E4M3' is not one that NumPy holds"):
        nn.load(tmp_path / "file")


def test_a_pickle_of_pytorch_is_refused(tmp_path: Path) -> None:
    """What torch.save writes is named as what it is, and not opened."""
    torch.save({"w": torch.zeros(2)}, tmp_path / "zip")
    torch.save({"w": torch.zeros(2)}, tmp_path / "pickle", _use_new_zipfile_serialization=False)
    with pytest.raises(nn.CheckpointError, match=r"this is a zip archive, as torch.save"):
        nn.load(tmp_path / "zip")
    with pytest.raises(nn.CheckpointError, match="this is a Python pickle"):
        nn.load(tmp_path / "pickle")


def test_complex_numbers_go_through_view_as_complex(tmp_path: Path) -> None:
    """complex64 is in the format; complex128 arrives as pairs."""
    z = np.array([1 + 2j, 3 - 4j])
    nn.save(tmp_path / "file", {"narrow": z.astype(np.complex64), "wide": z})
    got = torch_files.load_file(tmp_path / "file")
    np.testing.assert_array_equal(got["narrow"].numpy(), z.astype(np.complex64))
    np.testing.assert_array_equal(torch.view_as_complex(got["wide"]).numpy(), z)
