//! One file per command.

pub mod build;
pub mod completions;
pub mod inspect;
pub mod run;
pub mod targets;
