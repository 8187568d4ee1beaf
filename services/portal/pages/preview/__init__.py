"""The report as the public would see it."""
