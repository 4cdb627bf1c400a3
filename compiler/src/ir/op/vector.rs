//! Arithmetic on vectors, a family per file of lowering.

use super::family::family;

family! {
    /// Bit by bit.
    Bitwise {
        [V128 -> V128] V128Not;
        [V128 V128 -> V128] V128And V128AndNot V128Or V128Xor;
        [V128 V128 V128 -> V128] V128Bitselect I8x16RelaxedLaneselect I16x8RelaxedLaneselect
            I32x4RelaxedLaneselect I64x2RelaxedLaneselect;
    }
}

family! {
    /// Comparisons lane by lane: all bits of a lane are set where the comparison holds.
    LaneCompare {
        [V128 V128 -> V128] I8x16Eq I8x16Ne I8x16LtS I8x16LtU I8x16GtS I8x16GtU I8x16LeS
            I8x16LeU I8x16GeS I8x16GeU I16x8Eq I16x8Ne I16x8LtS I16x8LtU I16x8GtS I16x8GtU
            I16x8LeS I16x8LeU I16x8GeS I16x8GeU I32x4Eq I32x4Ne I32x4LtS I32x4LtU I32x4GtS
            I32x4GtU I32x4LeS I32x4LeU I32x4GeS I32x4GeU I64x2Eq I64x2Ne I64x2LtS I64x2GtS
            I64x2LeS I64x2GeS F32x4Eq F32x4Ne F32x4Lt F32x4Gt F32x4Le F32x4Ge F64x2Eq F64x2Ne
            F64x2Lt F64x2Gt F64x2Le F64x2Ge;
    }
}

family! {
    /// Conversions between lanes.
    LaneConvert {
        [V128 V128 -> V128] I8x16NarrowI16x8S I8x16NarrowI16x8U I16x8NarrowI32x4S
            I16x8NarrowI32x4U;
        [V128 -> V128] I16x8ExtendLowI8x16S I16x8ExtendHighI8x16S I16x8ExtendLowI8x16U
            I16x8ExtendHighI8x16U I32x4ExtendLowI16x8S I32x4ExtendHighI16x8S
            I32x4ExtendLowI16x8U I32x4ExtendHighI16x8U I64x2ExtendLowI32x4S
            I64x2ExtendHighI32x4S I64x2ExtendLowI32x4U I64x2ExtendHighI32x4U I32x4TruncSatF32x4S
            I32x4RelaxedTruncF32x4S I32x4TruncSatF32x4U I32x4RelaxedTruncF32x4U
            I32x4TruncSatF64x2SZero I32x4RelaxedTruncF64x2SZero I32x4TruncSatF64x2UZero
            I32x4RelaxedTruncF64x2UZero F32x4ConvertI32x4S F32x4ConvertI32x4U
            F64x2ConvertLowI32x4S F64x2ConvertLowI32x4U F32x4DemoteF64x2Zero
            F64x2PromoteLowF32x4;
    }
}

family! {
    /// Floating-point arithmetic lane by lane.
    LaneFloat {
        [V128 V128 -> V128] F32x4Add F32x4Sub F32x4Mul F32x4Div F32x4Min F32x4RelaxedMin
            F32x4Max F32x4RelaxedMax F64x2Add F64x2Sub F64x2Mul F64x2Div F64x2Min
            F64x2RelaxedMin F64x2Max F64x2RelaxedMax F32x4PMin F32x4PMax F64x2PMin F64x2PMax;
        [V128 -> V128] F32x4Abs F32x4Neg F32x4Sqrt F64x2Abs F64x2Neg F64x2Sqrt F32x4Ceil
            F32x4Floor F32x4Trunc F32x4Nearest F64x2Ceil F64x2Floor F64x2Trunc F64x2Nearest;
    }
}

family! {
    /// Integer arithmetic lane by lane.
    LaneInteger {
        [V128 V128 -> V128] I8x16Add I16x8Add I32x4Add I64x2Add I8x16Sub I16x8Sub I32x4Sub
            I64x2Sub I16x8Mul I32x4Mul I64x2Mul I8x16AddSatS I8x16AddSatU I16x8AddSatS
            I16x8AddSatU I8x16SubSatS I8x16SubSatU I16x8SubSatS I16x8SubSatU I16x8Q15MulrSatS
            I16x8RelaxedQ15mulrS I8x16MinS I8x16MinU I8x16MaxS I8x16MaxU I16x8MinS I16x8MinU
            I16x8MaxS I16x8MaxU I32x4MinS I32x4MinU I32x4MaxS I32x4MaxU I8x16AvgrU I16x8AvgrU;
        [V128 -> V128] I8x16Neg I16x8Neg I32x4Neg I64x2Neg I8x16Abs I16x8Abs I32x4Abs I64x2Abs
            I8x16Popcnt;
    }
}

family! {
    /// Products and sums of lanes as lanes that are twice as wide.
    Product {
        [V128 V128 -> V128] I16x8ExtMulLowI8x16S I16x8ExtMulHighI8x16S I16x8ExtMulLowI8x16U
            I16x8ExtMulHighI8x16U I32x4ExtMulLowI16x8S I32x4ExtMulHighI16x8S
            I32x4ExtMulLowI16x8U I32x4ExtMulHighI16x8U I64x2ExtMulLowI32x4S
            I64x2ExtMulHighI32x4S I64x2ExtMulLowI32x4U I64x2ExtMulHighI32x4U I32x4DotI16x8S;
        [V128 -> V128] I16x8ExtAddPairwiseI8x16S I16x8ExtAddPairwiseI8x16U
            I32x4ExtAddPairwiseI16x8S I32x4ExtAddPairwiseI16x8U;
    }
}

family! {
    /// A number from all lanes.
    Reduce {
        [V128 -> I32] V128AnyTrue I8x16AllTrue I16x8AllTrue I32x4AllTrue I64x2AllTrue
            I8x16Bitmask I16x8Bitmask I32x4Bitmask I64x2Bitmask;
    }
}

family! {
    /// Relaxed operations that no ordinary operation stands for.
    Relaxed {
        [V128 V128 V128 -> V128] F32x4RelaxedMadd F32x4RelaxedNmadd F64x2RelaxedMadd
            F64x2RelaxedNmadd I32x4RelaxedDotI8x16I7x16AddS;
        [V128 V128 -> V128] I16x8RelaxedDotI8x16I7x16S;
    }
}

family! {
    /// Shifts of all lanes by one number.
    LaneShift {
        [V128 I32 -> V128] I8x16Shl I16x8Shl I32x4Shl I64x2Shl I8x16ShrS I16x8ShrS I32x4ShrS
            I64x2ShrS I8x16ShrU I16x8ShrU I32x4ShrU I64x2ShrU;
    }
}

family! {
    /// Bytes of a vector at places that another vector gives.
    Swizzle {
        [V128 V128 -> V128] I8x16Swizzle I8x16RelaxedSwizzle;
    }
}

family! {
    /// A number in all lanes.
    Splat {
        [I32 -> V128] I8x16Splat I16x8Splat I32x4Splat;
        [I64 -> V128] I64x2Splat;
        [F32 -> V128] F32x4Splat;
        [F64 -> V128] F64x2Splat;
    }
}

family! {
    /// One lane; its number stands beside the operation.
    ExtractLane with (lane) {
        [V128 -> I32] I8x16ExtractLaneS I8x16ExtractLaneU I16x8ExtractLaneS I16x8ExtractLaneU
            I32x4ExtractLane;
        [V128 -> I64] I64x2ExtractLane;
        [V128 -> F32] F32x4ExtractLane;
        [V128 -> F64] F64x2ExtractLane;
    }
}

family! {
    /// A vector with another lane; its number stands beside the operation.
    ReplaceLane with (lane) {
        [V128 I32 -> V128] I8x16ReplaceLane I16x8ReplaceLane I32x4ReplaceLane;
        [V128 I64 -> V128] I64x2ReplaceLane;
        [V128 F32 -> V128] F32x4ReplaceLane;
        [V128 F64 -> V128] F64x2ReplaceLane;
    }
}
