"""What is said: words in, cards out. Knows no platform, no database and no queue."""
