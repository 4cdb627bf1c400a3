//! Which blocks each block is reached through.
