//! The layers of each crate, from the bottom up.

/// Modules, each with the modules that it uses. A module stands below all that use it.
pub type Layers = &'static [(&'static str, &'static [&'static str])];

pub const CONTRACT: Layers = &[];
pub const COMPILER: Layers = &[];
pub const RUNTIME: Layers = &[];
pub const IMAGES: Layers = &[];
pub const CLI: Layers = &[];
