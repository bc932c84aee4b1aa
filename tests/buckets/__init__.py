"""A bucket for the tests: moto's server, which speaks S3 on this machine."""
