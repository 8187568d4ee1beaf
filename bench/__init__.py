"""How quick the parts are, measured against what else could be done; run by hand, on a quiet machine."""
