"""The inbox and the task page: where staff work."""
