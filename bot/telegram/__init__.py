"""Telegram as a gateway: the same cards and the same verbs as on every other platform."""
