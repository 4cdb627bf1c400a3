//! One file for each command.

pub mod build;
pub mod completions;
pub mod inspect;
pub mod passes;
pub mod run;
pub mod targets;
pub mod version;
