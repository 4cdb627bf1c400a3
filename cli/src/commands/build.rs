//! `wasi-aot build INPUT... -o OUTPUT`.

use crate::flags::codegen::CodegenFlags;
use crate::flags::go::GoFlags;
use crate::flags::policy::PolicyFlags;
use crate::flags::preload::PreloadFlags;
use crate::flags::report::ReportFlags;
use crate::input;
use crate::notes;
use crate::output::{Chosen, Output};
use crate::progress::Progress;
use crate::settings::{self, Settings};
use crate::source::{self, Source};
use crate::usage::Usage;
use anyhow::{Context, Result};
use clap::{Args, ValueHint};
use std::ffi::{OsStr, OsString};
use std::io::{self, IsTerminal};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use wasi_aot_compiler::Emit;

/// Compile a Go package, or a WebAssembly module, into a native executable
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  wasi-aot build ./cmd/counter                  # ./counter: arguments and stdio only
  wasi-aot build -tags netgo . -- -buildvcs=false
  wasi-aot build example.com/tool@v1.2.3        # as go install
  GOOS=wasip1 GOARCH=wasm go build -o counter.wasm && wasi-aot build counter.wasm
  wasi-aot build --dir-ro . counter.wasm        # may read the directory it is started in
  wasi-aot build --dir-ro /etc/app::/conf --dir /var/lib/app::/data \\
      --env LANG=C --env HOME server.wasm -o /usr/local/bin/server
  wasi-aot build --preload env=env.wasm app.wasm  # app imports from module env
  wasi-aot build --emit asm --function '^main[.]' counter.wasm -o -  # print machine code

The executable runs without wasi-aot. A relative --dir path is resolved when the
executable starts; the rest of the policy is fixed by the build, and nothing widens it
later. A program can't change its own executable, but it can change other programs in a
directory that is granted with --dir.")]
pub struct Build {
    /// A Go package (a directory, Go files, an import path, or one with @VERSION), a module in
    /// WebAssembly's binary or text format, or - for standard input
    #[arg(required = true, value_name = "INPUT", value_hint = ValueHint::AnyPath)]
    inputs: Vec<PathBuf>,

    /// Write the result to a file, into a directory, or to - for standard output [default: the
    /// name that go build gives; for a module, INPUT without .wasm or .wat, else INPUT.out;
    /// other kinds than exe get a suffix]
    #[arg(short, long)]
    output: Option<PathBuf>,

    /// Overwrite a file that wasi-aot didn't make; not needed where -o names the file
    #[arg(long)]
    force: bool,

    #[command(flatten)]
    report: ReportFlags,

    #[command(flatten)]
    codegen: CodegenFlags,

    #[command(flatten)]
    preload: PreloadFlags,

    #[command(flatten)]
    policy: PolicyFlags,

    #[command(flatten)]
    go: GoFlags,

    /// Flags for go build
    #[arg(last = true, value_name = "GO FLAGS", help_heading = "Go packages")]
    more: Vec<OsString>,

    #[arg(skip)]
    settings: Settings,
}

impl Build {
    /// With the settings for its package, whose flags are among the arguments already.
    pub fn with_settings(self, settings: Settings) -> Self {
        Self { settings, ..self }
    }

    pub fn inputs(&self) -> &[PathBuf] {
        &self.inputs
    }

    pub fn run(self) -> Result<()> {
        let mut options = settings::options(&self.policy, self.settings.policy.clone())?;
        self.codegen.apply(&mut options)?;
        let (source, count) = Source::of(&self.inputs, &self.go, &self.more)?;
        if let Some(extra) = self.inputs.get(count) {
            let message = format!(
                "{} is a second input after {}; build them one by one",
                extra.display(),
                source.name()
            );
            return Err(Usage(message).into());
        }
        let preloads = self.preload.read()?;
        let progress = Progress::new(self.report.loudness());
        if let (Some(path), None) = (&self.settings.path, self.policy.file()) {
            notes::granted_by(path, &self.settings.policy, &progress);
        }
        let (wasm, output) = self.read(&source, options.emit, &progress)?;
        self.report.start_threads()?;
        let built = wasi_aot_compiler::build_with(&wasm, &preloads.modules(), &options, &progress);
        progress.clear();
        output.write(&built.with_context(|| source.name())?)?;
        if let (Emit::Exe, Output::File { path, .. }) = (options.emit, &output) {
            notes::own_directory(path, &options.policy, &progress);
        }
        Ok(())
    }

    /// The module, and where the result goes. A destination whose name is known before Go
    /// compiles is tried before.
    fn read(&self, source: &Source, emit: Emit, progress: &Progress) -> Result<(Vec<u8>, Output)> {
        match source {
            Source::Module(path) => {
                let output = self.destination(path, Some(path), emit)?;
                let wasm = input::read(path)?;
                notes::lacking(&wasm, progress);
                Ok((wasm, output))
            }
            Source::Package {
                package,
                flags,
                overlay,
            } => {
                let named = self
                    .output
                    .as_deref()
                    .filter(|output| !is_directory(output));
                let named = named.map(|output| self.destination(output, None, emit));
                let named = named.transpose()?;
                let program = source::compile(package, flags, *overlay, progress)?;
                // A module of this name has the name of Go's executable as its default output.
                let mut module = program.name;
                module.push(".wasm");
                let output = match named {
                    Some(output) => output,
                    None => self.destination(Path::new(&module), None, emit)?,
                };
                Ok((program.wasm, output))
            }
        }
    }

    /// The destination for what is made from `module`; `input` is the file that is read.
    fn destination(&self, module: &Path, input: Option<&Path>, emit: Emit) -> Result<Output> {
        let (path, chosen) = destination(self.output.as_deref(), module, emit)?;
        let chosen = if self.force { Chosen::ByUser } else { chosen };
        let output = Output::new(&path, chosen, input, emit == Emit::Exe)?;
        if matches!(output, Output::Stdout) && !emit.is_text() && io::stdout().is_terminal() {
            let message = "won't write a binary to a terminal; give -o OUTPUT";
            return Err(Usage(message.into()).into());
        }
        Ok(output)
    }
}

/// The path of the result, and who chose it: OUTPUT, the default name in the directory OUTPUT,
/// or the default name.
fn destination(output: Option<&Path>, input: &Path, emit: Emit) -> Result<(PathBuf, Chosen)> {
    match output {
        None => Ok((default_output(input, emit)?, Chosen::ByDefault)),
        Some(path) if is_directory(path) => {
            let default = default_output(input, emit)?;
            let name = default
                .file_name()
                .context("BUG: an output without a name")?;
            Ok((path.join(name), Chosen::ByDefault))
        }
        Some(path) => Ok((path.to_owned(), Chosen::ByUser)),
    }
}

/// Whether OUTPUT is a directory, which then gets a file with the default name.
fn is_directory(output: &Path) -> bool {
    output.is_dir() || output.as_os_str().as_bytes().ends_with(b"/")
}

/// INPUT without `.wasm` or `.wat`, with the usual suffix for the kind of output. An
/// executable for an INPUT with another name gets the suffix `.out`.
fn default_output(input: &Path, emit: Emit) -> Result<PathBuf, Usage> {
    let given_name = input.file_name().filter(|_| !input::is_stdin(input));
    if given_name.is_none() {
        let message = format!("give -o OUTPUT when INPUT is {}", input::name(input));
        return Err(Usage(message));
    }
    let is_format = |extension: &OsStr| extension == "wasm" || extension == "wat";
    let has_format = input.extension().is_some_and(is_format);
    let mut output = input.to_path_buf();
    if has_format {
        output.set_extension("");
    }
    output.as_mut_os_string().push(match emit {
        Emit::Exe if has_format => "",
        Emit::Exe => ".out",
        Emit::Obj => ".o",
        Emit::Ir => ".ir",
        Emit::Clif => ".clif",
        Emit::Asm => ".s",
    });
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_is_named_after_the_input() {
        let name = |input: &str, emit| default_output(Path::new(input), emit).unwrap();
        assert_eq!(name("a/b.wasm", Emit::Exe), Path::new("a/b"));
        assert_eq!(name("a/b.wat", Emit::Exe), Path::new("a/b"));
        assert_eq!(name("a/b.c.wasm", Emit::Exe), Path::new("a/b.c"));
        assert_eq!(name("b.c.wasm", Emit::Obj), Path::new("b.c.o"));
        assert_eq!(name("b.wasm", Emit::Ir), Path::new("b.ir"));
        assert_eq!(name("b.wasm", Emit::Clif), Path::new("b.clif"));
        assert_eq!(name("module", Emit::Asm), Path::new("module.s"));
        assert_eq!(name("bin/module", Emit::Exe), Path::new("bin/module.out"));
        assert_eq!(name("module.1", Emit::Exe), Path::new("module.1.out"));
    }

    #[test]
    fn without_an_input_name_the_output_needs_one() {
        assert!(default_output(Path::new("-"), Emit::Asm).is_err());
    }

    #[test]
    fn a_directory_gets_the_default_name() {
        let at = |output: Option<&str>| {
            destination(output.map(Path::new), Path::new("a/b.wasm"), Emit::Exe).unwrap()
        };
        assert_eq!(at(None), ("a/b".into(), Chosen::ByDefault));
        assert_eq!(at(Some("new/")), ("new/b".into(), Chosen::ByDefault));
        assert_eq!(at(Some("/tmp")), ("/tmp/b".into(), Chosen::ByDefault));
        assert_eq!(at(Some("new/c")), ("new/c".into(), Chosen::ByUser));
    }
}
