//! Stands in for the WASI layer: every function returns ENOSYS.
#![allow(dead_code)]

use crate::start::Process;

const ENOSYS: u32 = 52;

/// Takes over what the process was given.
pub fn init(process: &Process) {
    let _ = (process.args, process.env, process.manifest);
    let _ = crate::memory::size_bytes;
    let _ = crate::traps::die_by;
}

macro_rules! exports {
    ($($name:ident($($param:ident: $ty:ident),*) $(-> $ret:ident)?;)*) => {
        $(exports!(@one $name ($($param: $ty),*) $(-> $ret)?);)*
    };
    (@one $name:ident ($($param:ident: $ty:ident),*) -> $ret:ident) => {
        #[unsafe(export_name = concat!("wasi_aot_", stringify!($name)))]
        extern "C" fn $name($(_: exports!(@type $ty)),*) -> u32 { ENOSYS }
    };
    (@one $name:ident ($($param:ident: $ty:ident),*)) => {
        #[unsafe(export_name = concat!("wasi_aot_", stringify!($name)))]
        extern "C" fn $name(code: u32) { crate::arch::exit_group(code as i32) }
    };
    (@type I32) => { u32 };
    (@type I64) => { u64 };
}
wasi_aot_contract::for_each_preview1!(exports);
