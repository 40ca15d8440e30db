"""Checking derivatives: finite differences with error bars, and `check_grads`, which compares revad's derivatives with them."""

from revad.checking.check import check_grads as check_grads
from revad.checking.differences import Difference as Difference
from revad.checking.differences import directional_difference as directional_difference
from revad.checking.differences import finite_difference as finite_difference
