"""The report form: its frame, the parts written as texts, saving, and what others do meanwhile."""
