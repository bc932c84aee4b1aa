"""The work itself: people, jobs, claims and the ladder, as pure rules over frozen values.

Knows the standard library only: no database, no queue, no chat platform, no language a person reads.
"""
