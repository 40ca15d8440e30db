"""Attention: means of values, weighted by how well a key fits a query; with one head or several."""
