"""What every service stands on: events, one door for writes, talk over the bus, safety and time."""
