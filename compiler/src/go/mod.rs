//! What is known about modules that Go's toolchain built.
//!
//! Everything here is read from the module at hand and checked against it; a
//! module of another origin, or one that lies, gives no facts.

pub mod pclntab;
