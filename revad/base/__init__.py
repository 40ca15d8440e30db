"""Facts without opinions: shapes and dtypes, nested containers, places in the user's code, libraries of extras."""
