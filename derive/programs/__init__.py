"""What is written as a program: derivations, forms that stay in range and keep their digits, values on kinks."""
