"""Loads a GraphML file with networkx and prints what it holds as JSON: graph.py FILE"""
import json
import sys

import networkx

graph = networkx.read_graphml(sys.argv[1])
print(json.dumps({
    "nodes": {name: data for name, data in graph.nodes(data=True)},
    "edges": sorted([source, data["kind"], target] for source, target, data in graph.edges(data=True)),
    "directed": graph.is_directed(),
    "reach": sorted(networkx.descendants(graph, "internet")),
}))
