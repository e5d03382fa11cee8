"""What an editor asks of a case while it is written: faults, what stands under the cursor, names that may come next."""
