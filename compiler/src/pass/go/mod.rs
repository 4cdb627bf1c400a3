//! Passes that know how Go's compiler, assembler and linker work.

pub mod calls;
pub mod dispatch;
pub mod frame;
pub mod give_way;
pub mod mirror_sp;
pub mod modes;
pub mod no_return;
pub mod push;
pub mod stack_check;
#[cfg(test)]
mod tests;
pub mod traces;
pub mod unwind;
