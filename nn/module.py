"""`Module`: the base of all layers and models. It owns parameters, buffers and child modules, and is called like a function.

A module is also a pytree whose leaves are its trainable parameters (see `nn.pytree`): every transformation of revad takes one.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Self

import numpy as np

import revad
from nn import pytree
from nn.dtypes import floating
from nn.hooks import Handle, call_with_hooks
from nn.parameter import Parameter
from nn.state import Loaded, load_state_dict, state_dict
from nn.text import describe_call, module_text


class Module:
    """A differentiable function with state: subclass it, make parameters and children in ``__init__``, compute in ``forward``.

    Attributes that are a `Parameter` or a `Module` are registered by being assigned.

    Attributes
    ----------
    training : bool
        Whether layers such as dropout and batch normalisation behave as in training; set by `train` and `eval`.

    Examples
    --------
    >>> import numpy as np, revad, nn
    >>> class Line(nn.Module):
    ...     def __init__(self):
    ...         super().__init__()
    ...         self.slope = nn.Parameter(2.0)
    ...     def forward(self, x):
    ...         return self.slope * x
    >>> def loss(model, x):
    ...     return np.sum(model(x) ** 2)
    >>> value, gradient = revad.value_and_grad(loss)(Line(), np.array([1.0, 3.0]))
    >>> float(value), float(gradient.slope)
    (40.0, 40.0)
    """

    training: bool
    _parameters: dict[str, Any]
    _buffers: dict[str, Any]
    _modules: dict[str, Any]
    _transient: set[str]  # names of buffers that state_dict leaves out
    _hooks: dict[str, dict[int, Callable[..., Any]]]

    def __new__(cls, *_: Any, **__: Any) -> Self:
        """Make an empty module, so that it is complete even where a subclass forgets ``super().__init__()``."""
        self = super().__new__(cls)
        vars(self).update(training=True, _parameters={}, _buffers={}, _modules={}, _transient=set(), _hooks={})
        return self

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        pytree.register(cls)

    def forward(self, *args: Any, **kwargs: Any) -> Any:
        """Compute the output; every subclass defines it."""
        raise NotImplementedError(
            f"{type(self).__name__} has no forward method; define `def forward(self, x): ...` in the class."
        )

    def __call__(self, *args: Any, **kwargs: Any) -> Any:
        """Call `forward` (and the hooks)."""
        try:
            return call_with_hooks(self, args, kwargs) if self._hooks else self.forward(*args, **kwargs)
        except Exception as error:
            if not getattr(error, "__notes__", None):
                error.add_note(describe_call(self, args))
            raise

    # Registration ------------------------------------------------------------------------------------------------------------

    def __setattr__(self, name: str, value: Any) -> None:
        if isinstance(value, Parameter):
            self._take_name(name, self._parameters)[name] = value
        elif isinstance(value, Module):
            self._take_name(name, self._modules)[name] = value
        elif name in self._parameters:
            if value is not None:
                raise TypeError(
                    f"{type(self).__name__}.{name} is a parameter and cannot be replaced by a {type(value).__name__}. "
                    f"To change its value write `module.{name}.data = array`; to replace it assign nn.Parameter(array)."
                )
            self._parameters[name] = None
        elif name in self._buffers:
            self._buffers[name] = _buffer(self, name, value)
        elif name in self._modules:
            if value is not None:
                raise TypeError(f"{type(self).__name__}.{name} is a module and cannot be replaced by a {type(value).__name__}.")
            self._modules[name] = None
        else:
            _refuse_hidden(self, name, value)
            object.__setattr__(self, name, value)

    def __getattr__(self, name: str) -> Any:
        own = vars(self)
        if name in own.get("_parameters", ()):
            value = own["_parameters"][name]
            return value if type(value) is Parameter or not isinstance(value, Parameter) else value.data
        for registered in ("_modules", "_buffers"):
            if name in own.get(registered, ()):
                return own[registered][name]
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")

    def __delattr__(self, name: str) -> None:
        for registered in (self._parameters, self._modules, self._buffers):
            if name in registered:
                del registered[name]
                return
        object.__delattr__(self, name)

    def __dir__(self) -> list[str]:
        return sorted({*super().__dir__(), *self._parameters, *self._modules, *self._buffers})

    def _take_name(self, name: str, registered: dict[str, Any]) -> dict[str, Any]:
        """Free a name everywhere else, and return where it is to be registered."""
        for other in (vars(self), self._parameters, self._modules, self._buffers):
            if other is not registered:
                other.pop(name, None)
        return registered

    def register_parameter(self, name: str, param: Any) -> None:
        """Add a parameter; None reserves the name (a layer without bias)."""
        if param is not None and not isinstance(param, Parameter):
            raise TypeError(f"register_parameter({name!r}) takes an nn.Parameter or None, not {type(param).__name__}.")
        self._take_name(_valid(self, name), self._parameters)[name] = param

    def register_buffer(self, name: str, tensor: Any, persistent: bool = True) -> None:
        """Add an array that is part of the state but not trained (a running mean).

        Parameters
        ----------
        name : str
            The attribute.
        tensor : array_like or None
            Its value.
        persistent : bool
            Whether `state_dict` contains it.
        """
        self._take_name(_valid(self, name), self._buffers)[name] = _buffer(self, name, tensor)
        (self._transient.discard if persistent else self._transient.add)(name)

    def add_module(self, name: str, module: Any) -> None:
        """Add a child under a name."""
        if module is not None and not isinstance(module, Module):
            raise TypeError(f"add_module({name!r}) takes an nn.Module or None, not {type(module).__name__}.")
        self._take_name(_valid(self, name), self._modules)[name] = module

    register_module = add_module

    # Traversal ---------------------------------------------------------------------------------------------------------------

    def named_modules(self, prefix: str = "", memo: set[int] | None = None) -> Iterator[tuple[str, Module]]:
        """Iterate over this module and all below it, each once, with their dotted names."""
        memo = set() if memo is None else memo
        if id(self) in memo:
            return
        memo.add(id(self))
        yield prefix, self
        for name, child in self._modules.items():
            if child is not None:
                yield from child.named_modules(f"{prefix}.{name}" if prefix else name, memo)

    def modules(self) -> Iterator[Module]:
        """Iterate over this module and all below it."""
        return (module for _, module in self.named_modules())

    def named_children(self) -> Iterator[tuple[str, Module]]:
        """Iterate over the direct children with their names."""
        return ((name, child) for name, child in self._modules.items() if child is not None)

    def children(self) -> Iterator[Module]:
        """Iterate over the direct children."""
        return (child for _, child in self.named_children())

    def named_parameters(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Any]]:
        """Iterate over the parameters, each once (also where two modules share one), with their dotted names."""
        return self._named("_parameters", prefix, recurse=recurse)

    def parameters(self, recurse: bool = True) -> Iterator[Any]:
        """Iterate over the parameters, what an optimiser takes."""
        return (parameter for _, parameter in self.named_parameters(recurse=recurse))

    def named_buffers(self, prefix: str = "", recurse: bool = True) -> Iterator[tuple[str, Any]]:
        """Iterate over the buffers with their dotted names."""
        return self._named("_buffers", prefix, recurse=recurse)

    def buffers(self, recurse: bool = True) -> Iterator[Any]:
        """Iterate over the buffers."""
        return (buffer for _, buffer in self.named_buffers(recurse=recurse))

    def _named(self, registered: str, prefix: str, *, recurse: bool) -> Iterator[tuple[str, Any]]:
        seen: set[int] = set()
        for path, module in self.named_modules(prefix) if recurse else [(prefix, self)]:
            for name, value in vars(module)[registered].items():
                if value is not None and id(value) not in seen:
                    seen.add(id(value))
                    yield f"{path}.{name}" if path else name, value

    def get_submodule(self, target: str) -> Module:
        """Return the module with a dotted name; the empty name is this module."""
        module: Any = self
        for name in target.split(".") if target else ():
            if name not in module._modules:
                raise AttributeError(f"{type(module).__name__} has no submodule {name!r} (looked for {target!r}).")
            module = module._modules[name]
        return module

    def get_parameter(self, target: str) -> Parameter:
        """Return the parameter with a dotted name, also where it is frozen."""
        path, _, name = target.rpartition(".")
        module = self.get_submodule(path)
        if module._parameters.get(name) is None:
            raise AttributeError(f"{type(module).__name__} has no parameter {name!r} (looked for {target!r}).")
        return module._parameters[name]

    # What one does to a whole model ------------------------------------------------------------------------------------------

    def apply(self, fn: Callable[[Module], Any]) -> Self:
        """Call a function on every module, children first; return this module."""
        for child in self.children():
            child.apply(fn)
        fn(self)
        return self

    def train(self, mode: bool = True) -> Self:
        """Switch to training behaviour (or back, with False)."""
        for module in self.modules():
            module.training = mode
        return self

    def eval(self) -> Self:
        """Switch to evaluation behaviour."""
        return self.train(mode=False)

    def requires_grad_(self, requires_grad: bool = True) -> Self:
        """Freeze (False) or free all parameters. A frozen one reads as a plain array and costs nothing in the backward pass."""
        for parameter in self.parameters():
            parameter.requires_grad = requires_grad
        return self

    def zero_grad(self) -> None:
        """Forget the accumulated gradients."""
        for parameter in self.parameters():
            parameter.grad = None

    def set_grads(self, gradients: Module) -> None:
        """Store gradients that `revad.grad` returned for this model in its parameters, where optimisers look for them."""
        given = dict(gradients.named_parameters())
        for name, parameter in self.named_parameters():
            if parameter.requires_grad:
                if name not in given or np.shape(given[name]) != parameter.shape:
                    raise ValueError(
                        f"set_grads: expected a gradient of shape {parameter.shape} for {name!r}, "
                        + (f"not {np.shape(given[name])}." if name in given else "but it is missing.")
                    )
                parameter.grad = given[name]

    def to(self, dtype: Any) -> Self:
        """Convert parameters and floating buffers to a dtype, in place; do it before making an optimiser."""
        dtype = floating(dtype)
        converted = {id(p): Parameter(p.data, p.requires_grad, dtype) for p in self.parameters()}
        for module in self.modules():
            for name, value in module._parameters.items():
                if value is not None:
                    module._parameters[name] = converted[id(value)]
            for name, value in module._buffers.items():
                if value is not None and value.dtype.kind in "fc":
                    module._buffers[name] = value.astype(dtype)
        return self

    def float(self) -> Self:
        """Convert to float32."""
        return self.to(np.float32)

    def double(self) -> Self:
        """Convert to float64."""
        return self.to(np.float64)

    def half(self) -> Self:
        """Convert to float16."""
        return self.to(np.float16)

    # State, hooks, text: the work is done in modules of their own ------------------------------------------------------------

    def state_dict(self, prefix: str = "") -> dict[str, np.ndarray[Any, Any]]:
        """Return copies of all parameters and persistent buffers by dotted name, in PyTorch's order and under its names."""
        return state_dict(self, prefix)

    def load_state_dict(self, state_dict: Any, strict: bool = True) -> Loaded:
        """Copy values into parameters and buffers; nothing changes if anything does not fit.

        Parameters
        ----------
        state_dict : mapping of str to array_like
            As from `state_dict`; arrays of other libraries work where NumPy can read them.
        strict : bool
            Whether names that are missing or not known are an error.

        Returns
        -------
        Loaded
            ``missing_keys`` and ``unexpected_keys``.

        Raises
        ------
        KeyError
            With ``strict``, if names are missing or unknown; all of them are named.
        ValueError
            A value has another shape, or a dtype that does not fit; all such are named.
        """
        return load_state_dict(self, state_dict, strict=strict)

    def register_forward_pre_hook(
        self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False
    ) -> Handle:
        """Call ``hook(module, args)`` before `forward`; what it returns, unless None, replaces the arguments.

        With ``with_kwargs`` it is ``hook(module, args, kwargs)`` and returns both. ``prepend`` puts it before the other hooks.
        """
        return Handle(self, "forward_pre", hook, prepend=prepend, with_kwargs=with_kwargs)

    def register_forward_hook(self, hook: Callable[..., Any], *, prepend: bool = False, with_kwargs: bool = False) -> Handle:
        """Call ``hook(module, args, output)`` after `forward`; what it returns, unless None, replaces the output.

        With ``with_kwargs`` it is ``hook(module, args, kwargs, output)``. ``prepend`` puts it before the other hooks.
        """
        return Handle(self, "forward", hook, prepend=prepend, with_kwargs=with_kwargs)

    def register_full_backward_pre_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call ``hook(module, grad_output)`` in the backward pass, before it goes through the module.

        What it returns, unless None, replaces ``grad_output``.
        """
        return Handle(self, "backward_pre", hook, prepend=prepend)

    def register_full_backward_hook(self, hook: Callable[..., Any], prepend: bool = False) -> Handle:
        """Call ``hook(module, grad_input, grad_output)`` in the backward pass.

        What it returns, unless None, replaces ``grad_input``.
        """
        return Handle(self, "backward", hook, prepend=prepend)

    def extra_repr(self) -> str:
        """Return what stands between the brackets in `repr`: the layer's settings."""
        return ""

    def __repr__(self) -> str:
        return module_text(self)


pytree.register(Module)


def _valid(module: Module, name: Any) -> str:
    if not isinstance(name, str) or not name or "." in name:
        raise KeyError(
            f"{name!r} cannot be the name of a parameter, buffer or module: it must be a non-empty string without dots."
        )
    if name in vars(module) or hasattr(type(module), name):
        raise KeyError(f"{type(module).__name__} already has an attribute {name!r}.")
    return name


def _buffer(module: Module, name: str, value: Any) -> Any:
    if isinstance(value, revad.Tensor):
        raise TypeError(
            f"{type(module).__name__}.{name} is a buffer: it holds a plain array, not a tracked value. "
            "Store revad.stop_gradient(t), or make it an nn.Parameter if it is to be trained."
        )
    return None if value is None else np.asarray(value)


def _refuse_hidden(module: Module, name: str, value: Any) -> None:
    """Refuse a list, tuple or dict of modules or parameters: what is inside would not be found, and silently not be trained."""
    items = value.values() if type(value) is dict else value if type(value) in (list, tuple) else ()
    for item in items:
        if isinstance(item, (Module, Parameter)):
            kind = "Module" if isinstance(item, Module) else "Parameter"
            container = f"nn.{kind}Dict" if type(value) is dict else f"nn.{kind}List"
            raise TypeError(
                f"{type(module).__name__}.{name}: a plain {type(value).__name__} hides the {kind.lower()}s in it, so they would "
                f"not be trained or saved. Use {container}({name}); if that is meant, object.__setattr__(self, {name!r}, ...)."
            )
