"""What holds on a whole domain: convexity, monotony, definiteness, optima, inequalities by slopes, curves, balls and tails."""
