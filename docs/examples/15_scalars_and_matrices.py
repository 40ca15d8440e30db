"""The same net twice: as a graph of scalars and as a few matrices.

Backpropagation is the chain rule on a graph. The graph may be made of single numbers: each sum and product is a node, and an engine for
it fits on a screen, `Scalar` below. Or its nodes are matrices, and a rule of revad goes back through a whole layer at once. The
gradients are the same to the last digits; the numbers of nodes are not, and so neither is the time.
"""

import math
import time

import networkx as nx
import numpy as np
from _common import BLUE, GREEN, ORANGE, PICTURES, RED, figure, run, save

import revad


class Scalar:
    """A number that knows what it was made from: its parents, and its derivative by each of them."""

    def __init__(self, value, parents=(), operation=""):
        self.value, self.parents, self.operation, self.grad = value, parents, operation, 0.0

    def __add__(self, other):
        return Scalar(self.value + other.value, ((self, 1.0), (other, 1.0)), "+")

    def __mul__(self, other):
        return Scalar(self.value * other.value, ((self, other.value), (other, self.value)), "·")

    def tanh(self):
        y = math.tanh(self.value)
        return Scalar(y, ((self, 1 - y * y),), "tanh")

    def nodes(self):
        """Everything that it was made from and itself, parents first."""
        order, seen, waiting = [], set(), [(self, False)]
        while waiting:
            node, done = waiting.pop()
            if done:
                order.append(node)
            elif node not in seen:
                seen.add(node)
                waiting.append((node, True))
                waiting.extend((parent, False) for parent, _ in node.parents)
        return order

    def backward(self):
        """The chain rule: each node hands what has arrived at it on to its parents, times the derivative."""
        self.grad = 1.0
        for node in reversed(self.nodes()):
            for parent, derivative in node.parents:
                parent.grad += node.grad * derivative


def scalar_error(W, v, X, T):
    """The error of a net with one hidden layer as a graph of scalars: W a list of rows, v a list."""
    total = Scalar(0.0)
    for x, t in zip(X, T, strict=True):
        x, y = [Scalar(number) for number in x], Scalar(-t)
        for row, out in zip(W, v, strict=True):
            z = row[0] * x[0]
            for w, number in zip(row[1:], x[1:], strict=True):
                z = z + w * number
            y = y + out * z.tanh()
        total = total + y * y
    return total


def matrix_error(W, v, X, T):
    return np.sum((np.tanh(X @ W.T) @ v - T) ** 2)


def compare(inputs, hidden, examples):
    """The same gradient in both ways: how far apart, and for each way the number of nodes, the seconds, and the graph."""
    rng = np.random.default_rng(0)
    W, v = rng.normal(size=(hidden, inputs)), rng.normal(size=hidden)
    X, T = rng.normal(size=(examples, inputs)), rng.normal(size=examples)

    start = time.perf_counter()
    weights, outs = [[Scalar(w) for w in row] for row in W.tolist()], [Scalar(w) for w in v.tolist()]
    total = scalar_error(weights, outs, X.tolist(), T.tolist())
    total.backward()
    middle = time.perf_counter()
    value, (GW, gv) = revad.value_and_grad(matrix_error, argnums=(0, 1))(W, v, X, T)
    end = time.perf_counter()

    as_scalars = np.array([[w.grad for w in row] for row in weights]), np.array([w.grad for w in outs])
    scale = max(np.abs(GW).max(), np.abs(gv).max())
    apart = max(np.abs(a - b).max() for a, b in zip(as_scalars, (GW, gv), strict=True)) / scale
    program = revad.trace(matrix_error, W, v, X, T).to_networkx()
    return (
        max(apart, abs(total.value - value) / value),
        (len(total.nodes()), middle - start, total),
        (len(program), end - middle, program),
    )


def main(quick=False, out=PICTURES):
    compare(2, 2, 1)  # the first call of anything is slow
    report = {}
    for size in ((2, 2, 1), (8, 8, 8), (8, 16, 32) if quick else (32, 32, 64)):
        apart, (scalars, slow, total), (arrays, fast, program) = compare(*size)
        if not report:
            draw(out, total, program)
        report[size] = apart, scalars, arrays
        print(
            f"{size[0]:2d}-{size[1]:2d}-1 net, {size[2]:2d} examples: {scalars:6d} scalar nodes in {1000 * slow:7.2f} ms, "
            f"{arrays} array nodes in {1000 * fast:.2f} ms; values and gradients {apart:.0e} apart"
        )
    return report


def draw(out, total, program):
    """Draw both graphs of the 2-2-1 net with one example; time runs from left to right."""
    picture, (left, right) = figure(1, 2, size=(11, 4.6), width_ratios=[1.2, 1])
    scalars = nx.DiGraph()
    for node in total.nodes():
        scalars.add_node(node, label=node.operation or f"{node.value:.2g}", leaf=not node.parents)
        scalars.add_edges_from((parent, node) for parent, _ in node.parents)
    arrays = nx.DiGraph()
    for name, facts in program.nodes(data=True):
        leaf = facts["operation"] == "input"  # inputs are numbered in the order of the arguments
        arrays.add_node(name, label="WvXT"[name] if leaf else facts["operation"], leaf=leaf)
    arrays.add_edges_from(program.edges())
    for axes, graph, title in ((left, scalars, "of scalars"), (right, arrays, "of arrays")):
        for column, generation in enumerate(nx.topological_generations(graph)):
            for node in generation:
                graph.nodes[node]["column"] = column
        for node in reversed(list(nx.topological_sort(graph))):  # a leaf stands just before what it goes into
            if graph.nodes[node]["leaf"]:
                graph.nodes[node]["column"] = min(graph.nodes[child]["column"] for child in graph.successors(node)) - 1
        place = nx.multipartite_layout(graph, subset_key="column")
        axes.scatter(*np.array(list(place.values())).T, s=0)
        for a, b in graph.edges():
            axes.annotate(
                "", place[b], place[a], arrowprops={"arrowstyle": "->", "color": "#999999", "shrinkA": 9, "shrinkB": 9}
            )
        for node, facts in graph.nodes(data=True):
            last = not list(graph.successors(node))
            colour = RED if last else GREEN if facts["leaf"] else BLUE if facts["label"] != "tanh" else ORANGE
            box = {"boxstyle": "round,pad=0.25", "facecolor": "white", "edgecolor": colour}
            axes.text(*place[node], facts["label"], fontsize=8, ha="center", va="center", bbox=box, in_layout=False)
        axes.set(title=f"The graph {title}: {len(graph)} nodes")
        axes.margins(0.1)
        axes.set_axis_off()
    save(picture, out, "15_scalars_and_matrices.svg")


if __name__ == "__main__":
    run(main, __doc__)
