"""`Optimizer`: what all optimisers share: parameter groups, state by parameter, the step, saving and loading.

A subclass defines one method, `change`: what to subtract from a parameter, given its gradient. Values and states are plain arrays.
Those here state their arguments as attributes, see `nn.settings`: `params`, and then the defaults of the groups.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterable
from dataclasses import Field
from typing import Any, ClassVar

import numpy as np

import revad
from nn.parameter import Parameter
from revad.typing import Array


class Optimizer:
    """Changes parameters by their gradients.

    Parameters
    ----------
    params : iterable
        Parameters, or pairs of name and parameter, or dicts with "params" and settings of their own (groups).
    defaults : dict
        Settings of groups that do not give them.

    Attributes
    ----------
    param_groups : list of dict
        The groups: "params" and the settings, which may be changed between steps.
    state : dict
        What the method remembers of each parameter.
    """

    __dataclass_fields__: ClassVar[dict[str, Field[Any]]]
    state_is_shaped = True  # whether arrays in the state of a parameter have its shape

    def __init__(self, params: Any, defaults: dict[str, Any]) -> None:
        if isinstance(params, (revad.Tensor, np.ndarray)):
            raise TypeError(
                f"{type(self).__name__} takes several parameters, as from model.parameters(), not one {type(params).__name__}."
            )
        self.defaults = defaults
        self.param_groups: list[dict[str, Any]] = []
        self.state: dict[Any, dict[str, Any]] = {}
        groups = list(params)
        if not groups:
            raise ValueError(
                f"{type(self).__name__}: there are no parameters; model.parameters() was empty or already used up."
            )
        for group in groups if isinstance(groups[0], dict) else [{"params": groups}]:
            self.add_param_group(group)

    def __post_init__(self, *values: Any) -> None:
        """Begin with the values of the settings that a subclass states."""
        fields = self.__dataclass_fields__
        given = dict(zip(fields, values, strict=True))
        params = given.pop("params")
        self.begin(params, {name: given[name] for name in sorted(given, key=lambda name: fields[name].kw_only is True)})

    def begin(self, params: Any, defaults: dict[str, Any]) -> None:
        """Make the groups; subclasses may check or complete the defaults before."""
        Optimizer.__init__(self, params, defaults)

    def add_param_group(self, param_group: dict[str, Any]) -> None:
        """Add parameters with settings of their own."""
        name = type(self).__name__
        given = param_group["params"]
        several = [given] if isinstance(given, revad.Tensor) else list(given)
        several = [item[1] if isinstance(item, tuple) else item for item in several]
        known = {id(p) for group in self.param_groups for p in group["params"]}
        for parameter in several:
            if not isinstance(parameter, Parameter):
                raise TypeError(f"{name} changes nn.Parameter objects, not {type(parameter).__name__}.")
            if id(parameter) in known:
                raise ValueError(f"{name}: a parameter of shape {parameter.shape} appears twice.")
            known.add(id(parameter))
        unknown = [
            key for key in param_group if key != "params" and key not in self.defaults and not key.startswith("initial_")
        ]
        if unknown:
            raise TypeError(f"{name}: unknown settings in a group: {', '.join(unknown)}; known: {', '.join(self.defaults)}.")
        group = {"params": several, **self.defaults, **{k: v for k, v in param_group.items() if k != "params"}}
        self.check(group)
        self.param_groups.append(group)

    def check(self, group: dict[str, Any]) -> None:
        """Refuse settings that make no sense."""
        for key in ("lr", "eps", "weight_decay", "momentum", "lr_decay", "rho", "alpha"):
            if key in group and not float(group[key]) >= 0:
                raise ValueError(f"{type(self).__name__}: {key} must not be negative, but it is {group[key]}.")
        for beta in group.get("betas", ()):
            if not 0 <= beta < 1:
                raise ValueError(f"{type(self).__name__}: betas must be at least 0 and less than 1, not {group['betas']}.")

    def change(self, value: Any, grad: Array, state: dict[str, Any], group: dict[str, Any]) -> Any:
        """Return what is to be subtracted from a parameter.

        Parameters
        ----------
        value, grad : array
            The parameter and its gradient; not to be written into.
        state : dict
            What this method remembers of the parameter, empty at first.
        group : dict
            The settings.
        """
        raise NotImplementedError(f"{type(self).__name__} defines no change(value, grad, state, group).")

    def step(self, closure: Callable[[], Any] | None = None) -> Any:
        """Change all parameters that have a gradient.

        Parameters
        ----------
        closure : callable, optional
            Computes the loss and the gradients anew; its loss is returned.
        """
        loss = None if closure is None else closure()
        for group in self.param_groups:
            for parameter in group["params"]:
                grad = parameter.grad
                if grad is not None and parameter.requires_grad:
                    self._apply(parameter, grad, group)
        return loss

    def _apply(self, parameter: Any, grad: Array, group: dict[str, Any]) -> None:
        state = self.state.get(parameter)
        if state is None:
            state = self.state[parameter] = {}
        value = parameter.value
        if parameter.dtype.kind == "c":
            grad = np.conj(grad)  # the gradient of revad is ∂/∂x − i ∂/∂y; the direction of ascent is its conjugate
        if group.get("maximize"):
            grad = -grad
        parameter.assign(value - self.change(value, grad, state, group), copy=False)

    def zero_grad(self, set_to_none: bool = True) -> None:
        """Forget the gradients, or with ``set_to_none=False`` set them to zero."""
        for group in self.param_groups:
            for parameter in group["params"]:
                parameter.grad = None if set_to_none or parameter.grad is None else parameter.grad * 0

    def state_dict(self) -> dict[str, Any]:
        """Return state and settings, with parameters numbered in order, as PyTorch does; arrays are copies."""
        numbers = {id(p): i for i, p in enumerate(p for group in self.param_groups for p in group["params"])}
        state = {numbers[id(p)]: copy.deepcopy(held) for p, held in self.state.items()}
        groups = [{**group, "params": [numbers[id(p)] for p in group["params"]]} for group in self.param_groups]
        return {"state": state, "param_groups": copy.deepcopy(groups)}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Take over state and settings; the groups must have as many parameters, of the same shapes, in the same order."""
        name, saved = type(self).__name__, state_dict["param_groups"]
        sizes, expected = [len(g["params"]) for g in saved], [len(g["params"]) for g in self.param_groups]
        if sizes != expected:
            raise ValueError(
                f"{name}.load_state_dict: the saved groups have {sizes} parameters, this optimiser's have {expected}."
            )
        parameters = [p for group in self.param_groups for p in group["params"]]
        numbers = [i for group in saved for i in group["params"]]
        states = {
            p: _adopted(name, p, state_dict["state"][i], shaped=self.state_is_shaped)
            for p, i in zip(parameters, numbers, strict=True)
            if i in state_dict["state"]
        }
        self.state = states
        for group, old in zip(self.param_groups, saved, strict=True):
            group.update({key: copy.deepcopy(value) for key, value in old.items() if key != "params"})

    def __repr__(self) -> str:
        lines = [
            f"  group {i}: {len(group['params'])} parameters, "
            + ", ".join(f"{k}={v!r}" for k, v in group.items() if k != "params")
            for i, group in enumerate(self.param_groups)
        ]
        return "\n".join([f"{type(self).__name__}(", *lines, ")"])


def _adopted(name: str, parameter: Any, saved: dict[str, Any], *, shaped: bool) -> dict[str, Any]:
    """Return a parameter's saved state with arrays of the parameter's dtype."""
    state: dict[str, Any] = {}
    for key, value in saved.items():
        if key == "step":
            state[key] = int(value)
        elif isinstance(value, list):
            state[key] = [np.array(item, dtype=parameter.dtype) for item in value]
        elif np.ndim(value) == 0 and not isinstance(value, np.ndarray):
            state[key] = copy.deepcopy(value)
        else:
            array = np.array(value, dtype=parameter.dtype)
            if shaped and array.ndim and array.shape != parameter.shape:
                raise ValueError(f"{name}.load_state_dict: {key} has shape {array.shape}, its parameter {parameter.shape}.")
            state[key] = array
    return state


def zeros(value: Any) -> np.ndarray[Any, Any]:
    """Return an array of zeros like a parameter's value, 0-d for a number, to be updated in place.

    Examples
    --------
    >>> zeros(1.5)
    array(0.)
    """
    return np.zeros(np.shape(value), getattr(value, "dtype", np.float64))


def decayed(grad: Array, value: Any, group: dict[str, Any]) -> Any:
    """Return the gradient with the weight decay of its group: that of ½λw² besides the loss.

    Examples
    --------
    >>> decayed(1.0, 4.0, {"weight_decay": 0.5})
    3.0
    """
    return grad + group["weight_decay"] * value if group["weight_decay"] else grad


def running_mean(mean: np.ndarray[Any, Any], new: Any, decay: float) -> np.ndarray[Any, Any]:
    """Update an exponential running mean in place: m ← decay·m + (1 − decay)·new.

    Examples
    --------
    >>> running_mean(np.array([1.0]), np.array([3.0]), 0.5)
    array([2.])
    """
    mean *= decay
    mean += (1 - decay) * new
    return mean


def parameters_of(parameters: Any) -> list[Any]:
    """Return a list of parameters from one, several, or a module.

    Examples
    --------
    >>> import nn
    >>> len(parameters_of(nn.Linear(2, 2)))
    2
    """
    if isinstance(parameters, revad.Tensor):
        return [parameters]
    return list(parameters.parameters() if hasattr(parameters, "parameters") else parameters)


Params = Iterable[Any]
