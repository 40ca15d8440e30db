"""Checking derivatives: finite differences with error bars, `check_grads`, which compares with them, and rounding errors."""

from revad.checking.check import assert_grads as assert_grads
from revad.checking.check import check_grads as check_grads
from revad.checking.differences import Difference as Difference
from revad.checking.differences import directional_difference as directional_difference
from revad.checking.differences import finite_difference as finite_difference
from revad.checking.losses import Roundoff as Roundoff
from revad.checking.verdict import GradientCheck as GradientCheck
