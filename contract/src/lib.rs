//! The contract between compiler and runtime shim, defined once: the targets, the address
//! layout, the symbols that cross between the two, the tables that the compiler emits and the
//! shim reads, the manifest, the shim's parts, processor features, the signatures of the functions
//! that modules import, and how text from outside is shown.
//!
//! The shim is `no_std` and uses this crate as it is. So the crate has no dependencies and
//! doesn't allocate, except in the manifest's writer, which only the compiler enables.
#![no_std]
#![deny(missing_docs, unsafe_code)]

pub mod cpu;
pub mod imports;
pub mod layout;
pub mod manifest;
pub mod module;
pub mod os;
pub mod preview1;
pub mod signature;
#[macro_use]
pub mod symbols;
pub mod parts;
pub mod place;
pub mod target;
pub mod text;
