"""The libraries that xent is held against, each behind the same `run(call)`."""
