//! Attempts to get out, by everything a guest can pass to the shim.
//!
//! What is here proves the shim's own checks; that the kernel's sandboxes hold
//! is shown elsewhere, so nothing of them is on. Each attempt ends with a look
//! at what lies outside: its contents, its attributes (the time of the last
//! change among them, which nobody can set) and its names must be as before.
//!
//! - [`yard`]: a granted directory, and beside it what must not be reached;
//! - [`calls`]: every call of preview 1 that takes a path, as a value;
//! - [`paths`]: hostile paths and links, through both resolvers;
//! - [`names`]: names and paths at their limits;
//! - [`races`]: the same while somebody swaps and moves directories;
//! - [`read_only`]: ways of writing below grants for reading only;
//! - [`control`]: file systems by which the kernel is controlled;
//! - [`arguments`]: with which each import succeeds, and which of them point;
//! - [`pointers`]: hostile pointers and lengths, in every parameter that is one;
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
