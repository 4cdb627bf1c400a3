//! What compiler and runtime shim agree on, defined once: the address layout,
//! the symbols that cross between them, the tables that the compiler emits and
//! the shim reads, the manifest, features of processors, the signatures of preview 1, and how
//! text from outside is shown.
//!
//! No dependencies and no allocation (the manifest's writer apart): the shim is
//! `no_std` and uses this crate as it is.
#![no_std]
#![deny(unsafe_code)]

pub mod cpu;
pub mod layout;
pub mod manifest;
pub mod module;
pub mod preview1;
#[macro_use]
pub mod symbols;
pub mod target;
pub mod text;
