"""Watches the program itself, apart from its queue: the auditor, the heartbeat, the synthetic job."""
