//! The symbols of `wasi_aot_os_1`, `wasi_aot_os_<name>`, generated from the contract's list as
//! those of preview 1 are.

use super::creating::{path_create_directory, path_open};
use super::host::{host_name, process_id};
use super::mode::{fd_set_mode, path_set_mode};
use super::signal::{signal_get, signal_open, signal_set};
use super::stat::{fd_stat, path_stat};
use super::terminal::{terminal_get_mode, terminal_open, terminal_set_mode, terminal_size};
use crate::wasi::exports::{core_type, export_call, uninterrupted};
use crate::wasi::with;
use wasi_aot_contract::{for_each_os, os_symbol};

macro_rules! export {
    ($($name:ident($($param:ident: $ty:ident),*) -> I32;)*) => {
        $(export_call!(os_symbol $name($($param: $ty),*));)*
    };
}
for_each_os!(export);

#[cfg(test)]
pub mod import_table {
    //! Every function as a value.
    use super::*;
    use crate::wasi::exports::import_table::{Import, Outcome, import_value};
    use wasi_aot_contract::signature::{HostModule, Type};

    macro_rules! table {
        ($($name:ident($($param:ident: $ty:ident),*) -> I32;)*) => {
            /// All of them, in the contract's order.
            pub const IMPORTS: &[Import] =
                &[$(import_value!(HostModule::Os, $name($($param: $ty),*)),)*];
        };
    }
    for_each_os!(table);
}
