//! `--cpu`: the features that the processor must have to run the executable.
//!
//! The result is a set of explicit features. `native` is resolved here, on the machine that
//! builds, so that the options hold everything that the output depends on.

use crate::error::printable;
use crate::options::Target;
pub use wasi_aot_contract::cpu::{Architecture, Features};

/// The name of the level that stands for this machine's features.
pub const NATIVE: &str = "native";

/// Parses a level, features, or a level followed by features, separated by commas. A feature
/// may begin with `+`. Features without a level are added to the default level.
///
/// # Errors
/// One line: the target has no level or feature of that name, or [`NATIVE`] is given for
/// another architecture than this machine's.
pub fn parse(target: Target, spec: &str) -> Result<Features, String> {
    let cpu = target.cpu();
    let mut features = cpu.default.features;
    for (place, name) in spec.split(',').enumerate() {
        let level = level(target, name)?;
        let named = name.strip_prefix('+').unwrap_or(name);
        let feature = cpu.features.iter().find(|feature| feature.name == named);
        features = match (level, feature) {
            (Some(level), _) if place == 0 => level,
            (Some(_), _) => {
                return Err(format!(
                    "{name} is a level and must come first in {}",
                    printable(spec)
                ));
            }
            (None, Some(feature)) => features | feature.set,
            (None, None) => {
                return Err(format!(
                    "{} isn't a level or feature of {}; valid names are {}",
                    if name.is_empty() {
                        "an empty name".into()
                    } else {
                        printable(name)
                    },
                    target.name(),
                    known(target)
                ));
            }
        };
    }
    Ok(cpu.closed(features))
}

/// The features of the level with this name, if there is one.
fn level(target: Target, name: &str) -> Result<Option<Features>, String> {
    if name == NATIVE {
        return native(target).map(Some);
    }
    let mut levels = target.cpu().levels.iter();
    let found = levels.find(|level| level.names.contains(&name));
    Ok(found.map(|level| level.features))
}

/// The features of this machine.
///
/// # Errors
/// If its architecture isn't the target's.
pub fn native(target: Target) -> Result<Features, String> {
    if !is_host(target) {
        return Err(format!(
            "native is the processor of this machine, which isn't {}; name a level, like {}",
            target.name(),
            target.cpu().default.name()
        ));
    }
    Ok(target.cpu().found(&host::words(target)))
}

/// Whether this machine has the target's architecture.
#[must_use]
pub fn is_host(target: Target) -> bool {
    Target::HOST.is_some_and(|host| host.arch() == target.arch())
}

fn known(target: Target) -> String {
    let cpu = target.cpu();
    let levels = cpu.levels.iter().map(|level| level.name());
    let features = cpu.features.iter().map(|feature| feature.name);
    let names: Vec<_> = levels.chain([NATIVE]).chain(features).collect();
    names.join(", ")
}

mod host {
    use crate::options::Target;
    use wasi_aot_contract::cpu::Words;

    /// The words that this machine's CPUID gives for all features of `target`, which has this
    /// machine's architecture.
    #[cfg(target_arch = "x86_64")]
    pub fn words(target: Target) -> Words {
        wasi_aot_contract::cpu::x86_64::read(target.cpu().all())
    }

    /// The word that the kernel gives in the auxiliary vector.
    #[cfg(target_arch = "aarch64")]
    pub fn words(_target: Target) -> Words {
        let (hwcap, _) = rustix::param::linux_hwcap();
        let mut words = Words::default();
        words[wasi_aot_contract::cpu::aarch64::HWCAP] = hwcap as u64;
        words
    }

    /// There are no targets of other architectures.
    #[cfg(not(any(target_arch = "x86_64", target_arch = "aarch64")))]
    pub fn words(_target: Target) -> Words {
        Words::default()
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use wasi_aot_contract::cpu::x86_64;

    fn amd64(spec: &str) -> Result<String, String> {
        let features = parse(Target::LinuxAmd64, spec)?;
        Ok(x86_64::CPU.spec(features).to_string())
    }

    #[test]
    fn levels_go_by_several_names() {
        for spec in ["x86-64-v3", "v3"] {
            assert_eq!(amd64(spec).as_deref(), Ok("x86-64-v3"));
        }
        assert_eq!(amd64("x86-64").as_deref(), Ok("x86-64-v1"));
        assert_eq!(parse(Target::LinuxArm64, "v8.0"), Ok(Features::NONE));
    }

    #[test]
    fn features_bring_what_they_imply() {
        assert_eq!(
            amd64("v1,avx2").as_deref(),
            Ok("x86-64-v1,sse3,ssse3,sse4.1,sse4.2,avx,avx2")
        );
        assert_eq!(
            amd64("v2,+bmi2,lzcnt").as_deref(),
            Ok("x86-64-v2,bmi2,lzcnt")
        );
        // The feature is added to the default level.
        assert_eq!(amd64("bmi2").as_deref(), Ok("x86-64-v2,bmi2"));
        let v4 = "v1,popcnt,bmi1,bmi2,lzcnt,avx512dq,avx512vl";
        assert_eq!(amd64(v4).as_deref(), Ok("x86-64-v4"));
    }

    #[test]
    fn what_is_unknown_is_refused_with_what_is_known() {
        let error = amd64("v2,sse5").unwrap_err();
        assert!(
            error.starts_with(
                "sse5 isn't a level or feature of linux/amd64; valid names are x86-64-v1, "
            ),
            "{error}"
        );
        assert!(error.ends_with("avx512bitalg"), "{error}");
        assert!(
            amd64("")
                .unwrap_err()
                .starts_with("an empty name isn't a level")
        );
        assert!(
            amd64("v2,")
                .unwrap_err()
                .starts_with("an empty name isn't a level")
        );
        assert_eq!(
            amd64("bmi2,v3").unwrap_err(),
            "v3 is a level and must come first in bmi2,v3"
        );
        assert!(parse(Target::LinuxArm64, "v3").is_err());
    }

    #[test]
    fn native_is_this_machine() {
        let (own, other) = if cfg!(target_arch = "x86_64") {
            (Target::LinuxAmd64, Target::LinuxArm64)
        } else {
            (Target::LinuxArm64, Target::LinuxAmd64)
        };
        let found = own.cpu().found(&host::words(own));
        assert_eq!(parse(own, "native"), Ok(found));
        assert_eq!(own.cpu().closed(found), found);
        let error = parse(other, "native").unwrap_err();
        assert!(error.contains(other.name()), "{error}");
    }
}
