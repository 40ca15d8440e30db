"""Special functions: the rules of the ufuncs of `scipy.special`, and its other functions in a differentiable form."""
