"""All families of batching rules, imported for what they register, and `rule_of`, which finds one."""

from revad.batching import elementwise as elementwise
from revad.batching import indexing as indexing
from revad.batching import linalg as linalg
from revad.batching import products as products
from revad.batching import reductions as reductions
from revad.batching import shaping as shaping
from revad.batching.table import rule_of as rule_of
