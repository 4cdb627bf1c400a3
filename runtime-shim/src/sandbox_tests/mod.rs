//! Attempts to get out, by everything that a guest can pass to the runtime.
//!
//! These tests prove the runtime's own checks. Other tests show that the kernel's sandboxes
//! hold, so none of those is on here. Each attempt ends with a look at the files outside: their
//! contents, their attributes (including the time of the last change, which nobody can set)
//! and their names must be as before.
//!
//! - [`yard`]: a granted directory, and beside it files that must not be reached;
//! - [`calls`]: every call of preview 1 that takes a path, as a value;
//! - [`paths`]: hostile paths and links, through both resolvers;
//! - [`names`]: names and paths at their limits;
//! - [`races`]: the same while somebody swaps and moves directories;
//! - [`read_only`]: ways of writing below grants for reading only;
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
