//! Families of scalar operators, each with one or more deliberate lowering bugs.

use crate::config::Kind;
use crate::mutants::{Mutant, Wrong};
use wasm_encoder::Instruction as I;
use wasm_encoder::MemArg;
use wasmparser::Operator as O;

/// Operators that one place in the compiler lowers.
pub struct Family {
    pub name: &'static str,
    pub mutants: &'static [Mutant],
}

/// A mutant that replaces one operator without immediates by others.
macro_rules! swap {
    ($name:literal, $kind:ident, $from:ident => $($to:expr),+) => {
        Mutant {
            name: $name,
            kind: Kind::$kind,
            exchange: |operator| match operator {
                O::$from { .. } => Some(Wrong::Instead(vec![$($to),+])),
                _ => None,
            },
        }
    };
}

/// A mutant that inserts others before an operator.
macro_rules! before {
    ($name:literal, $kind:ident, $operator:ident => $($first:expr),+) => {
        Mutant {
            name: $name,
            kind: Kind::$kind,
            exchange: |operator| match operator {
                O::$operator { .. } => Some(Wrong::Before(vec![$($first),+])),
                _ => None,
            },
        }
    };
}

/// A mutant that accesses memory with another operator, or one byte further.
macro_rules! access {
    ($name:literal, $kind:ident, $from:ident => $to:ident, $further:literal) => {
        Mutant {
            name: $name,
            kind: Kind::$kind,
            exchange: |operator| match operator {
                O::$from { memarg } => {
                    Some(Wrong::Instead(vec![I::$to(argument(memarg, $further))]))
                }
                _ => None,
            },
        }
    };
}

/// An access `further` bytes on, without alignment.
pub fn argument(from: &wasmparser::MemArg, further: u64) -> MemArg {
    let mut to = MemArg::try_from(*from).expect("BUG: an access of a newer proposal");
    to.offset = (to.offset + further).min(u64::from(u32::MAX));
    to.align = 0;
    to
}

const INTEGER: Family = Family {
    name: "integer arithmetic",
    mutants: &[
        swap!("i32.add as i32.sub", Dense, I32Add => I::I32Sub),
        swap!("i64.mul of 32 bits", Dense, I64Mul => I::I64Mul, I::I32WrapI64, I::I64ExtendI32S),
        swap!("i32.and as i32.or", Dense, I32And => I::I32Or),
        swap!("i32.clz as i32.ctz", Dense, I32Clz => I::I32Ctz),
        swap!("i64.popcnt of 32 bits", Dense, I64Popcnt => I::I32WrapI64, I::I64ExtendI32U, I::I64Popcnt),
        swap!("i64.extend16_s as extend8_s", Dense, I64Extend16S => I::I64Extend8S),
    ],
};

const SHIFTS: Family = Family {
    name: "shifts",
    mutants: &[
        swap!("i32.shr_s as i32.shr_u", Dense, I32ShrS => I::I32ShrU),
        swap!("i64.shl by 5 bits only", Dense, I64Shl => I::I64Const(31), I::I64And, I::I64Shl),
        swap!("i64.rotl as i64.rotr", Dense, I64Rotl => I::I64Rotr),
    ],
};

const DIVISION: Family = Family {
    name: "division",
    mutants: &[
        swap!("i32.div_s as i32.div_u", Dense, I32DivS => I::I32DivU),
        swap!("i64.rem_u as i64.rem_s", Dense, I64RemU => I::I64RemS),
        swap!("i32.rem_s as i32.div_s, which overflows", Dense, I32RemS => I::I32DivS),
    ],
};

const COMPARISONS: Family = Family {
    name: "comparisons",
    mutants: &[
        swap!("i32.lt_s as i32.lt_u", Dense, I32LtS => I::I32LtU),
        swap!("i64.ge_u as i64.gt_u", Dense, I64GeU => I::I64GtU),
        swap!("i64.eqz of 32 bits", Dense, I64Eqz => I::I32WrapI64, I::I32Eqz),
        swap!("f64.le as not f64.gt, wrong for NaNs", Dense, F64Le => I::F64Gt, I::I32Eqz),
        swap!("f32.ne as f32.eq", Dense, F32Ne => I::F32Eq),
    ],
};

const CONVERSIONS: Family = Family {
    name: "conversions",
    mutants: &[
        swap!("i64.extend_i32_u as _s", Dense, I64ExtendI32U => I::I64ExtendI32S),
        swap!("f64.convert_i64_u as _s", Dense, F64ConvertI64U => I::F64ConvertI64S),
        swap!("f32.convert_i64_u as _s", Dense, F32ConvertI64U => I::F32ConvertI64S),
        swap!("i32.trunc_sat_f64_u as _s", Dense, I32TruncSatF64U => I::I32TruncSatF64S),
        swap!("i64.trunc_f64_s that saturates", Dense, I64TruncF64S => I::I64TruncSatF64S),
        swap!("i32.wrap_i64 of the upper half", Dense, I32WrapI64 => I::I64Const(32), I::I64ShrU, I::I32WrapI64),
    ],
};

const FLOATS: Family = Family {
    name: "float arithmetic",
    mutants: &[
        swap!("f64.add as f64.sub", Dense, F64Add => I::F64Sub),
        swap!("f32.mul as f32.div", Dense, F32Mul => I::F32Div),
        swap!("f64.sqrt of f32", Dense, F64Sqrt => I::F32DemoteF64, I::F32Sqrt, I::F64PromoteF32),
        swap!("f32.neg left out", Dense, F32Neg => I::Nop),
        swap!("f64.copysign as its first operand", Dense, F64Copysign => I::Drop),
    ],
};

const ROUNDING: Family = Family {
    name: "float rounding, min and max",
    mutants: &[
        swap!("f64.nearest as f64.trunc", Dense, F64Nearest => I::F64Trunc),
        swap!("f32.ceil as f32.floor", Dense, F32Ceil => I::F32Floor),
        swap!("f32.nearest away from zero by f64", Dense, F32Nearest => I::F32Floor),
        swap!("f64.min as f64.max", Dense, F64Min => I::F64Max),
        swap!("f32.max as f32.min", Dense, F32Max => I::F32Min),
    ],
};

const LOADS: Family = Family {
    name: "loads",
    mutants: &[
        access!("i32.load one byte further", Dense, I32Load => I32Load, 1),
        access!("i64.load one byte further", Dense, I64Load => I64Load, 1),
        access!("f64.load one byte further", Dense, F64Load => F64Load, 1),
    ],
};

const EXTENDING: Family = Family {
    name: "extending loads",
    mutants: &[
        access!("i32.load8_s as load8_u", Dense, I32Load8S => I32Load8U, 0),
        access!("i64.load16_u as load16_s", Dense, I64Load16U => I64Load16S, 0),
        access!("i64.load32_s as load32_u", Dense, I64Load32S => I64Load32U, 0),
    ],
};

const STORES: Family = Family {
    name: "stores",
    mutants: &[
        access!("i32.store as i32.store16", Dense, I32Store => I32Store16, 0),
        access!("i64.store8 one byte further", Dense, I64Store8 => I64Store8, 1),
        access!("f32.store one byte further", Dense, F32Store => F32Store, 1),
    ],
};

const MEMORY: Family = Family {
    name: "memory.size and memory.grow",
    mutants: &[
        swap!("memory.size that is one more", Dense, MemorySize => I::MemorySize(0), I::I32Const(1), I::I32Add),
        swap!("memory.grow that gives 0", Dense, MemoryGrow => I::MemoryGrow(0), I::Drop, I::I32Const(0)),
        swap!("memory.grow that never grows", Dense, MemoryGrow => I::Drop, I::I32Const(-1)),
    ],
};

const BULK: Family = Family {
    name: "bulk memory",
    mutants: &[
        swap!("memory.fill left out", Dense, MemoryFill => I::Drop, I::Drop, I::Drop),
        swap!("memory.copy left out", Dense, MemoryCopy => I::Drop, I::Drop, I::Drop),
        swap!("memory.init left out", Dense, MemoryInit => I::Drop, I::Drop, I::Drop),
        swap!("data.drop left out", Dense, DataDrop => I::Nop),
    ],
};

const VARIABLES: Family = Family {
    name: "locals and globals",
    mutants: &[
        swap!("local.set left out", Dense, LocalSet => I::Drop),
        swap!("local.tee that only passes", Dense, LocalTee => I::Nop),
        swap!("global.set left out", General, GlobalSet => I::Drop),
    ],
};

const CONTROL: Family = Family {
    name: "control",
    mutants: &[
        before!("if of the other condition", TrapFree, If => I::I32Eqz),
        swap!("br_if left out", TrapFree, BrIf => I::Drop),
        before!("select with its operands exchanged", TrapFree, Select => I::I32Eqz),
        before!("br_table one further", TrapFree, BrTable => I::I32Const(1), I::I32Add),
    ],
};

const CALLS: Family = Family {
    name: "calls",
    mutants: &[
        before!("call_indirect one element further", Tables, CallIndirect => I::I32Const(1), I::I32Add),
        Mutant {
            name: "call of another function of that type",
            kind: Kind::General,
            exchange: |operator| match operator {
                O::Call { function_index } => Some(Wrong::OtherCallee(*function_index)),
                _ => None,
            },
        },
    ],
};

const TABLES: Family = Family {
    name: "tables",
    mutants: &[
        swap!("table.set left out", Dense, TableSet => I::Drop, I::Drop),
        swap!("table.grow that fails", Dense, TableGrow => I::Drop, I::Drop, I::I32Const(-1)),
        swap!("table.fill left out", Dense, TableFill => I::Drop, I::Drop, I::Drop),
        swap!("table.copy left out", Dense, TableCopy => I::Drop, I::Drop, I::Drop),
        swap!("table.init left out", Dense, TableInit => I::Drop, I::Drop, I::Drop),
        swap!("table.size that is one more", Dense, TableSize => I::TableSize(0), I::I32Const(1), I::I32Add),
    ],
};

const REFERENCES: Family = Family {
    name: "references",
    mutants: &[
        swap!("ref.is_null inverted", Dense, RefIsNull => I::RefIsNull, I::I32Eqz),
        swap!("ref.func as null", Dense, RefFunc => I::RefNull(wasm_encoder::HeapType::FUNC)),
    ],
};

pub const ALL: &[Family] = &[
    INTEGER,
    SHIFTS,
    DIVISION,
    COMPARISONS,
    CONVERSIONS,
    FLOATS,
    ROUNDING,
    LOADS,
    EXTENDING,
    STORES,
    MEMORY,
    BULK,
    VARIABLES,
    CONTROL,
    CALLS,
    TABLES,
    REFERENCES,
];
