"""`suidao simulate`: the policies of `dispatch.policies`, driven through invented days and measured.

Nothing of the running program imports what needs numpy or matplotlib: `recipes` and `options` are plain, the
rest is imported when the command runs.
"""
