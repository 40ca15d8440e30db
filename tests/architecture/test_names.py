"""Each name has one address: private names stay in their file, and only public faces hand on what others define."""

from __future__ import annotations

import ast
from collections.abc import Iterator

from tests.architecture._source import Module, defined, handed_on, is_private, modules, parsed

PUBLIC_PACKAGES = ("revad.checking", "revad.numpy", "revad.scipy", "nn")
FACES = {"revad", "revad.extend", "revad.typing", "nn.utils.rnn"}  # the last is PyTorch's own address


def is_face(name: str, module: Module) -> bool:
    """Return whether a module may hand on names that others define: it, or all packages in it, are for users."""
    return name in FACES or (module.is_package and f"{name}.".startswith(tuple(f"{package}." for package in PUBLIC_PACKAGES)))


def is_closed(path: str, name: str) -> bool:
    """Return whether a path leads through a private file or package whose own package the module ``name`` is no part of."""
    parts = path.split(".")
    return any(is_private(part) and name.split(".")[:k] != parts[:k] for k, part in enumerate(parts))


def borrowed(found: dict[str, Module]) -> Iterator[str]:
    """Iterate over the private names that a module takes from another: by import, or as an attribute of a module."""
    for name, module in found.items():
        known: dict[str, str] = {}  # what modules are called here
        for i in module.imports:
            source = f"{i.module}.{i.name}".rstrip(".")
            if source in found:
                known[i.alias or i.name or i.module] = source
            elif i.module not in found:
                continue
            if is_closed(source if source in found else i.module, name) or (source not in found and is_private(i.name)):
                yield f"{name}:{i.line} {source}"
        for node in ast.walk(module.tree):
            if isinstance(node, ast.Attribute) and is_private(node.attr) and isinstance(node.value, ast.Name | ast.Attribute):
                home = known.get(ast.unparse(node.value))
                if home is not None and f"{home}.{node.attr}" not in found:
                    yield f"{name}:{node.lineno} {home}.{node.attr}"


def second_addresses(found: dict[str, Module]) -> Iterator[str]:
    """Iterate over the names that a module hands on without being a face, or takes from where they are not at home."""
    for name, module in found.items():
        for i in module.imports:
            if i.alias == i.name and not is_face(name, module):
                yield f"{name}:{i.line} hands on {i.name}"
            source = found.get(i.module)
            if source is None or not i.name or i.name == "*" or f"{i.module}.{i.name}" in found:
                continue
            if i.name not in defined(source) and not (is_face(i.module, source) and i.name in handed_on(source)):
                yield f"{name}:{i.line} {i.module}.{i.name}"


def test_private_names_stay_in_their_file() -> None:
    assert list(borrowed(modules("revad", "nn"))) == []


def test_each_name_has_one_address() -> None:
    assert list(second_addresses(modules("revad", "nn"))) == []


PLANTED = {
    "nn.__init__": "from nn.b import right as right\nfrom nn._own import thing as _thing\n",
    "nn._own": "thing = 1\n",
    "nn.b": "from nn._own import thing\ndef right(): return _helper()\ndef _helper(): ...\n",
    "nn.c": "from nn import b, right\nfrom nn.b import _helper, thing\nfrom nn.b import right as right\nb._helper()\n",
    "revad.base.__init__": "from nn._own import thing as thing\nfrom nn import _own\nimport nn.b\nnn.b._helper()\n",
}


def test_a_borrowed_name_would_be_found() -> None:
    assert list(borrowed(parsed(PLANTED))) == [
        "nn.c:2 nn.b._helper",
        "nn.c:4 nn.b._helper",
        "revad.base:1 nn._own.thing",
        "revad.base:2 nn._own",
        "revad.base:4 nn.b._helper",
    ]


def test_a_second_address_would_be_found() -> None:
    found = ["nn.c:2 nn.b.thing", "nn.c:3 hands on right", "revad.base:1 hands on thing"]
    assert list(second_addresses(parsed(PLANTED))) == found
