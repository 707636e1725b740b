"""Tokens: moves one case along its diagram. The only folder that imports SpiffWorkflow; it knows no database."""
