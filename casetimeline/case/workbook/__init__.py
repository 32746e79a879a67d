"""A case as an Excel workbook: written to be filled in (`write`), and read back cell by cell (`read`)."""
