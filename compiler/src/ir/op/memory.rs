//! Loads and stores. The address of each, an [`Addr`](super::Addr), stands beside the
//! operation; its base, an index or a value of SP, is the first operand and is left out of
//! [`params`](Load::params).

use super::family::family;

family! {
    /// Loads of numbers.
    Load with (memarg) {
        [-> I32] I32Load I32Load8S I32Load8U I32Load16S I32Load16U;
        [-> I64] I64Load I64Load8S I64Load8U I64Load16S I64Load16U I64Load32S I64Load32U;
        [-> F32] F32Load;
        [-> F64] F64Load;
    }
}

family! {
    /// Stores of numbers and vectors.
    Store with (memarg) {
        [I32 ->] I32Store I32Store8 I32Store16;
        [I64 ->] I64Store I64Store8 I64Store16 I64Store32;
        [F32 ->] F32Store;
        [F64 ->] F64Store;
        [V128 ->] V128Store;
    }
}

family! {
    /// Loads of vectors.
    VectorLoad with (memarg) {
        [-> V128] V128Load V128Load8x8S V128Load8x8U V128Load16x4S V128Load16x4U V128Load32x2S
            V128Load32x2U V128Load8Splat V128Load16Splat V128Load32Splat V128Load64Splat
            V128Load32Zero V128Load64Zero;
    }
}

family! {
    /// Loads of one lane into a vector; its number stands beside the operation.
    LoadLane with (memarg lane) {
        [V128 -> V128] V128Load8Lane V128Load16Lane V128Load32Lane V128Load64Lane;
    }
}

family! {
    /// Stores of one lane of a vector; its number stands beside the operation.
    StoreLane with (memarg lane) {
        [V128 ->] V128Store8Lane V128Store16Lane V128Store32Lane V128Store64Lane;
    }
}

impl Load {
    /// Bytes that are read.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Self::I32Load8S | Self::I32Load8U | Self::I64Load8S | Self::I64Load8U => 1,
            Self::I32Load16S | Self::I32Load16U | Self::I64Load16S | Self::I64Load16U => 2,
            Self::I32Load | Self::F32Load | Self::I64Load32S | Self::I64Load32U => 4,
            Self::I64Load | Self::F64Load => 8,
        }
    }
}

impl Store {
    /// Bytes that are written.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Self::I32Store8 | Self::I64Store8 => 1,
            Self::I32Store16 | Self::I64Store16 => 2,
            Self::I32Store | Self::F32Store | Self::I64Store32 => 4,
            Self::I64Store | Self::F64Store => 8,
            Self::V128Store => 16,
        }
    }
}

impl VectorLoad {
    /// Bytes that are read.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Self::V128Load8Splat => 1,
            Self::V128Load16Splat => 2,
            Self::V128Load32Splat | Self::V128Load32Zero => 4,
            Self::V128Load8x8S
            | Self::V128Load8x8U
            | Self::V128Load16x4S
            | Self::V128Load16x4U
            | Self::V128Load32x2S
            | Self::V128Load32x2U
            | Self::V128Load64Splat
            | Self::V128Load64Zero => 8,
            Self::V128Load => 16,
        }
    }
}

impl LoadLane {
    /// Bytes that are read.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Self::V128Load8Lane => 1,
            Self::V128Load16Lane => 2,
            Self::V128Load32Lane => 4,
            Self::V128Load64Lane => 8,
        }
    }
}

impl StoreLane {
    /// Bytes that are written.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        match self {
            Self::V128Store8Lane => 1,
            Self::V128Store16Lane => 2,
            Self::V128Store32Lane => 4,
            Self::V128Store64Lane => 8,
        }
    }
}
