//! The calls of `wasi_aot_os_1`, the module of functions that preview 1 lacks. `docs/OS-ABI.md`
//! describes them for programs.
//!
//! What [`crate::wasi`] says about calls holds here as well: the same state, the same order of
//! checks, the same errno. A call that has a counterpart in preview 1 makes it by the
//! counterpart's function, so both keep the same rules.

#![expect(
    clippy::too_many_arguments,
    reason = "the calls have the parameters that the document gives them"
)]

pub mod creating;
pub mod exports;
pub mod host;
pub mod mode;
pub mod signal;
pub mod stat;
pub mod terminal;
