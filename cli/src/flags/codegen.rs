//! Flags that decide what is generated and how.

use clap::{Args, ValueEnum};
use wasi_aot_compiler::{Emit, OptLevel, Options, Target};

#[derive(Debug, Args)]
#[command(next_help_heading = "Code generation")]
pub struct CodegenFlags {
    #[command(flatten)]
    tuning: TuningFlags,

    /// What to write
    #[arg(long, value_name = "KIND", default_value = "exe")]
    emit: Kind,

    /// What to compile for
    #[arg(long, value_name = "OS/ARCH", default_value = "linux/amd64")]
    target: Platform,

    /// Leave the symbol table out of the executable
    #[arg(long)]
    strip: bool,
}

impl CodegenFlags {
    pub fn apply(&self, options: &mut Options) {
        self.tuning.apply(options);
        options.emit = match self.emit {
            Kind::Exe => Emit::Exe,
            Kind::Obj => Emit::Obj,
            Kind::Clif => Emit::Clif,
            Kind::Asm => Emit::Asm,
        };
        options.target = match self.target {
            Platform::LinuxAmd64 => Target::LinuxAmd64,
            Platform::LinuxArm64 => Target::LinuxArm64,
        };
        options.strip = self.strip;
    }
}

/// How code is generated, wherever it goes.
#[derive(Debug, Args)]
#[command(next_help_heading = "Code generation")]
pub struct TuningFlags {
    /// How much to optimise: 0 compiles fastest, 2 runs fastest
    #[arg(short = 'O', value_name = "LEVEL", default_value = "2")]
    opt_level: Level,

    /// Compile as if nothing were known of how Go generates code
    #[arg(long)]
    no_go_opt: bool,

    /// Use of Go's code generation only what is verified on the module
    #[arg(long)]
    no_go_trust: bool,

    /// Never take the processor from a goroutine that computes
    #[arg(long)]
    no_preempt: bool,

    /// For tests: forget the resume points of this function
    #[arg(long, value_name = "FUNCTION", hide = true)]
    forget_resume_points: Option<String>,
}

impl TuningFlags {
    pub fn apply(&self, options: &mut Options) {
        options.opt_level = match self.opt_level {
            Level::O0 => OptLevel::O0,
            Level::O1 => OptLevel::O1,
            Level::O2 => OptLevel::O2,
        };
        options.no_go_opt = self.no_go_opt;
        options.no_go_trust = self.no_go_trust;
        options.no_preempt = self.no_preempt;
        options
            .forget_resume_points
            .clone_from(&self.forget_resume_points);
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

#[derive(Debug, Clone, Copy, ValueEnum)]
enum Platform {
    #[value(name = "linux/amd64")]
    LinuxAmd64,
    #[value(name = "linux/arm64")]
    LinuxArm64,
}
