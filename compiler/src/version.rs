//! The versions that determine the output of a build.

/// The version of Cranelift, which makes the machine code.
pub const CRANELIFT: &str = cranelift_codegen::VERSION;

/// The version of the contract between compiler and runtime. An executable holds the version
/// that it was built with.
pub const CONTRACT: u32 = wasi_aot_contract::module::CONTRACT_VERSION;
