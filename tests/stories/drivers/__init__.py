"""One driver a platform: how people of a story see and do things there. Stories know `base` only."""
