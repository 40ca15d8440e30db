"""Which elements of its arguments an element of an operation's output needs, where the partial derivatives do not tell.

Rules state it beside the derivatives, the pattern of a program is made from it.
"""

from __future__ import annotations

from typing import Any

from revad.typing import Function

_patterns: dict[Any, Any] = {}


def pattern(kind: Any, *functions: Function) -> None:
    """State which elements of the arguments an output element needs; by default the partial derivatives tell, or it needs all.

    Parameters
    ----------
    kind : str or callable
        ``"elements"``: those that broadcasting brings together; ``"moves"``: the outputs are elements of the arguments, wherever
        they went; ``"reduces"``, ``"along"``, ``"accumulates"``: those along ``axis``, all of them or those up to it; or another key
        of `revad.programs.pattern.following.KINDS`. Or a function that takes the arguments by name (of tracked ones it may use the
        shape only) and returns, for each that carries a derivative, two arrays: an element of the output, by its position in the
        flat array, and an element of the argument that it needs.
    *functions : callable
        They have rules already.
    """
    _patterns.update(dict.fromkeys(functions, kind))


def pattern_of(function: Function) -> Any:
    """Return what was stated with `pattern`, or None."""
    return _patterns.get(function)
