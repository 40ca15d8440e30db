"""Programs: a run of a function as data, a list of calls and the decisions between them; as a graph; replayed."""
