"""Programs as graphs: for networkx's algorithms, and for drawing."""

from revad.graphs.export import to_dot as to_dot
from revad.graphs.export import to_networkx as to_networkx
