//! Each pass for Go's functions by itself, on functions as text: the form that a pass
//! recognises, and forms that are almost so.

mod calls;
mod dispatch;
mod frame;
mod mirror_sp;
mod modes;
mod no_return;
mod push;
mod stack_check;
mod unwind;
