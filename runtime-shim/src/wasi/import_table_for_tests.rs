//! Every function of preview 1 as a value, for tests that go through all of them. Generated
//! from the contract's list; a part of `exports.rs`, whose imports it uses.

use super::*;
use crate::abi::errno::Errno;
use crate::wasi::Wasi;
use wasi_aot_contract::preview1::Type;

/// A function of preview 1.
pub struct Import {
    pub name: &'static str,
    pub params: &'static [(&'static str, Type)],
    /// Makes the call with one argument for each parameter; an `I32` parameter takes the
    /// argument's lower half.
    pub call: fn(&mut Wasi, &[u64]) -> Result<(), Errno>,
}

/// What a call returns, as a result.
trait Outcome {
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

macro_rules! table {
    ($($name:ident($($param:ident: $ty:ident),*) $(-> $result:ident)?;)*) => {
        /// All of them, in the contract's order.
        pub const IMPORTS: &[Import] = &[$(Import {
            name: stringify!($name),
            params: &[$((stringify!($param), Type::$ty)),*],
            call: |wasi, args| {
                let mut _args = args.iter();
                $(let $param = *_args.next().expect("BUG: an argument is missing") as core_type!($ty);)*
                $name(wasi, $($param),*).outcome()
            },
        },)*];
    };
}
for_each_preview1!(table);

/// The function called `name`.
pub fn import(name: &str) -> &'static Import {
    let found = IMPORTS.iter().find(|import| import.name == name);
    found.unwrap_or_else(|| panic!("BUG: preview 1 has no {name}"))
}
