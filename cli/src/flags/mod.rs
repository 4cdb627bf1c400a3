//! One file for each group of flags.

pub mod codegen;
pub mod go;
pub mod policy;
pub mod preload;
pub mod report;
