"""More places or fewer: padding, interpolation, and channels that become places."""
