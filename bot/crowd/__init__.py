"""Simulated people for the demo: they join, are asked, and answer through the same doors as real ones."""
