"""Organisation: who sits where in each plan's groups, what is kept ready, and changing both."""
