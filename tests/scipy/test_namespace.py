"""`revad.scipy` itself: subpackages on first use."""

import pytest

import revad.scipy


def test_an_unknown_subpackage_is_named() -> None:
    with pytest.raises(AttributeError, match=r"'revad.scipy' has no attribute 'constants'; it has fft, integrate"):
        _ = revad.scipy.constants


def test_subpackages_are_listed() -> None:
    assert "linalg" in dir(revad.scipy)
