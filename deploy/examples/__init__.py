"""What an empty suite is filled with on a developer's machine: a few units, people in every role, one open cycle."""
