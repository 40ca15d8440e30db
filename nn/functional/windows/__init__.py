"""Windows that slide over the last axes: how they lie, and what is done in each, convolution and pooling."""
