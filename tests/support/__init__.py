"""What tests of several rooms share: databases, and settings of the test run."""
