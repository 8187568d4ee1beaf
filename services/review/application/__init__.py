"""What review does: its use cases, one file for each group of them, and what it does when it hears something."""
