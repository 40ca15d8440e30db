"""Checking derivatives: finite differences with error bars, `check_grads`, which compares with them, and rounding errors."""

from revad.checking.differences.check import assert_grads as assert_grads
from revad.checking.differences.check import check_grads as check_grads
from revad.checking.differences.finite import Difference as Difference
from revad.checking.differences.finite import directional_difference as directional_difference
from revad.checking.differences.finite import finite_difference as finite_difference
from revad.checking.differences.verdict import GradientCheck as GradientCheck
from revad.checking.roundoff.losses import Roundoff as Roundoff
