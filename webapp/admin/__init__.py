"""Keeping the house: people and roles, the working calendar, the demo's clock, the audit log."""
