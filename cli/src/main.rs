//! The command line of wasi-aot: flags become compiler options and a policy,
//! the compiler's bytes become a file, errors become one line on stderr.
//!
//! Exit codes: 0, 1 when the build failed, 2 when the command line is wrong; `run`
//! exits as the program does. A reader that closes its end of stdout early is no
//! error.

#![forbid(unsafe_code)]

mod cache;
mod commands;
mod describe;
mod flags;
mod memory_file;
mod output;
mod progress;
mod usage;

use clap::{Parser, Subcommand};
use std::process::ExitCode;

/// Compiles Go's GOOS=wasip1 modules into static native executables with a
/// sandbox built in.
#[derive(Debug, Parser)]
#[command(name = "wasi-aot", version, arg_required_else_help = true)]
struct Cli {
    #[command(subcommand)]
    command: Command,
}

#[derive(Debug, Subcommand)]
enum Command {
    Build(commands::build::Build),
    Run(commands::run::Run),
    Inspect(commands::inspect::Inspect),
    Targets(commands::targets::Targets),
    Completions(commands::completions::Completions),
}

fn main() -> ExitCode {
    wasi_aot_compiler::name_function_in_panics();
    let result = match Cli::parse().command {
        Command::Build(build) => build.run(),
        Command::Run(run) => run.run(),
        Command::Inspect(inspect) => inspect.run(),
        Command::Targets(targets) => targets.run(),
        Command::Completions(completions) => completions.run(),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) if is_broken_pipe(&error) => ExitCode::SUCCESS,
        Err(error) => {
            // Names in it may come from the file.
            eprintln!(
                "wasi-aot: {}",
                describe::show::one_line(&format!("{error:#}"))
            );
            ExitCode::from(if usage::is_usage(&error) { 2 } else { 1 })
        }
    }
}

/// Whether whoever read our output has gone: they got what they wanted.
fn is_broken_pipe(error: &anyhow::Error) -> bool {
    let io = error.root_cause().downcast_ref::<std::io::Error>();
    io.is_some_and(|io| io.kind() == std::io::ErrorKind::BrokenPipe)
}
