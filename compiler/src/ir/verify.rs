//! Checks that a function is valid.
