//! The command line of wasi-aot. Flags become compiler options and a policy, the compiler's
//! bytes become a file, and an error becomes one line on standard error.
//!
//! Exit codes: 0; 1 when the build failed; 2 when the command line is wrong. `run` exits as
//! the program does. It isn't an error if the reader of standard output closes its end early.

#![forbid(unsafe_code)]

mod arguments;
mod cache;
mod commands;
mod describe;
mod flags;
mod go;
mod input;
mod memory_file;
mod message;
mod notes;
mod output;
mod progress;
mod settings;
mod source;
mod start;
mod told;
mod usage;

use anyhow::Context as _;
use clap::{CommandFactory, FromArgMatches, Parser, Subcommand};
use message::When;
use settings::Settings;
use std::ffi::OsString;
use std::process::ExitCode;

/// Compile Go programs into static native executables with a sandbox built in
#[derive(Debug, Parser)]
#[command(name = "wasi-aot", version, arg_required_else_help = true)]
struct Cli {
    /// Colour messages and reports; auto means on a terminal, unless NO_COLOR is set or TERM is
    /// dumb
    #[arg(
        long,
        global = true,
        value_name = "auto|always|never",
        default_value = "auto",
        hide_possible_values = true,
        display_order = 1000
    )]
    color: When,

    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(commands::build::Build),
    Run(commands::run::Run),
    Test(commands::test::Test),
    GoExec(commands::go_exec::GoExec),
    Inspect(commands::inspect::Inspect),
    Grant(commands::grant::Grant),
    Overlay(commands::overlay::OverlayCommand),
    Cache(commands::cache::Cache),
    Targets(commands::targets::Targets),
    Passes(commands::passes::Passes),
    Version(commands::version::Version),
    Completions(commands::completions::Completions),
}

fn main() -> ExitCode {
    wasi_aot_compiler::name_function_in_panics();
    let mut command = Cli::command();
    command.build();
    message::set_help(&command);
    let arguments = arguments::with_two_dashes(&command, std::env::args_os().collect());
    let cli = match Cli::try_parse_from(&arguments) {
        Ok(cli) => cli,
        Err(error) => return message::of_clap(&error),
    };
    message::set_colours(cli.color);
    let chosen = match with_settings(cli.command, &command, &arguments) {
        Ok(chosen) => chosen,
        Err(error) => return message::failure(&error),
    };
    let result = match chosen {
        Command::Build(build) => build.run(),
        Command::Run(run) => run.run(),
        Command::Test(test) => test.run(),
        Command::GoExec(go_exec) => go_exec.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Grant(grant) => grant.run(),
        Command::Overlay(overlay) => overlay.run(),
        Command::Cache(cache) => cache.run(),
        Command::Targets(targets) => targets.run(),
        Command::Passes(passes) => passes.run(),
        Command::Version(version) => version.run(),
        Command::Completions(completions) => completions.run(&Cli::command()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => message::failure(&error),
    }
}

/// `build` and `run` with the settings of their package. Their command line is parsed again,
/// behind the settings' flags, so that it counts more.
fn with_settings(
    given: Command,
    command: &clap::Command,
    arguments: &[OsString],
) -> anyhow::Result<Command> {
    let (name, settings) = match &given {
        Command::Build(build) => ("build", Settings::of(build.inputs())?),
        Command::Run(run) => ("run", Settings::of(run.inputs())?),
        _ => return Ok(given),
    };
    let again = match &settings.path {
        Some(path) if !settings.flags.is_empty() => {
            let matches = arguments::behind(command, name, arguments, &settings.flags);
            let matches = matches.with_context(|| path.display().to_string())?;
            Cli::from_arg_matches(&matches)?.command
        }
        _ => given,
    };
    Ok(match again {
        Command::Build(build) => Command::Build(build.with_settings(settings)),
        Command::Run(run) => Command::Run(run.with_settings(settings)),
        other => other,
    })
}

/// Whether the reader of our output has closed its end, which isn't an error: it has read
/// enough.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.root_cause().downcast_ref::<std::io::Error>();
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}
