//! What is compiled, and what comes of that.

use super::machine::Code;
use crate::symbol::Symbol;
use crate::trap;
use cranelift_codegen::ir::TrapCode;
use wasi_aot_contract::{symbol, symbols};

/// A piece of machine code with a name of its own.
pub struct Unit {
    pub kind: UnitKind,
    /// The name of the unit's symbol.
    pub name: String,
    pub code: Code,
}

impl Unit {
    /// The function's name that traps and profiles show; empty for what the compiler makes
    /// itself.
    #[must_use]
    pub fn shown_name(&self) -> &str {
        match self.kind {
            UnitKind::Body(_) => &self.name,
            _ => "",
        }
    }
}

/// What a unit is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum UnitKind {
    /// The body of a defined function, by its place among the defined ones.
    Body(u32),
    /// A wrapper in the module's calling convention around the import with this index.
    ImportThunk(u32),
    /// The entry of a defined function, by its place among the defined ones, that gives way
    /// first.
    GivingWay(u32),
    /// The entry of a defined function, by its place among the defined ones, that asks first
    /// whether SIGQUIT has come.
    Quitting(u32),
    /// Prints the traces of all goroutines.
    Traces,
    /// What a typed table holds where there is no function to call.
    Trap(TrapStub),
    /// Runs the start function and `_start`, whose index is given.
    Entry(u32),
    /// Jumps to functions that are too far away for a call ([`crate::emit`]).
    Veneers,
}

impl UnitKind {
    /// What calls and tables refer to the unit by; `None` if no code refers to it.
    #[must_use]
    pub fn symbol(self) -> Option<Symbol> {
        match self {
            Self::Body(index) => Some(Symbol::Function(index)),
            Self::ImportThunk(index) => Some(Symbol::ImportThunk(index)),
            Self::GivingWay(index) => Some(Symbol::GivingWay(index)),
            Self::Quitting(index) => Some(Symbol::Quitting(index)),
            Self::Traces => Some(Symbol::Traces),
            Self::Trap(stub) => Some(stub.symbol()),
            Self::Entry(_) | Self::Veneers => None,
        }
    }

    /// The name of a unit that the compiler makes itself.
    ///
    /// # Panics
    /// On the body of a function, which the module names.
    #[must_use]
    pub fn own_name(self) -> String {
        match self {
            Self::Entry(_) => symbols::ENTRY.into(),
            Self::Veneers => symbol!("veneers").into(),
            _ => {
                let symbol = self.symbol();
                let name = symbol.and_then(Symbol::own_name);
                name.unwrap_or_else(|| panic!("BUG: {self:?} has no name of its own"))
            }
        }
    }
}

/// A function that only traps.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrapStub {
    /// For a function of another signature.
    BadSignature,
    /// For null.
    Null,
}

impl TrapStub {
    /// All of them.
    pub const ALL: [Self; 2] = [Self::BadSignature, Self::Null];

    fn symbol(self) -> Symbol {
        match self {
            Self::BadSignature => Symbol::TrapBadSignature,
            Self::Null => Symbol::TrapNull,
        }
    }

    pub(super) fn code(self) -> TrapCode {
        match self {
            Self::BadSignature => trap::BAD_SIGNATURE,
            Self::Null => trap::INDIRECT_CALL_TO_NULL,
        }
    }
}
