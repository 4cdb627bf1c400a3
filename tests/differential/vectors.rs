//! Families of vector operators, each with deliberate lowering bugs.

use crate::config::Kind;
use crate::families::{Family, argument};
use crate::mutants::{Mutant, Wrong};
use wasm_encoder::Instruction as I;
use wasmparser::Operator as O;

/// A mutant that replaces an operator without immediates by another.
macro_rules! swap {
    ($name:literal, $from:ident => $($to:expr),+) => {
        Mutant {
            name: $name,
            kind: Kind::Dense,
            exchange: |operator| match operator {
                O::$from => Some(Wrong::Instead(vec![$($to),+])),
                _ => None,
            },
        }
    };
}

/// A mutant that replaces an access to memory by another.
macro_rules! access {
    ($name:literal, $from:ident => $to:ident) => {
        Mutant {
            name: $name,
            kind: Kind::Dense,
            exchange: |operator| match operator {
                O::$from { memarg } => Some(Wrong::Instead(vec![I::$to(argument(memarg, 0))])),
                _ => None,
            },
        }
    };
}

/// A mutant that uses the next lane.
macro_rules! lane {
    ($name:literal, $operator:ident) => {
        Mutant {
            name: $name,
            kind: Kind::Dense,
            exchange: |operator| match operator {
                O::$operator { lane } => Some(Wrong::Instead(vec![I::$operator(*lane ^ 1)])),
                _ => None,
            },
        }
    };
}

const ARITHMETIC: Family = Family {
    name: "vector integer arithmetic",
    mutants: &[
        swap!("i8x16.add as i16x8.add", I8x16Add => I::I16x8Add),
        swap!("i64x2.sub as i32x4.sub", I64x2Sub => I::I32x4Sub),
        swap!("i16x8.mul as i32x4.mul", I16x8Mul => I::I32x4Mul),
        swap!("i32x4.abs left out", I32x4Abs => I::Nop),
        swap!("i8x16.popcnt as neg", I8x16Popcnt => I::I8x16Neg),
    ],
};

const SATURATING: Family = Family {
    name: "vector saturation, minimum, average",
    mutants: &[
        swap!("i8x16.add_sat_s as add", I8x16AddSatS => I::I8x16Add),
        swap!("i16x8.sub_sat_u as sub_sat_s", I16x8SubSatU => I::I16x8SubSatS),
        swap!("i16x8.min_u as min_s", I16x8MinU => I::I16x8MinS),
        swap!("i8x16.avgr_u as max_u", I8x16AvgrU => I::I8x16MaxU),
        swap!("i16x8.q15mulr_sat_s as mul", I16x8Q15MulrSatS => I::I16x8Mul),
    ],
};

const COMPARISONS: Family = Family {
    name: "vector comparisons and bits",
    mutants: &[
        swap!("i8x16.lt_s as lt_u", I8x16LtS => I::I8x16LtU),
        swap!("i64x2.ge_s as gt_s", I64x2GeS => I::I64x2GtS),
        swap!("f64x2.lt as le", F64x2Lt => I::F64x2Le),
        swap!("v128.andnot as and", V128AndNot => I::V128And),
        swap!("v128.any_true as i8x16.all_true", V128AnyTrue => I::I8x16AllTrue),
        swap!("i16x8.bitmask as i8x16.bitmask", I16x8Bitmask => I::I8x16Bitmask),
    ],
};

const SHIFTS: Family = Family {
    name: "vector shifts",
    mutants: &[
        swap!("i8x16.shr_s as shr_u", I8x16ShrS => I::I8x16ShrU),
        swap!("i64x2.shr_u as shr_s", I64x2ShrU => I::I64x2ShrS),
        swap!("i16x8.shl as i32x4.shl", I16x8Shl => I::I32x4Shl),
    ],
};

const LANES: Family = Family {
    name: "vector lanes and shuffles",
    mutants: &[
        lane!("i8x16.extract_lane_u of another lane", I8x16ExtractLaneU),
        lane!("i64x2.extract_lane of another lane", I64x2ExtractLane),
        lane!("i32x4.replace_lane of another lane", I32x4ReplaceLane),
        lane!("f64x2.replace_lane of another lane", F64x2ReplaceLane),
        swap!("i8x16.splat as i16x8.splat", I8x16Splat => I::I16x8Splat),
        swap!("i8x16.swizzle as its first operand", I8x16Swizzle => I::Drop),
        Mutant {
            name: "i8x16.shuffle with its operands exchanged",
            kind: Kind::Dense,
            exchange: |operator| match operator {
                O::I8x16Shuffle { lanes } => Some(Wrong::Instead(vec![I::I8x16Shuffle(
                    lanes.map(|lane| lane ^ 16),
                )])),
                _ => None,
            },
        },
    ],
};

const FLOATS: Family = Family {
    name: "vector float arithmetic",
    mutants: &[
        swap!("f32x4.add as sub", F32x4Add => I::F32x4Sub),
        swap!("f64x2.div as mul", F64x2Div => I::F64x2Mul),
        swap!("f32x4.sqrt left out", F32x4Sqrt => I::Nop),
        swap!("f64x2.nearest as trunc", F64x2Nearest => I::F64x2Trunc),
        swap!("f32x4.min as pmin", F32x4Min => I::F32x4PMin),
        swap!("f64x2.pmax as max", F64x2PMax => I::F64x2Max),
    ],
};

const CONVERSIONS: Family = Family {
    name: "vector conversions",
    mutants: &[
        swap!("i8x16.narrow_i16x8_s as _u", I8x16NarrowI16x8S => I::I8x16NarrowI16x8U),
        swap!("i32x4.extend_low_i16x8_s as high", I32x4ExtendLowI16x8S => I::I32x4ExtendHighI16x8S),
        swap!("i32x4.trunc_sat_f32x4_u as _s", I32x4TruncSatF32x4U => I::I32x4TruncSatF32x4S),
        swap!("f64x2.convert_low_i32x4_u as _s", F64x2ConvertLowI32x4U => I::F64x2ConvertLowI32x4S),
        swap!("f32x4.convert_i32x4_u as _s", F32x4ConvertI32x4U => I::F32x4ConvertI32x4S),
    ],
};

const PRODUCTS: Family = Family {
    name: "vector products and sums of pairs",
    mutants: &[
        swap!("i32x4.dot_i16x8_s as mul", I32x4DotI16x8S => I::I32x4Mul),
        swap!("i16x8.extmul_low_i8x16_u as _s", I16x8ExtMulLowI8x16U => I::I16x8ExtMulLowI8x16S),
        swap!("i32x4.extadd_pairwise_i16x8_u as _s", I32x4ExtAddPairwiseI16x8U => I::I32x4ExtAddPairwiseI16x8S),
    ],
};

const MEMORY: Family = Family {
    name: "vector loads and stores",
    mutants: &[
        access!("v128.load8x8_s as _u", V128Load8x8S => V128Load8x8U),
        access!("v128.load16_splat as load8_splat", V128Load16Splat => V128Load8Splat),
        access!("v128.load64_zero as load32_zero", V128Load64Zero => V128Load32Zero),
        access!("v128.load as load64_splat", V128Load => V128Load64Splat),
        Mutant {
            name: "v128.store16_lane of another lane",
            kind: Kind::Dense,
            exchange: |operator| match operator {
                O::V128Store16Lane { memarg, lane } => {
                    let memarg = argument(memarg, 0);
                    let lane = lane ^ 1;
                    Some(Wrong::Instead(vec![I::V128Store16Lane { memarg, lane }]))
                }
                _ => None,
            },
        },
    ],
};

pub const ALL: &[Family] = &[
    ARITHMETIC,
    SATURATING,
    COMPARISONS,
    SHIFTS,
    LANES,
    FLOATS,
    CONVERSIONS,
    PRODUCTS,
    MEMORY,
];
