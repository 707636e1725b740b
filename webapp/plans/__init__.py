"""Plans: their versions and files, deploying new ones from a modeler's files, trying their decisions."""
