"""Tables of text: how they are separated, what their headers are, and the vocabulary, rules and works in them."""
