//! What the executable may touch, decided at build time.

/// Denied by default: an empty policy grants arguments and stdio only.
#[derive(Debug, Clone, Default)]
pub struct Policy {}
