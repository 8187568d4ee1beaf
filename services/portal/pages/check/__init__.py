"""Checking a report, and signing it: what is missing, what exactly is signed, and what happens then."""
