//! The versions that determine the output of a build.

use crate::wasm::go_version;
use wasmparser::{KnownCustom, Parser, Payload};

/// The version of Cranelift, which makes the machine code.
pub const CRANELIFT: &str = cranelift_codegen::VERSION;

/// The version of the contract between compiler and runtime. An executable holds the version
/// that it was built with.
pub const CONTRACT: u32 = wasi_aot_contract::module::CONTRACT_VERSION;

/// The version of Go that built a module, as Go writes it: `go1.27.3`. `None` if the module says
/// nothing of Go, or up to the first byte that isn't WebAssembly's.
#[must_use]
pub fn of_go(module: &[u8]) -> Option<String> {
    let payloads = Parser::new(0).parse_all(module).map_while(Result::ok);
    let mut versions = payloads.filter_map(|payload| {
        let Payload::CustomSection(section) = payload else {
            return None;
        };
        let KnownCustom::Producers(fields) = section.as_known() else {
            return None;
        };
        go_version(fields).map(str::to_owned)
    });
    versions.next()
}
