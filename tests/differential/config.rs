//! Kinds of modules. [`common`] says which features they use: all that the compiler accepts but
//! relaxed SIMD, whose results differ between engines.

use wasm_smith::{Config, InstructionKind, InstructionKinds, MemoryOffsetChoices};

/// A kind of modules.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Kind {
    /// All features.
    General,
    /// No operator can trap, so all code is executed.
    TrapFree,
    /// Wild indices, offsets and divisors.
    Traps,
    /// Mostly arithmetic on floats. NaNs are made canonical only where their bits would show.
    Floats,
    /// Memory operators with offsets near the memory's end and near 2^32, `memory.grow`, bulk
    /// operators.
    Memory,
    /// Tables and references.
    Tables,
    /// 128-bit vectors.
    Simd,
    /// Every operator with the same probability ([`crate::dense`]).
    Dense,
    /// Modules as Go's toolchain emits them ([`crate::golike`]).
    Go,
}

impl Kind {
    pub const EVERY: [Self; 9] = [
        Self::General,
        Self::TrapFree,
        Self::Traps,
        Self::Floats,
        Self::Memory,
        Self::Tables,
        Self::Simd,
        Self::Dense,
        Self::Go,
    ];

    #[must_use]
    pub fn name(self) -> &'static str {
        match self {
            Self::General => "general",
            Self::TrapFree => "trap-free",
            Self::Traps => "traps",
            Self::Floats => "floats",
            Self::Memory => "memory",
            Self::Tables => "tables",
            Self::Simd => "simd",
            Self::Dense => "dense",
            Self::Go => "go",
        }
    }

    /// The largest number of pages of a memory. All of them are part of the result.
    #[must_use]
    pub fn max_pages(self) -> u64 {
        if self == Self::Memory { 24 } else { 4 }
    }

    /// The generator's settings. General modules that are `calm` don't trap; most others trap
    /// early.
    #[must_use]
    pub fn smith(self, calm: bool) -> Config {
        let mut config = common(self.max_pages());
        config.canonicalize_nans = self != Self::Floats;
        config.disallow_traps = calm && self != Self::Traps;
        match self {
            Self::General | Self::Dense | Self::Go => {}
            Self::TrapFree => config.disallow_traps = true,
            Self::Traps => {
                config.memory_offset_choices = MemoryOffsetChoices(20, 60, 20);
                config.max_instructions = 60;
            }
            Self::Floats => {
                config.simd_enabled = false;
                config.disallow_traps = true;
                config.allowed_instructions = kinds(&[
                    InstructionKind::NumericInt,
                    InstructionKind::Numeric,
                    InstructionKind::Parametric,
                    InstructionKind::Variable,
                    InstructionKind::MemoryInt,
                    InstructionKind::Memory,
                ]);
            }
            Self::Memory => {
                config.memory_offset_choices = MemoryOffsetChoices(60, 30, 10);
                config.min_data_segments = 1;
                config.allowed_instructions = kinds(&[
                    InstructionKind::NumericInt,
                    InstructionKind::Variable,
                    InstructionKind::MemoryInt,
                    InstructionKind::Memory,
                    InstructionKind::Control,
                ]);
            }
            Self::Tables => {
                config.min_tables = 1;
                config.max_tables = 3;
                config.min_element_segments = 1;
                config.max_element_segments = 6;
                config.max_elements = 12;
                config.allowed_instructions = kinds(&[
                    InstructionKind::NumericInt,
                    InstructionKind::Variable,
                    InstructionKind::Reference,
                    InstructionKind::Parametric,
                    InstructionKind::Table,
                    InstructionKind::Control,
                ]);
            }
            Self::Simd => {
                config.disallow_traps = true;
                config.allowed_instructions = kinds(&[
                    InstructionKind::NumericInt,
                    InstructionKind::Numeric,
                    InstructionKind::VectorInt,
                    InstructionKind::Vector,
                    InstructionKind::Variable,
                    InstructionKind::MemoryInt,
                    InstructionKind::Memory,
                ]);
            }
        }
        config
    }
}

fn kinds(kinds: &[InstructionKind]) -> InstructionKinds {
    InstructionKinds::new(kinds)
}

/// Small modules without imports.
fn common(max_pages: u64) -> Config {
    Config {
        max_imports: 0,
        min_types: 3,
        min_funcs: 2,
        max_funcs: 6,
        max_instructions: 250,
        max_nesting_depth: 6,
        max_types: 8,
        max_globals: 8,
        max_exports: 4,
        max_values: 5,
        min_memories: 1,
        max_memories: 2,
        max_memory32_bytes: max_pages * 0x1_0000,
        memory_max_size_required: true,
        max_tables: 2,
        max_table_elements: 300,
        table_max_size_required: true,
        max_data_segments: 4,
        max_element_segments: 4,
        max_elements: 8,
        reference_types_enabled: true,
        bulk_memory_enabled: true,
        simd_enabled: true,
        tail_call_enabled: true,
        relaxed_simd_enabled: false,
        memory64_enabled: false,
        threads_enabled: false,
        exceptions_enabled: false,
        gc_enabled: false,
        wide_arithmetic_enabled: false,
        custom_descriptors_enabled: false,
        compact_imports_enabled: false,
        max_tags: 0,
        ..Config::default()
    }
}
