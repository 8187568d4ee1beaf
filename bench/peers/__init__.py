"""What else one could build: each peer saves the same answer with the same token check and the same validation."""
