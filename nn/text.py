"""How modules are shown: `repr` with shapes and parameter counts, and the table of `summary`."""

from __future__ import annotations

from typing import Any

import numpy as np

import revad


def count_parameters(module: Any) -> int:
    """Return the number of numbers in a module's parameters, shared ones counted once.

    Examples
    --------
    >>> import nn
    >>> count_parameters(nn.Linear(3, 2))
    8
    """
    return sum(int(np.size(_value(parameter))) for parameter in module.parameters())


def _value(value: Any) -> Any:
    return value.value if isinstance(value, revad.Tensor) else value


def module_text(module: Any) -> str:
    """Return a module's tree, one line per module, with the shapes of its parameters and their number.

    Examples
    --------
    >>> import nn
    >>> print(module_text(nn.Sequential(nn.Linear(3, 2), nn.ReLU())))
    Sequential(  # 8 parameters
      (0): Linear(in_features=3, out_features=2, bias=True)  # weight (2, 3), bias (2,): 8 parameters
      (1): ReLU()
    )
    """
    head = f"{type(module).__name__}({module.extra_repr()}"
    children = list(module.named_children())
    note = parameter_note(module)
    if not children:
        return f"{head}){note}"
    lines = [f"({name}): {module_text(child)}".replace("\n", "\n  ") for name, child in children]
    return f"{head}{note}\n  " + "\n  ".join(lines) + "\n)"


def parameter_note(module: Any) -> str:
    """Return a comment with the shapes of a module's own parameters and the number of all in it, or nothing."""
    total = count_parameters(module)
    if total == 0:
        return ""
    own = [f"{name} {np.shape(_value(p))}" for name, p in module._parameters.items() if p is not None]
    return f"  # {', '.join(own)}{': ' if own else ''}{total:,} parameter{'s' if total != 1 else ''}"


def describe_call(module: Any, args: tuple[Any, ...]) -> str:
    """Return one line for errors: which module was called with what."""
    shapes = ", ".join(f"{type(arg).__name__} {np.shape(arg)}" if hasattr(arg, "shape") else type(arg).__name__ for arg in args)
    return f"(raised in {type(module).__name__}({module.extra_repr()}), called with {shapes or 'nothing'})"


class Summary:
    """The table that `summary` returns; printing it shows it, ``rows`` holds its lines."""

    def __init__(self, rows: list[tuple[str, str, str, int]], parameters: int, trainable: int, nbytes: int) -> None:
        self.rows = rows
        self.parameters = parameters
        self.trainable = trainable
        self.nbytes = nbytes

    def __repr__(self) -> str:
        header = ("layer", "type", "output shape", "parameters")
        table = [header, *((a, b, c, f"{n:,}") for a, b, c, n in self.rows)]
        widths = [max(len(row[i]) for row in table) for i in range(4)]
        lines = ["  ".join([*(row[i].ljust(widths[i]) for i in range(3)), row[3].rjust(widths[3])]) for row in table]
        lines.insert(1, "  ".join("-" * width for width in widths))
        frozen = self.parameters - self.trainable
        total = f"{self.parameters:,} parameters ({frozen:,} frozen), " if frozen else f"{self.parameters:,} parameters, "
        return "\n".join([*lines, total + f"{self.nbytes / 1e6:.3g} MB"])


def summary(model: Any, input_shape: Any, dtype: Any = np.float32) -> Summary:
    """Run a model once on zeros and tabulate what each module returns.

    Parameters
    ----------
    model : Module
        It is run in evaluation mode and left as it was.
    input_shape : tuple of int, or list of tuples
        Shape of the input with its batch axis; a list for several inputs.
    dtype : dtype, or list of dtypes
        Of the zeros; an integer one for models that start with an embedding; a list for several inputs.

    Returns
    -------
    Summary
        Printing it shows the table.

    Examples
    --------
    >>> import nn
    >>> nn.summary(nn.Sequential(nn.Linear(4, 8), nn.ReLU(), nn.Linear(8, 1)), (16, 4))
    layer  type        output shape  parameters
    -----  ----------  ------------  ----------
           Sequential  (16, 1)               49
    0      Linear      (16, 8)               40
    1      ReLU        (16, 8)                0
    2      Linear      (16, 1)                9
    49 parameters, 0.000196 MB
    """
    shapes = input_shape if isinstance(input_shape, list) else [input_shape]
    dtypes = dtype if isinstance(dtype, list) else [dtype] * len(shapes)
    if len(dtypes) != len(shapes):
        raise ValueError(f"summary: {len(dtypes)} dtypes are given for {len(shapes)} input shapes; give one dtype for each.")
    rows: list[tuple[str, str, str, int]] = []
    index: dict[int, int] = {}
    handles: list[Any] = []
    for name, module in model.named_modules():
        index[id(module)] = len(rows)
        rows.append((name, type(module).__name__, "(not called)", count_parameters(module)))

        def note(module: Any, _: Any, output: Any) -> None:
            i = index[id(module)]
            rows[i] = (*rows[i][:2], _shape_text(output), rows[i][3])

        handles.append(module.register_forward_hook(note))
    modes = [(module, module.training) for module in model.modules()]
    try:
        with revad.no_grad():
            model.eval()(*[np.zeros(shape, of) for shape, of in zip(shapes, dtypes, strict=True)])
    finally:
        for handle in handles:
            handle.remove()
        for module, mode in modes:
            module.training = mode
    parameters = list(model.parameters())
    trainable = sum(int(p.size) for p in parameters if getattr(p, "requires_grad", True))
    return Summary(rows, count_parameters(model), trainable, sum(int(p.nbytes) for p in parameters))


def _shape_text(output: Any) -> str:
    if isinstance(output, (tuple, list)):
        return ", ".join(_shape_text(part) for part in output)
    return str(np.shape(output)) if hasattr(output, "shape") else type(output).__name__
