//! Flags for the kind of output and the generated code.

use crate::usage::Usage;
use clap::builder::{EnumValueParser, PossibleValue, StringValueParser, TypedValueParser};
use clap::{Arg, Args, Command, ValueEnum};
use std::ffi::OsStr;
use wasi_aot_compiler::passes::{self, Choice};
use wasi_aot_compiler::{Emit, OptLevel, Options, Pattern, Target, cpu};

#[derive(Debug, Args)]
#[command(next_help_heading = "Code generation")]
pub struct CodegenFlags {
    #[command(flatten)]
    tuning: TuningFlags,

    /// Write this kind of output; ir=PASS shows functions behind that pass
    #[arg(long, value_name = "KIND", default_value = "exe", value_parser = OutputParser)]
    emit: Output,

    /// With --emit ir, clif or asm, write only functions whose names match REGEX
    #[arg(long, value_name = "REGEX", value_parser = StringValueParser::new().try_map(|text| Pattern::parse(&text)))]
    function: Option<Pattern>,

    /// Compile for this target; `wasi-aot targets` lists the targets and their other names
    #[arg(long, value_name = "TARGET", default_value = Target::default().name())]
    target: Platform,

    /// Write the executable without a symbol table
    #[arg(long)]
    strip: bool,
}

impl CodegenFlags {
    /// # Errors
    /// When functions are chosen for an output that isn't text, and those of
    /// [`TuningFlags::apply`].
    pub fn apply(&self, options: &mut Options) -> Result<(), Usage> {
        options.target = self.target.0;
        options.emit = match self.emit.kind {
            Kind::Exe => Emit::Exe,
            Kind::Obj => Emit::Obj,
            Kind::Ir => Emit::Ir,
            Kind::Clif => Emit::Clif,
            Kind::Asm => Emit::Asm,
        };
        options.ir_after = self.emit.after.map(str::to_string);
        options.functions.clone_from(&self.function);
        if self.function.is_some() && !options.emit.is_text() {
            let message = "--function chooses what --emit ir, clif or asm writes; leave it out";
            return Err(Usage(message.into()));
        }
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

    /// Leave passes out, as -NAME,-NAME, or run these passes alone, as NAME,NAME; `wasi-aot
    /// passes` lists the passes
    #[arg(
        long,
        value_name = "[-]PASS,...",
        allow_hyphen_values = true,
        value_parser = StringValueParser::new().try_map(|spec| Choice::parse(&spec))
    )]
    pass: Option<Choice>,

    /// Run only the first N passes, counted over all functions, to find the one that a fault
    /// comes from
    #[arg(long, value_name = "N")]
    pass_limit: Option<u64>,

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

    /// For tests: let this pass break this function
    #[arg(long, value_name = "PASS=FUNCTION", hide = true, value_parser = StringValueParser::new().try_map(|text| broken(&text)))]
    break_function: Option<(String, String)>,

    /// For tests: verify functions behind each pass
    #[arg(long, hide = true)]
    verify: bool,
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
        options.passes = self.pass.clone().unwrap_or_default();
        options.pass_limit = self.pass_limit;
        options.no_preempt = self.no_preempt;
        options.spectre = matches!(self.spectre, Switch::On);
        options
            .forget_resume_points
            .clone_from(&self.forget_resume_points);
        options.break_function.clone_from(&self.break_function);
        options.verify = self.verify;
        Ok(())
    }
}

fn broken(text: &str) -> Result<(String, String), String> {
    let (pass, function) = text.split_once('=').ok_or("write PASS=FUNCTION")?;
    Ok((passes::known(pass)?.into(), function.into()))
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
    /// The intermediate representation that passes work on, as text
    Ir,
    /// Cranelift's intermediate representation, as text
    Clif,
    /// Machine code, disassembled
    Asm,
}

/// A value of `--emit`.
#[derive(Debug, Clone, Copy)]
struct Output {
    kind: Kind,
    /// The pass behind which the IR is shown.
    after: Option<&'static str>,
}

/// Parses a [`Kind`], or `ir=PASS`.
#[derive(Debug, Clone, Copy)]
struct OutputParser;

impl TypedValueParser for OutputParser {
    type Value = Output;

    fn parse_ref(
        &self,
        command: &Command,
        arg: Option<&Arg>,
        value: &OsStr,
    ) -> Result<Output, clap::Error> {
        let pass = value.to_str().and_then(|value| value.strip_prefix("ir="));
        let Some(pass) = pass else {
            let kind = EnumValueParser::new().parse_ref(command, arg, value)?;
            return Ok(Output { kind, after: None });
        };
        let after = passes::known(pass).map_err(|why| {
            // The form that clap gives to errors of functions that parse values.
            let parser = StringValueParser::new().try_map(move |_| Err::<(), _>(why.clone()));
            let error = parser.parse_ref(command, arg, value);
            error.expect_err("BUG: a parser that always fails")
        })?;
        Ok(Output {
            kind: Kind::Ir,
            after: Some(after),
        })
    }

    fn possible_values(&self) -> Option<Box<dyn Iterator<Item = PossibleValue> + '_>> {
        let values = Kind::value_variants().iter();
        Some(Box::new(values.filter_map(Kind::to_possible_value)))
    }
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
