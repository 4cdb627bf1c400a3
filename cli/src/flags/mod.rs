//! One file per group of flags.

pub mod codegen;
pub mod policy;
pub mod preload;
