//! From a body's bytes to the IR, validating on the way.
