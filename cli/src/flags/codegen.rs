//! Flags for the kind of output and the generated code.

use crate::usage::Usage;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use wasi_aot_compiler::{Emit, OptLevel, Options, Target, cpu};

#[derive(Debug, Args)]
#[command(next_help_heading = "Code generation")]
pub struct CodegenFlags {
    #[command(flatten)]
    tuning: TuningFlags,

    /// Write this kind of output
    #[arg(long, value_name = "KIND", default_value = "exe")]
    emit: Kind,

    /// Compile for this target; `wasi-aot targets` lists the targets and their other names
    #[arg(long, value_name = "TARGET", default_value = Target::default().name())]
    target: Platform,

    /// Write the executable without a symbol table
    #[arg(long)]
    strip: bool,
}

impl CodegenFlags {
    /// # Errors
    /// Those of [`TuningFlags::apply`].
    pub fn apply(&self, options: &mut Options) -> Result<(), Usage> {
        options.target = self.target.0;
        options.emit = match self.emit {
            Kind::Exe => Emit::Exe,
            Kind::Obj => Emit::Obj,
            Kind::Clif => Emit::Clif,
            Kind::Asm => Emit::Asm,
        };
        options.strip = self.strip;
        self.tuning.apply(options)
    }
}

/// How code is generated, for every kind of output.
#[derive(Debug, Args)]
#[command(next_help_heading = "Code generation")]
pub struct TuningFlags {
    /// Optimise at this level: 0 compiles fastest, 2 makes the fastest code
    #[arg(short = 'O', value_name = "LEVEL", default_value = "2")]
    opt_level: Level,

    /// Require these processor features, like x86-64-v3, x86-64-v2,bmi2 or native;
    /// `wasi-aot targets` lists the levels and features
    #[arg(long, value_name = "LEVEL[,FEATURE]...")]
    cpu: Option<String>,

    /// Use no knowledge of how Go generates code
    #[arg(long)]
    no_go_opt: bool,

    /// Rely only on facts about Go's code that are verified for this module
    #[arg(long)]
    no_go_trust: bool,

    /// Don't preempt goroutines
    #[arg(long)]
    no_preempt: bool,

    /// Guard bounds checks against speculative execution (Spectre variant 1)
    #[arg(
        long,
        value_name = "on|off",
        default_value = "off",
        hide_possible_values = true
    )]
    spectre: Switch,

    /// For tests: compile this function as if it had no resume points
    #[arg(long, value_name = "FUNCTION", hide = true)]
    forget_resume_points: Option<String>,
}

impl TuningFlags {
    /// # Errors
    /// When the target, which must be set in `options`, doesn't have such a `--cpu`.
    pub fn apply(&self, options: &mut Options) -> Result<(), Usage> {
        let given = self.cpu.as_deref();
        let features = given.map(|spec| cpu::parse(options.target, spec));
        let features = features.transpose().map_err(Usage)?;
        // The default is made explicit too, so that the options hold everything that a build
        // depends on.
        options.cpu = Some(features.unwrap_or(options.features()));
        options.opt_level = match self.opt_level {
            Level::O0 => OptLevel::O0,
            Level::O1 => OptLevel::O1,
            Level::O2 => OptLevel::O2,
        };
        options.no_go_opt = self.no_go_opt;
        options.no_go_trust = self.no_go_trust;
        options.no_preempt = self.no_preempt;
        options.spectre = matches!(self.spectre, Switch::On);
        options
            .forget_resume_points
            .clone_from(&self.forget_resume_points);
        Ok(())
    }
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Level {
    #[value(name = "0")]
    O0,
    #[value(name = "1")]
    O1,
    #[value(name = "2")]
    O2,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Switch {
    On,
    Off,
}

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Kind {
    /// A static executable
    Exe,
    /// A relocatable object, for linking with libwasi_aot_shim.a
    Obj,
    /// Cranelift's intermediate representation, as text
    Clif,
    /// Machine code, disassembled
    Asm,
}

/// A target, by any of its names.
#[derive(Debug, Clone, Copy)]
struct Platform(Target);

impl ValueEnum for Platform {
    fn value_variants<'a>() -> &'a [Self] {
        const ALL: [Platform; Target::ALL.len()] = {
            let mut all = [Platform(Target::NATIVE); Target::ALL.len()];
            let mut index = 0;
            while index < all.len() {
                all[index] = Platform(Target::ALL[index]);
                index += 1;
            }
            all
        };
        &ALL
    }

    fn to_possible_value(&self) -> Option<PossibleValue> {
        let aliases = self.0.names().iter().skip(1);
        Some(PossibleValue::new(self.0.name()).aliases(aliases))
    }
}
