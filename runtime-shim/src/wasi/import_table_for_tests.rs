//! Every function of preview 1 as a value, for tests that go through all of them. Generated
//! from the contract's list; a part of `exports.rs`, whose imports it uses.

use super::*;
use crate::abi::errno::Errno;
use crate::wasi::Wasi;
use wasi_aot_contract::signature::{HostModule, Type};

/// A function that modules import.
pub struct Import {
    pub module: HostModule,
    pub name: &'static str,
    pub params: &'static [(&'static str, Type)],
    /// Makes the call with one argument for each parameter; an `I32` parameter takes the
    /// argument's lower half.
    pub call: fn(&mut Wasi, &[u64]) -> Result<(), Errno>,
}

/// What a call returns, as a result.
pub trait Outcome {
    fn outcome(self) -> Result<(), Errno>;
}

impl Outcome for Result<(), Errno> {
    fn outcome(self) -> Result<(), Errno> {
        self
    }
}

impl Outcome for () {
    fn outcome(self) -> Result<(), Errno> {
        Ok(())
    }
}

/// A function as a value; `$module` is where it is imported from.
macro_rules! import_value {
    ($module:expr, $name:ident($($param:ident: $ty:ident),*)) => {
        Import {
            module: $module,
            name: stringify!($name),
            params: &[$((stringify!($param), Type::$ty)),*],
            call: |wasi, args| {
                let mut _args = args.iter();
                $(let $param = *_args.next().expect("BUG: an argument is missing") as core_type!($ty);)*
                $name(wasi, $($param),*).outcome()
            },
        }
    };
}

pub(crate) use import_value;

macro_rules! table {
    ($($name:ident($($param:ident: $ty:ident),*) $(-> $result:ident)?;)*) => {
        /// All of them, in the contract's order.
        pub const IMPORTS: &[Import] =
            &[$(import_value!(HostModule::Preview1, $name($($param: $ty),*)),)*];
    };
}
for_each_preview1!(table);
