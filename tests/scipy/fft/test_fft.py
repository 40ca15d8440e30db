"""`revad.scipy.fft` as a namespace: what is refused, what is passed on, what stays untouched."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.fft

import revad
from revad.scipy import fft


def test_lengths_need_an_axis_each() -> None:
    with pytest.raises(ValueError, match="have to be of the same length, not"):
        revad.grad(lambda x: np.sum(fft.dctn(x, s=(2, 2), axes=(0,))))(np.ones((3, 3)))


def test_a_singular_hankel_transform_has_no_derivative() -> None:
    with pytest.raises(ValueError, match="is singular, so it has no derivative"):
        revad.grad(lambda a: np.sum(fft.fht(a, 0.5, -1.0)))(np.ones(4))


def test_other_names_are_those_of_scipy() -> None:
    assert fft.next_fast_len is scipy.fft.next_fast_len
    assert "fftfreq" in dir(fft)
    with pytest.raises(AttributeError):
        _ = fft.no_such_transform


@pytest.mark.parametrize("transform", [fft.fft, fft.ifft, fft.fftn, fft.dct, fft.dst])
def test_inputs_are_not_overwritten(transform: object) -> None:
    x = np.arange(1.0, 9.0) + 1j
    before = x.copy()
    revad.vjp(lambda t: transform(t, overwrite_x=True), x)  # type: ignore[operator]
    np.testing.assert_array_equal(x, before)


def test_the_option_is_accepted_by_position() -> None:
    np.testing.assert_array_equal(fft.fft(np.ones(4), None, -1, None, True), scipy.fft.fft(np.ones(4)))
