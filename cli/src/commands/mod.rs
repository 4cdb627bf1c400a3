//! One file per command.

pub mod build;
pub mod completions;
pub mod run;
