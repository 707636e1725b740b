"""People at work in a real browser, against a house that serves: on SQLite and on PostgreSQL."""
