"""The start page: what waits for whoever is logged in, and a welcome for everybody else."""
