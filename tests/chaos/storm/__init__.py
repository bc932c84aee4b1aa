"""A storm: real processes on real databases, killed, frozen, cut off and restarted while thousands of rungs
fall due; afterwards every ledger is compared with a model. `make chaos` runs it, not `make test`."""
