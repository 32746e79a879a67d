"""What the rows of a timeline say together: their faults, and what a reader should know of them."""
