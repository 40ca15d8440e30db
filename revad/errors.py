"""Every error that revad raises on purpose, in one tree.

::

    RevadError
    ├── NoRuleError(NotImplementedError)      a function or argument without a derivative rule
    ├── RuleError(TypeError)                  a rule that is written or used wrongly
    │   └── RuleShapeError(ValueError)        a rule returned a cotangent of the wrong shape
    ├── LostGradientError(TypeError)          an operation that would drop a derivative silently
    ├── InPlaceError(RuntimeError, ValueError)  a write whose effect could not be tracked
    ├── NotScalarError(TypeError)             `grad` of a function whose output is not a scalar
    ├── NotDifferentiableError(TypeError)     inputs (or outputs) that have no derivative: int, bool, object, str
    ├── ArgumentError(TypeError, ValueError)  wrong `argnums`, `jvp` tangents, malformed options
    ├── CotangentError(ValueError)            a cotangent or tangent of the wrong structure, shape or dtype
    ├── FreedTapeError(RuntimeError)          a second backward pass through a tape that was freed
    ├── LeakedTracerError(RuntimeError)       a tracked value used after its transformation ended
    ├── GuardError(RuntimeError)              a replay that decided otherwise than the captured run
    ├── NonFiniteError(FloatingPointError)    under `debug_nans`: an operation that made a NaN or an infinity
    ├── GradientMismatchError(AssertionError) a checked derivative that disagrees with finite differences
    └── MissingExtraError(ImportError)        an optional library that is not installed

Each also derives from the builtin error that a NumPy user would expect, so existing handlers keep working. A message says
what happened, why, and what to write instead. This module imports nothing.
"""


class RevadError(Exception):
    """Root of all errors that revad raises on purpose."""


class NoRuleError(RevadError, NotImplementedError):
    """A function, or one of its arguments, has no derivative rule."""


class RuleError(RevadError, TypeError):
    """A derivative rule is written or used wrongly."""


class RuleShapeError(RuleError, ValueError):
    """A rule returned a cotangent that does not fit its argument."""


class LostGradientError(RevadError, TypeError):
    """An operation would have dropped a derivative silently."""


class InPlaceError(RevadError, RuntimeError, ValueError):
    """A write whose effect on the derivative could not be tracked."""


class NotScalarError(RevadError, TypeError):
    """A gradient was asked of a function whose output is not a scalar."""


class NotDifferentiableError(RevadError, TypeError):
    """A value has a dtype that carries no derivative."""


class ArgumentError(RevadError, TypeError, ValueError):
    """An option or argument of a transformation is wrong."""


class CotangentError(RevadError, ValueError):
    """A cotangent or tangent has the wrong structure, shape or dtype."""


class FreedTapeError(RevadError, RuntimeError):
    """A tape was pulled back a second time after it had been freed."""


class LeakedTracerError(RevadError, RuntimeError):
    """A tracked value was used after the transformation that made it had ended."""


class GuardError(RevadError, RuntimeError):
    """A replayed program met a decision that went otherwise than in the captured run."""


class NonFiniteError(RevadError, FloatingPointError):
    """An operation made a NaN or an infinity, and `debug_nans` was looking."""


class GradientMismatchError(RevadError, AssertionError):
    """A derivative disagrees with finite differences."""


class MissingExtraError(RevadError, ImportError):
    """An optional library is not installed."""
