"""Use cases of the registry: each builds a command and gives it to the desk."""
