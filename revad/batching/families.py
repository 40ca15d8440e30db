"""All families of batching rules, imported for what they register."""

# pyright: reportUnusedImport=false

import revad.batching.elementwise
import revad.batching.indexing
import revad.batching.linalg
import revad.batching.products
import revad.batching.reductions
import revad.batching.shaping  # noqa: F401
