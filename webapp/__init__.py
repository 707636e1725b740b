"""办结 in the browser and on the command line: pages and JSON over the engine's verbs. Knows no token."""
