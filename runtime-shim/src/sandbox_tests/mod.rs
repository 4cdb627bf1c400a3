//! Attempts to get out, by everything that a guest can pass to the runtime.
//!
//! These tests prove the runtime's own checks, without the kernel's sandboxes. Other tests show
//! that the kernel's sandboxes hold. Each attempt ends with a look at the files outside: their
//! contents, their attributes (including the time of the last change, which nobody can set)
//! and their names must be as before.
//!
//! - [`yard`]: a granted directory, and beside it files that must not be reached;
//! - [`calls`]: every call that takes a path, as a value;
//! - [`paths`]: hostile paths and links, through both resolvers;
//! - [`names`]: names and paths at their limits;
//! - [`races`]: calls while another thread swaps the files on their way;
//! - [`read_only`]: attempts to write below read-only grants, and nested grants;
//! - [`control`]: file systems by which the kernel is controlled;
//! - [`arguments`]: arguments with which each import succeeds, and which of them are pointers;
//! - [`pointers`]: hostile pointers and lengths, in every parameter that has one;
//! - [`generator`]: random arguments;
//! - [`random`]: every import with random arguments.

mod arguments;
mod calls;
mod control;
mod generator;
mod names;
mod paths;
mod pointers;
mod races;
mod random;
mod read_only;
mod yard;

use crate::os;
use crate::wasi::exports::import_table::{self, Import};

/// Every import that the runtime has.
fn imports() -> impl Iterator<Item = &'static Import> {
    let os = os::exports::import_table::IMPORTS;
    import_table::IMPORTS.iter().chain(os)
}
