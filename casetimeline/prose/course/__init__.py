"""The Results of a case: the course moment by moment, in the past tense, for a manuscript."""
