//! The code generator for a target: Cranelift's settings, each with its reason. The contract's
//! table of targets holds everything about a target that other parts need, too.

use crate::options::{Arch, OptLevel, Target};
use cranelift_codegen::isa::{self, OwnedTargetIsa};
use cranelift_codegen::settings::{self, Configurable};
use wasi_aot_contract::cpu::{Feature, Features};

/// The code generator for a target whose processor has `features`. With `spectre`, guards
/// ([`crate::lower`]) and jump tables end with a barrier on architectures that have one.
///
/// # Panics
/// If Cranelift was built without the target or refuses one of our settings.
#[must_use]
pub fn isa(
    target: Target,
    features: Features,
    opt_level: OptLevel,
    spectre: bool,
) -> OwnedTargetIsa {
    let mut shared = settings::builder();
    for (name, value) in shared_settings(opt_level, spectre) {
        shared
            .set(name, value)
            .unwrap_or_else(|e| panic!("BUG: setting {name}={value}: {e}"));
    }
    let mut builder = isa::lookup_by_name(target.triple())
        .unwrap_or_else(|e| panic!("BUG: target {}: {e}", target.name()));
    for feature in target.cpu().features_in(features) {
        builder
            .enable(&feature_setting(feature))
            .unwrap_or_else(|e| panic!("BUG: CPU feature {}: {e}", feature.name));
    }
    if let Some(barrier) = speculation_barrier(target.arch()).filter(|_| spectre) {
        builder
            .enable(barrier)
            .unwrap_or_else(|e| panic!("BUG: setting {barrier}: {e}"));
    }
    builder
        .finish(settings::Flags::new(shared))
        .unwrap_or_else(|e| panic!("BUG: code generator: {e}"))
}

/// Cranelift's setting for a processor feature: `has_sse41` for `sse4.1`.
fn feature_setting(feature: &Feature) -> String {
    format!("has_{}", feature.name.replace('.', ""))
}

/// Cranelift's setting that ends guards with a barrier, on an architecture that has one.
fn speculation_barrier(arch: Arch) -> Option<&'static str> {
    match arch {
        Arch::X86_64 => None,
        // A hint, which does nothing on a processor that needs no barrier (Arm, "Consumption
        // of Speculative Data Barrier").
        Arch::Aarch64 => Some("use_csdb"),
    }
}

fn shared_settings(opt_level: OptLevel, spectre: bool) -> Vec<(&'static str, &'static str)> {
    let (optimise, allocate) = match opt_level {
        OptLevel::O0 => ("none", "single_pass"),
        OptLevel::O1 => ("none", "backtracking"),
        OptLevel::O2 => ("speed", "backtracking"),
    };
    vec![
        ("opt_level", optimise),
        ("regalloc_algorithm", allocate),
        // Executables have a fixed address.
        ("is_pic", "false"),
        // Without probes, a frame larger than a page could skip the stack's guard.
        ("enable_probestack", "true"),
        ("probestack_strategy", "inline"),
        ("probestack_size_log2", "12"),
        // Results that don't fit into registers are stored where a hidden parameter points.
        ("enable_multi_ret_implicit_sret", "true"),
        // The trap handler's backtrace walks frame pointers.
        ("preserve_frame_pointers", "true"),
        ("unwind_info", "false"),
        (
            "enable_verifier",
            if cfg!(debug_assertions) {
                "true"
            } else {
                "false"
            },
        ),
        // Only wasmtime's lowering reads this setting. Our guards are in lower/spectre.rs.
        ("enable_heap_access_spectre_mitigation", "false"),
        // Here this setting only adds the barrier in jump tables on aarch64. Indices of jump
        // tables are clamped without a branch in any case.
        (
            "enable_table_access_spectre_mitigation",
            if spectre { "true" } else { "false" },
        ),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    /// So Cranelift has each target and each feature that the contract lists.
    #[test]
    fn there_is_a_code_generator_for_every_target_with_all_features() {
        for target in Target::ALL {
            let isa = isa(target, target.cpu().all(), OptLevel::O2, true);
            assert_eq!(isa.triple().to_string(), target.triple());
        }
    }
}
