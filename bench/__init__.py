"""Measures what the product promises, each figure beside a bare reference of the same run."""
