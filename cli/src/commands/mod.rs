//! One file for each command.

pub mod build;
pub mod cache;
pub mod completions;
pub mod go_exec;
pub mod grant;
pub mod inspect;
pub mod overlay;
pub mod passes;
pub mod run;
mod start_flags;
pub mod targets;
pub mod test;
pub mod version;
