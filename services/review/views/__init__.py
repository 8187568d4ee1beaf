"""What review reads from: its own facts as rows, and what it heard from the registry and from reporting."""
