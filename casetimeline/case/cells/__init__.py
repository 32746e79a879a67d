"""One cell or row as people type it: what is refused, why, and what would be right."""
