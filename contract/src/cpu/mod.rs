//! Processor features that change generated code, by architecture.
//!
//! **Code never runs without a feature that it needs.** An executable lists the features that
//! its code needs ([`ModuleInfo::cpu_features`](crate::module::ModuleInfo::cpu_features)). The
//! shim compares them with the features of processor and system, and doesn't start if one is
//! missing. `--cpu native` lists the features of the machine that builds. A feature that
//! changes no code isn't in these tables, since executables would then refuse processors
//! without a reason.
//!
//! Invariants of an [`Architecture`]: bit `n` of [`Features`] is feature `n`; the features
//! that a feature implies come before it; each level has all features of the level before,
//! and all that its features imply.

pub mod aarch64;
pub mod x86_64;

use core::fmt;
use core::ops::BitOr;

/// A set of features of one architecture.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
pub struct Features(pub u32);

impl Features {
    /// The empty set.
    pub const NONE: Self = Self(0);

    /// The set of the one feature with this number.
    const fn one(number: u32) -> Self {
        Self(1 << number)
    }

    /// The features that are in either set.
    #[must_use]
    pub const fn with(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// The features that aren't in `other`.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether it has all features of `other`.
    #[must_use]
    pub const fn contains(self, other: Self) -> bool {
        other.without(self).0 == 0
    }
}

impl BitOr for Features {
    type Output = Self;

    fn bitor(self, other: Self) -> Self {
        self.with(other)
    }
}

/// A feature that a processor may have.
#[derive(Debug)]
pub struct Feature {
    /// The set of this feature alone.
    pub set: Features,
    /// Its name for `--cpu`, which is that of the target feature in LLVM and Rust.
    pub name: &'static str,
    /// The features that every processor with this feature has.
    pub implies: Features,
    /// Numbers of [`Words`], each with bits that are all set if processor and system have the
    /// feature.
    evidence: &'static [(usize, u64)],
}

/// Raw feature words that are read from a machine (CPUID or HWCAP). Each architecture has its
/// own layout.
pub type Words = [u64; 5];

/// A named set of features that generations of processors have.
#[derive(Debug)]
pub struct Level {
    /// Names for `--cpu`. The first one is shown.
    pub names: &'static [&'static str],
    /// The features that a processor of this level has.
    pub features: Features,
}

impl Level {
    /// The first name.
    #[must_use]
    pub fn name(&self) -> &'static str {
        self.names[0]
    }
}

/// The features and levels of one architecture.
#[derive(Debug)]
pub struct Architecture {
    /// All features, by number.
    pub features: &'static [Feature],
    /// All levels, from the lowest, which has no features.
    pub levels: &'static [Level],
    /// The level for which code is made without `--cpu`.
    pub default: &'static Level,
}

/// Why code can't run on a machine.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Missing {
    /// The name of the first feature that the machine lacks.
    Feature(&'static str),
    /// A bit that isn't a feature of this version.
    Unknown,
}

impl Architecture {
    /// All features.
    #[must_use]
    pub fn all(&self) -> Features {
        self.features
            .iter()
            .fold(Features::NONE, |all, feature| all | feature.set)
    }

    /// The features in `set`, in order.
    pub fn features_in(&self, set: Features) -> impl Iterator<Item = &'static Feature> + use<> {
        let features = self.features.iter();
        features.filter(move |feature| set.contains(feature.set))
    }

    /// `set` and all features that it implies.
    #[must_use]
    pub fn closed(&self, set: Features) -> Features {
        // Implied features come before, so one pass from the last to the first is enough.
        let features = self.features.iter().rev();
        features.fold(set, |set, feature| {
            if set.contains(feature.set) {
                set | feature.implies
            } else {
                set
            }
        })
    }

    /// The highest level whose features are all in `set`.
    ///
    /// # Panics
    /// Never: the lowest level has no features.
    #[must_use]
    pub fn level_within(&self, set: Features) -> &'static Level {
        let levels = self.levels.iter().rev();
        levels
            .into_iter()
            .find(|level| set.contains(level.features))
            .expect("BUG: the lowest level needs features")
    }

    /// The features of a machine from which `words` were read.
    #[must_use]
    pub fn found(&self, words: &Words) -> Features {
        let has = |&(word, bits): &(usize, u64)| words[word] & bits == bits;
        let features = self.features.iter();
        features.fold(Features::NONE, |found, feature| {
            if feature.evidence.iter().all(has) && found.contains(feature.implies) {
                found | feature.set
            } else {
                found
            }
        })
    }

    /// Whether the word with this number is evidence for a feature in `set`.
    #[must_use]
    pub fn depends_on(&self, set: Features, word: usize) -> bool {
        self.features_in(self.closed(set))
            .any(|feature| feature.evidence.iter().any(|&(of, _)| of == word))
    }

    /// Why code that needs `needed` can't run on a machine with the features `found`.
    #[must_use]
    pub fn missing(&self, needed: Features, found: Features) -> Option<Missing> {
        if !self.all().contains(needed) {
            return Some(Missing::Unknown);
        }
        let first = self.features_in(needed.without(found)).next();
        first.map(|feature| Missing::Feature(feature.name))
    }

    /// `set` as `--cpu` takes it: its level, then the features that the level doesn't have.
    #[must_use]
    pub fn spec(&'static self, set: Features) -> Spec {
        Spec {
            architecture: self,
            set,
        }
    }
}

/// Displays a set of features as `--cpu` takes it.
#[derive(Clone, Copy)]
pub struct Spec {
    architecture: &'static Architecture,
    set: Features,
}

impl fmt::Display for Spec {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let level = self.architecture.level_within(self.set);
        f.write_str(level.name())?;
        let more = self.set.without(level.features);
        for feature in self.architecture.features_in(more) {
            write!(f, ",{}", feature.name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    use crate::target::Target;

    fn all() -> impl Iterator<Item = &'static Architecture> {
        Target::ALL.into_iter().map(Target::cpu)
    }

    #[test]
    fn features_are_numbered_and_what_they_imply_precedes_them() {
        for cpu in all() {
            let mut before = Features::NONE;
            for (number, feature) in (0..).zip(cpu.features) {
                assert_eq!(feature.set, Features::one(number), "{}", feature.name);
                assert!(before.contains(feature.implies), "{}", feature.name);
                assert!(!feature.evidence.is_empty(), "{}", feature.name);
                before = before | feature.set;
            }
            assert_eq!(before, cpu.all());
        }
    }

    #[test]
    fn levels_grow_and_are_closed() {
        for cpu in all() {
            assert_eq!(cpu.levels[0].features, Features::NONE);
            for pair in cpu.levels.windows(2) {
                let [lower, higher] = pair else {
                    unreachable!()
                };
                assert!(higher.features.contains(lower.features));
                assert_ne!(higher.features, lower.features, "{}", higher.name());
            }
            for level in cpu.levels {
                assert_eq!(cpu.closed(level.features), level.features);
                assert_eq!(cpu.level_within(level.features).name(), level.name());
            }
            let names = |level: &Level| level.name();
            assert!(
                cpu.levels
                    .iter()
                    .map(names)
                    .any(|n| n == cpu.default.name())
            );
        }
    }

    /// A machine on which each bit is set that is evidence for `set`.
    fn machine(cpu: &Architecture, set: Features) -> Words {
        let mut words = [0; 5];
        for feature in cpu.features_in(set) {
            for &(word, bits) in feature.evidence {
                words[word] |= bits;
            }
        }
        words
    }

    #[test]
    fn each_feature_is_found_by_its_bits_and_missed_without_them() {
        for cpu in all() {
            for feature in cpu.features {
                let needed = cpu.closed(feature.set);
                let words = machine(cpu, needed);
                assert_eq!(cpu.found(&words), needed, "{}", feature.name);
                assert_eq!(cpu.missing(needed, cpu.found(&words)), None);
                for &(word, bits) in feature.evidence {
                    assert!(cpu.depends_on(feature.set, word));
                    let mut words = machine(cpu, cpu.all());
                    // Without its lowest bit the evidence isn't complete.
                    words[word] &= !(bits & bits.wrapping_neg());
                    let found = cpu.found(&words);
                    assert!(!found.contains(feature.set), "{}", feature.name);
                    assert!(cpu.missing(needed, found).is_some(), "{}", feature.name);
                }
            }
        }
    }

    #[test]
    fn what_is_implied_and_missing_takes_the_rest_along() {
        let cpu = &x86_64::CPU;
        let words = machine(cpu, cpu.all().without(x86_64::AVX));
        let found = cpu.found(&words);
        assert_eq!(cpu.level_within(found).name(), "x86-64-v2");
        let needed = cpu.closed(x86_64::AVX2);
        assert_eq!(cpu.missing(needed, found), Some(Missing::Feature("avx")));
        assert_eq!(
            cpu.missing(Features(1 << 31), found),
            Some(Missing::Unknown)
        );
    }

    #[test]
    fn a_set_is_shown_as_its_level_and_the_rest() {
        extern crate std;
        use std::string::ToString;
        let shown = |set| x86_64::CPU.spec(set).to_string();
        assert_eq!(shown(Features::NONE), "x86-64-v1");
        assert_eq!(shown(x86_64::CPU.default.features), "x86-64-v2");
        let set = x86_64::CPU.default.features | x86_64::BMI2 | x86_64::LZCNT;
        assert_eq!(shown(set), "x86-64-v2,bmi2,lzcnt");
        assert_eq!(aarch64::CPU.spec(Features::NONE).to_string(), "armv8.0-a");
    }
}
