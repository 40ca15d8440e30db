"""The engine: the tape, dispatch, recording, the reverse pass and in-place writes. Read `tape` first."""
