"""What was measured, in words: which value is the baseline, how a measure changed, and what the change means."""
