"""The groups of commands that `aarring` understands, one file each."""
