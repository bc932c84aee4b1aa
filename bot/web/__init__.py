"""The web page as a gateway: the same cards and the same verbs as on every chat platform."""
