"""Processes are killed at random moments under load; afterwards every effect must be there once."""
