"""Whom a job asks next, and when to look again: several policies side by side, one noun a file.

A policy is a pure object. It is given a search (the job's side), candidates (who is able, allowed and not
asked yet, nearest first), the moment and what is on record of people; it answers with a wave. It knows no
store, no platform and no clock, so that the product and the simulator (`bot.simulate`) drive the very same
objects.
"""
