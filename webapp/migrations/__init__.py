"""The database's schema, step by step (Alembic). Shipped in the wheel; `banjie db upgrade` applies what is missing."""
