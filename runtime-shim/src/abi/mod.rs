//! What guest and runtime exchange: error numbers, rights, file types, descriptors and
//! linear memory.
//!
//! This is the base layer of the runtime's WASI part. [`crate::policy`],
//! [`crate::harden`], [`crate::preempt`] and [`crate::wasi`] use it; nothing in it depends
//! on them. It holds data and the checks of pointers. The rules about who may do what with
//! a descriptor are in [`crate::policy`].

pub mod errno;
pub mod fdtable;
pub mod guest_memory;
pub mod listing;
pub mod rights;
pub mod types;
