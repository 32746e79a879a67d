"""What was judged, in words: answers, verdicts of rules, results of claims, and published groups beside a case."""
