"""Matrix: the same jobs on a server of one's own. Nothing of it is loaded unless a homeserver is set."""
