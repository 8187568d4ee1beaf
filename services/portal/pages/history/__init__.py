"""What happened to a report: who changed what, by question and over time, and two versions beside each other."""
