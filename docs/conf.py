"""Settings of the documentation. Build it with ``python -m sphinx -W -n -b html docs docs/_build``; no network is needed."""

import re
import sys
from pathlib import Path

from docutils.nodes import SkipNode
from docutils.utils.math import latex2mathml
from sphinx.application import Sphinx

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import revad  # noqa: E402  (after the path is set, so that the pages describe the checkout they stand in)

project = "revad"
author = "The revad authors"
copyright = "2026, The revad authors"
release = version = revad.__version__

extensions = ["myst_parser", "sphinx.ext.autodoc", "sphinx.ext.autosummary", "numpydoc"]
exclude_patterns = ["_build"]
nitpicky = True
default_role = "autolink"  # `name` in a docstring links to that name's entry, or is set in italics where it has none

# MyST: Markdown pages -------------------------------------------------------------------------------------------------------
myst_enable_extensions = ["colon_fence", "deflist", "dollarmath", "attrs_inline"]
myst_heading_anchors = 3

# The generated reference ----------------------------------------------------------------------------------------------------
autodoc_typehints = "none"  # the numpydoc sections say the types, in words
autodoc_member_order = "bysource"
autosummary_generate = False  # the entries stand on the reference's own pages, the tables only list them
numpydoc_show_class_members = False
numpydoc_class_members_toctree = False
nitpick_ignore_regex = [
    (r"py:.*", r"(numpy|scipy|optree|networkx|jax|torch)(\..*)?"),  # their inventories would have to be fetched
    (r"py:.*", r"revad\.(base|operations|engine|programs|tensors|transforms|checking|rules)\..*"),  # internals
    (r"py:obj", r"primitive"),  # named in the docstring of revad.extend, described as revad.primitive
]

# HTML -----------------------------------------------------------------------------------------------------------------------
html_theme = "furo"
html_title = f"revad {release}"
html_static_path = ["_static"]
html_css_files = ["revad.css"]
html_math_renderer = "mathml"
html_copy_source = False


def inline_math(self, node) -> None:
    """Write a formula as MathML, which browsers set without a script from elsewhere."""
    self.body.append(latex2mathml.tex2mathml(node.astext()))
    raise SkipNode


def block_math(self, node) -> None:
    """Write a displayed formula as MathML."""
    formula = latex2mathml.tex2mathml(node.astext()).replace("<math ", '<math display="block" ', 1)
    self.body.append(f'<div class="math">{formula}</div>')
    raise SkipNode


def keep_initials(*arguments) -> None:
    """Keep an author's initial at the start of a reference, as in ``.. [1] A. Author``, from becoming a list item "A."."""
    lines = arguments[-1]
    lines[:] = [re.sub(r"^(\s*\.\. \[\w+\] )([A-Z]\.)", r"\1\\\2", line) for line in lines]


def setup(app: Sphinx) -> None:
    """Register the writer of formulas and the repair of references."""
    app.add_html_math_renderer("mathml", inline_renderers=(inline_math, None), block_renderers=(block_math, None))
    app.connect("autodoc-process-docstring", keep_initials, priority=400)  # before numpydoc renames the references
