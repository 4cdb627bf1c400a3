//! The parts of WebAssembly that [`crate::merge`] and [`crate::module`] share: how a file is
//! read, what imports and exports mean, constant expressions, and which active segments may be
//! folded.
//!
//! A base layer: it uses nothing of the compiler but its errors.

mod constant;
pub(crate) mod data;
mod entry;
mod format;
mod function_names;
mod imports;
mod item;
pub(crate) mod operators;
mod producers;
pub(crate) mod segment;

pub use constant::Constant;
pub(crate) use constant::evaluate;
pub use data::Gaps;
pub(crate) use entry::Entry;
pub(crate) use format::{binary_format, check_header, features};
pub(crate) use function_names::function_names;
pub(crate) use imports::{Provider, core_types, host_function, host_type};
pub(crate) use item::{ItemType, signature};
pub use operators::{feature_of, proposal_of};
pub(crate) use producers::go_version;
