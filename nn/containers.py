"""Modules that hold modules or parameters: `Sequential ModuleList ModuleDict ParameterList ParameterDict`."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import islice
from typing import Any, Self

from nn.module import Module
from nn.parameter import Parameter
from revad.typing import Array


class _Numbered(Module):
    """Children or parameters under the names 0, 1, 2, …; what list-like containers share."""

    def _items(self) -> dict[str, Any]:
        return self._modules

    def _put(self, name: str, item: Any) -> None:
        self.add_module(name, item)

    def _refill(self, items: list[Any]) -> None:
        held = self._items()
        held.clear()
        for i, item in enumerate(items):
            self._put(str(i), item)

    def _name(self, index: int) -> str:
        n = len(self)
        if not -n <= index < n:
            raise IndexError(f"index {index} is out of range for a {type(self).__name__} of {n} items.")
        return next(islice(self._items(), index % n, None))

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[Any]:
        return (getattr(self, name) for name in list(self._items()))

    def __getitem__(self, index: Any) -> Any:
        if isinstance(index, slice):
            return type(self)._from_items(list(self._items().values())[index])
        return getattr(self, self._name(index))

    def __setitem__(self, index: int, item: Any) -> None:
        name = self._name(index)
        self._check(item)
        self._items()[name] = item

    def __delitem__(self, index: int) -> None:
        del self._items()[self._name(index)]
        self._refill(list(self._items().values()))

    @classmethod
    def _from_items(cls, items: list[Any]) -> Self:
        return cls(items)

    def _check(self, item: Any) -> None:
        if not isinstance(item, Module):
            raise TypeError(f"{type(self).__name__} holds modules, not {type(item).__name__}.")

    def append(self, module: Any) -> Self:
        """Add an item at the end."""
        self._check(module)
        self._put(str(len(self)), module)
        return self

    def extend(self, modules: Iterable[Any]) -> Self:
        """Add several items at the end."""
        for module in modules:
            self.append(module)
        return self

    def insert(self, index: int, module: Any) -> Self:
        """Add an item before another one."""
        self._check(module)
        items = list(self._items().values())
        items.insert(index, module)
        self._refill(items)
        return self


class Sequential(_Numbered):
    """Modules that are called one after another, each on what the one before returned.

    Parameters
    ----------
    *args : Module, or one dict of str to Module
        The modules; with a dict they get its keys as names.

    Examples
    --------
    >>> import numpy as np, nn
    >>> model = nn.Sequential(nn.Linear(2, 3), nn.Tanh(), nn.Linear(3, 1))
    >>> model(np.ones((5, 2), np.float32)).shape
    (5, 1)
    >>> len(model), model[-1].in_features
    (3, 3)
    """

    def __init__(self, *args: Any) -> None:
        super().__init__()
        if len(args) == 1 and isinstance(args[0], Mapping):
            for name, module in args[0].items():
                self.add_module(name, module)
        else:
            self.extend(args)

    @classmethod
    def _from_items(cls, items: list[Any]) -> Self:
        return cls(*items)

    def forward(self, input: Array) -> Any:
        """Call the modules in turn."""
        for module in self._modules.values():
            input = module(input)
        return input


class ModuleList(_Numbered):
    """A list of modules; they are registered, so they are trained and saved.

    Parameters
    ----------
    modules : iterable of Module, optional
        What it holds at first.

    Examples
    --------
    >>> import nn
    >>> layers = nn.ModuleList([nn.Linear(2, 2) for _ in range(3)])
    >>> len(layers), sum(1 for _ in layers.parameters())
    (3, 6)
    """

    def __init__(self, modules: Iterable[Module] = ()) -> None:
        super().__init__()
        self.extend(modules)


class ParameterList(_Numbered):
    """A list of parameters; they are registered, so they are trained and saved. Arrays and numbers become parameters.

    Parameters
    ----------
    values : iterable of Parameter or array_like, optional
        What it holds at first.

    Examples
    --------
    >>> import nn
    >>> weights = nn.ParameterList([[1.0, 2.0], 3.0])
    >>> weights[0]
    Parameter([1., 2.])
    """

    def __init__(self, values: Iterable[Any] = ()) -> None:
        super().__init__()
        self.extend(values)

    def _items(self) -> dict[str, Any]:
        return self._parameters

    def _put(self, name: str, item: Any) -> None:
        self._parameters[name] = item if isinstance(item, Parameter) else Parameter(item)

    def _check(self, item: Any) -> None:
        if isinstance(item, Module):
            raise TypeError(f"ParameterList holds parameters, not {type(item).__name__}; use nn.ModuleList for modules.")

    def __setitem__(self, index: int, item: Any) -> None:
        self._check(item)
        self._put(self._name(index), item)


class _Named(Module):
    """What dict-like containers share."""

    def _items(self) -> dict[str, Any]:
        return self._modules

    def __len__(self) -> int:
        return len(self._items())

    def __iter__(self) -> Iterator[str]:
        return iter(self._items())

    def __contains__(self, key: str) -> bool:
        return key in self._items()

    def __getitem__(self, key: str) -> Any:
        if key not in self._items():
            raise KeyError(f"{key!r}; this {type(self).__name__} has: {', '.join(self._items()) or 'nothing'}.")
        return getattr(self, key)

    def __delitem__(self, key: str) -> None:
        del self._items()[key]

    def keys(self) -> Iterable[str]:
        """Return the names."""
        return list(self._items())

    def values(self) -> Iterable[Any]:
        """Return what is held."""
        return [getattr(self, key) for key in self._items()]

    def items(self) -> Iterable[tuple[str, Any]]:
        """Return pairs of name and what is held."""
        return [(key, getattr(self, key)) for key in self._items()]

    def update(self, new: Mapping[str, Any]) -> None:
        """Add or replace several items."""
        for key, item in new.items():
            self[key] = item

    def __setitem__(self, key: str, item: Any) -> None:
        self._items().pop(key, None)
        self.add_module(key, item)


class ModuleDict(_Named):
    """A dict of modules; they are registered, so they are trained and saved.

    Parameters
    ----------
    modules : mapping of str to Module, optional
        What it holds at first.

    Examples
    --------
    >>> import nn
    >>> heads = nn.ModuleDict({"mean": nn.Linear(4, 1), "spread": nn.Linear(4, 1)})
    >>> heads["mean"]
    Linear(in_features=4, out_features=1, bias=True)  # weight (1, 4), bias (1,): 5 parameters
    """

    def __init__(self, modules: Mapping[str, Module] | None = None) -> None:
        super().__init__()
        self.update(modules or {})


class ParameterDict(_Named):
    """A dict of parameters; they are registered, so they are trained and saved. Arrays and numbers become parameters.

    Parameters
    ----------
    parameters : mapping of str to Parameter or array_like, optional
        What it holds at first.

    Examples
    --------
    >>> import nn
    >>> nn.ParameterDict({"rate": 0.5})["rate"]
    Parameter(0.5)
    """

    def __init__(self, parameters: Mapping[str, Any] | None = None) -> None:
        super().__init__()
        self.update(parameters or {})

    def _items(self) -> dict[str, Any]:
        return self._parameters

    def __setitem__(self, key: str, item: Any) -> None:
        self._items().pop(key, None)
        self.register_parameter(key, item if isinstance(item, Parameter) else Parameter(item))
