//! Versions that decide what a build makes.

/// The version of Cranelift, which makes the machine code.
pub const CRANELIFT: &str = cranelift_codegen::VERSION;

/// The version of what compiler and runtime must agree on. An executable holds the version
/// that it was built with.
pub const CONTRACT: u32 = wasi_aot_contract::module::CONTRACT_VERSION;
