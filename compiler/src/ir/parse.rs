//! Reads the printed form, for tests.
