"""What earlier runs have found, so that nothing is worked out twice: kept in SQLite as JSON, and never believed beyond what its
key says that it depends on. docs/cache.md tells what that is."""
