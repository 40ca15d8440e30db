"""Captured programs as graphs, for other tools."""

from revad.graphs.export import to_dot as to_dot
from revad.graphs.export import to_networkx as to_networkx
