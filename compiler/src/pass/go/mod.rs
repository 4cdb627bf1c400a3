//! Passes that know how Go's compiler, assembler and linker work.

pub mod no_return;
