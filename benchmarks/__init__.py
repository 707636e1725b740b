"""What the house promises about cost, measured. `make bench` prints it; each is a ratio or a bound taken in one run."""
