"""Rows held against the text of their sources: the quote, and in it the numbers, dates and words of each row."""
