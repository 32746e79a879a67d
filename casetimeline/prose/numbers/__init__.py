"""Numbers in words: what a source says of a value, how many decimals a change has, percentages, grades."""
