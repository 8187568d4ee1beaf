"""What people ask of reporting, and what reporting does when it hears something."""
