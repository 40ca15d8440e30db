"""The public face for operations that users add: what their rules may return, JVPs, memory."""
