"""Notify's read models: the tables, how facts become rows, and the queries."""
