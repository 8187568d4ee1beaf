"""A reporting year lived through in a minute: every unit, two parties, one deadline, all by the public HTTP APIs."""
