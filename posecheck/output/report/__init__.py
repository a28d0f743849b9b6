"""The report in HTML and PDF, its charts and its words."""
