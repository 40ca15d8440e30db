"""`settings`: a class states the arguments of its constructor as annotated attributes, as a dataclass does."""

from __future__ import annotations

from dataclasses import InitVar, dataclass, fields  # noqa: F401  # pyright: ignore[reportUnusedImport]  (the example below needs it here)
from typing import Any, TypeVar, dataclass_transform

T = TypeVar("T")


@dataclass_transform()
def settings(cls: type[T]) -> type[T]:
    """Make the annotated attributes of a class the arguments of its constructor, in order; those of its bases come first.

    What is annotated ``gamma: float`` becomes an attribute. What is annotated ``lr: InitVar[float]`` is only handed to
    `__post_init__` and leaves no attribute, which would go on saying what ``lr`` was at first, or what it is by default.
    Signatures show the type within ``InitVar``, as that is what is to be given.

    Examples
    --------
    >>> @settings
    ... class Line:
    ...     slope: float
    ...     at_zero: InitVar[float] = 0.0
    ...
    ...     def __post_init__(self, at_zero: float) -> None:
    ...         self.root = -at_zero / self.slope
    >>> Line(2.0, at_zero=1.0).root
    -0.5
    """
    made: Any = dataclass(eq=False, repr=False, match_args=False)(cls)
    handed_on = made.__dataclass_fields__.keys() - {field.name for field in fields(made)}
    for name in handed_on & vars(made).keys():
        delattr(made, name)
    kinds: dict[str, Any] = made.__init__.__annotations__
    for name in handed_on:
        kinds[name] = kinds[name].removeprefix("InitVar[").removesuffix("]")
    made.__init__.__annotations__ = kinds
    return made
