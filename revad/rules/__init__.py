"""The derivative rules: formulas only, one family per file. Importing this package registers all of them."""
