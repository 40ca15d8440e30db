"""Settings of the documentation. Build it with ``python -m sphinx -W -n -b html docs docs/_build``; no network is needed."""

import sys
from pathlib import Path

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
    (r"py:.*", r"(numpy|optree|networkx|jax|torch)(\..*)?"),  # their inventories would have to be fetched
    (r"py:.*", r"revad\.(engine|tensors|transforms|compiler|graphs|checking|rules)\..*"),  # internals, read in the source
]

# HTML -----------------------------------------------------------------------------------------------------------------------
html_theme = "furo"
html_title = f"revad {release}"
html_static_path = ["_static"]
html_css_files = ["revad.css"]
html_math_renderer = "mathml"
html_copy_source = False


def inline_math(self, node) -> None:
    """Write a formula in a line of text as MathML, which browsers set without a script from elsewhere."""
    self.body.append(latex2mathml.tex2mathml(node.astext(), as_block=False))
    raise _skip()


def block_math(self, node) -> None:
    """Write a displayed formula as MathML."""
    self.body.append(f'<div class="math">{latex2mathml.tex2mathml(node.astext(), as_block=True)}</div>')
    raise _skip()


def _skip() -> Exception:
    from docutils.nodes import SkipNode

    return SkipNode()


def setup(app: Sphinx) -> None:
    """Register the writer of formulas."""
    app.add_html_math_renderer("mathml", inline_renderers=(inline_math, None), block_renderers=(block_math, None))
