"""The benchmark harness. ../run.py is the way in; ../README.md says how to use it."""
