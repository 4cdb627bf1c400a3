//! Calls that never return normally.
