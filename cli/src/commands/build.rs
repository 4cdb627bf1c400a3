//! `wasi-aot build INPUT -o OUTPUT`.

use crate::flags::codegen::CodegenFlags;
use crate::flags::policy::PolicyFlags;
use crate::flags::preload::PreloadFlags;
use crate::flags::report::ReportFlags;
use crate::input;
use crate::notes;
use crate::output::{Chosen, Output};
use crate::progress::Progress;
use crate::usage::Usage;
use anyhow::{Context, Result};
use clap::Args;
use std::ffi::OsStr;
use std::io::{self, IsTerminal};
use std::os::unix::ffi::OsStrExt;
use std::path::{Path, PathBuf};
use wasi_aot_compiler::Emit;

/// Compile a WebAssembly module into a native executable
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  GOOS=wasip1 GOARCH=wasm go build -o counter.wasm counter.go

  wasi-aot build counter.wasm                   # ./counter: arguments and stdio only
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
    /// The module in WebAssembly's binary or text format, or - for standard input
    input: PathBuf,

    /// Write the result to a file, into a directory, or to - for standard output [default:
    /// INPUT without .wasm or .wat, else INPUT.out; other kinds than exe get a suffix]
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
}

impl Build {
    pub fn run(self) -> Result<()> {
        let mut options = self.policy.into_options()?;
        self.codegen.apply(&mut options)?;
        input::refuse_go_source(&self.input)?;

        let (path, chosen) = destination(self.output.as_deref(), &self.input, options.emit)?;
        let chosen = if self.force { Chosen::ByUser } else { chosen };
        let executable = options.emit == Emit::Exe;
        let output = Output::new(&path, chosen, Some(&self.input), executable)?;
        let is_text = options.emit.is_text();
        if matches!(output, Output::Stdout) && !is_text && io::stdout().is_terminal() {
            let message = "won't write a binary to a terminal; give -o OUTPUT";
            return Err(Usage(message.into()).into());
        }

        let preloads = self.preload.read()?;
        let wasm = input::read(&self.input)?;
        self.report.start_threads()?;
        let progress = Progress::new(self.report.loudness());
        let built = wasi_aot_compiler::build_with(&wasm, &preloads.modules(), &options, &progress);
        progress.clear();
        output.write(&built.with_context(|| input::name(&self.input))?)?;
        if let (Emit::Exe, Output::File { path, .. }) = (options.emit, &output) {
            notes::own_directory(path, &options.policy, &progress);
        }
        Ok(())
    }
}

/// The path of the result, and who chose it: OUTPUT, the default name in the directory OUTPUT,
/// or the default name.
fn destination(output: Option<&Path>, input: &Path, emit: Emit) -> Result<(PathBuf, Chosen)> {
    match output {
        None => Ok((default_output(input, emit)?, Chosen::ByDefault)),
        Some(path) if path.is_dir() || path.as_os_str().as_bytes().ends_with(b"/") => {
            let default = default_output(input, emit)?;
            let name = default
                .file_name()
                .context("BUG: an output without a name")?;
            Ok((path.join(name), Chosen::ByDefault))
        }
        Some(path) => Ok((path.to_owned(), Chosen::ByUser)),
    }
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
