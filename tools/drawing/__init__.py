"""How a BPMN file gets its diagram interchange: read, place on a grid, route the edges, put the labels, write."""
