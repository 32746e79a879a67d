"""Words that sentences and tables share: labels, moments, amounts, schedules, verbs, and a passage with its rows."""
