"""What tests share: questions with their answers, planted faults, and truth that shares no code with Errata."""
