//! Go packages as input: the user's own `go` command compiles them for wasip1.
//!
//! Invariants:
//! - Go decides what a package is, what its flags mean and how the program is called. The
//!   arguments are handed over as they are.
//! - Go's messages are shown as Go writes them. After them wasi-aot says nothing more.
//! - Nothing of the user's is written: Go's output goes to a temporary directory.

mod build;
pub mod needs;
mod overlay;
mod package;
mod term;
mod toolchain;

pub use build::{Program, build, test};
pub use overlay::Overlay;
pub use package::Package;
pub use toolchain::Toolchain;
