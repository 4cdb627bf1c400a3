//! Where Go keeps SP: in global 0 (`cmd/link/internal/wasm/asm.go`, writeGlobalSec), and a copy
//! in local 1 of each function (`assemble` in `cmd/internal/obj/wasm/wasmobj.go`).

/// The global that SP is.
pub const SP_GLOBAL: u32 = 0;

/// The local that holds SP's copy.
pub const SP_LOCAL: u32 = 1;
