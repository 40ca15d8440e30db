"""How an operation runs on a whole batch at once: rules by families of functions, and a loop for everything else."""
