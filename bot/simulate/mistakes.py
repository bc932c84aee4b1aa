"""What somebody asked of the simulator, or a policy of theirs did, that cannot be."""


class MistakeError(Exception):
    """The message is the line that says so."""
