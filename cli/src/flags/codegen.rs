//! Flags that decide what is generated and how.

use crate::usage::Usage;
use clap::builder::PossibleValue;
use clap::{Args, ValueEnum};
use wasi_aot_compiler::{Emit, OptLevel, Options, Target, cpu};

#[derive(Debug, Args)]
#[command(next_help_heading = "Code generation")]
pub struct CodegenFlags {
    #[command(flatten)]
    tuning: TuningFlags,

    /// What to write
    #[arg(long, value_name = "KIND", default_value = "exe")]
    emit: Kind,

    /// What to compile for; `wasi-aot targets` lists other names of them
    #[arg(long, value_name = "TARGET", default_value = Target::default().name())]
    target: Platform,

    /// Leave the symbol table out of the executable
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

/// How code is generated, wherever it goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Code generation")]
pub struct TuningFlags {
    /// How much to optimise: 0 compiles fastest, 2 runs fastest
    #[arg(short = 'O', value_name = "LEVEL", default_value = "2")]
    opt_level: Level,

    /// What the processor must have, like x86-64-v3, x86-64-v2,bmi2 or native;
    /// `wasi-aot targets` lists it
    #[arg(long, value_name = "LEVEL[,FEATURE]...")]
    cpu: Option<String>,

    /// Compile as if nothing were known of how Go generates code
    #[arg(long)]
    no_go_opt: bool,

    /// Use of Go's code generation only what is verified on the module
    #[arg(long)]
    no_go_trust: bool,

    /// Never take the processor from a goroutine that computes
    #[arg(long)]
    no_preempt: bool,

    /// Whether comparisons of bounds hold for what the processor guesses, too
    #[arg(
        long,
        value_name = "on|off",
        default_value = "off",
        hide_possible_values = true
    )]
    spectre: Switch,

    /// For tests: forget the resume points of this function
    #[arg(long, value_name = "FUNCTION", hide = true)]
    forget_resume_points: Option<String>,
}

impl TuningFlags {
    /// # Errors
    /// A `--cpu` that the target, which `options` must have, doesn't know.
    pub fn apply(&self, options: &mut Options) -> Result<(), Usage> {
        let given = self.cpu.as_deref();
        let features = given.map(|spec| cpu::parse(options.target, spec));
        let features = features.transpose().map_err(Usage)?;
        // Explicit, as what a build depends on has to be told from it.
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
    /// A relocatable object, to be linked with libwasi_aot_shim.a
    Obj,
    /// Cranelift's intermediate representation, as text
    Clif,
    /// Machine code, disassembled
    Asm,
}

/// A target, under all of its names.
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
