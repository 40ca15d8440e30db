"""Libraries of extras: imported where used, named by their extra where missing."""

import math

import pytest

from revad.base.extras import need
from revad.errors import MissingExtraError


def test_an_installed_library_is_imported() -> None:
    assert need("math", "none", "this test") is math


def test_a_missing_library_is_named_with_its_extra() -> None:
    with pytest.raises(MissingExtraError, match=r"a fine plot needs no_such_library, which is not installed. Install it with"):
        need("no_such_library.part", "plots", "a fine plot")
