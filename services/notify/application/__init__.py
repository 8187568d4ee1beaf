"""What notify does: decides whom a fact concerns, sends, reminds, and keeps what people have chosen."""
