"""A store that was put back begins a new epoch: what it has lost is kept as evidence, and all others are told."""
