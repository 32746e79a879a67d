"""case.yaml: its keys, the patient, and what the source claims."""
