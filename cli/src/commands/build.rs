//! `wasi-aot build INPUT -o OUTPUT`.

use crate::describe::show;
use crate::flags::codegen::CodegenFlags;
use crate::flags::policy::PolicyFlags;
use crate::flags::preload::{PreloadFlags, Preloads};
use crate::output::Output;
use crate::progress::Progress;
use crate::usage::Usage;
use anyhow::{Context, Result};
use clap::Args;
use std::ffi::OsStr;
use std::fs;
use std::io::{self, IsTerminal, Read};
use std::os::unix::ffi::OsStrExt;
use std::path::{Component, Path, PathBuf};
use wasi_aot_compiler::policy::{Access, Grant};
use wasi_aot_compiler::{Emit, Observer, Options};

/// Compile a WebAssembly module into a native executable
#[derive(Debug, Args)]
#[command(after_help = "Examples:
  GOOS=wasip1 GOARCH=wasm go build -o counter.wasm counter.go

  wasi-aot build counter.wasm                   # ./counter: arguments and stdio only
  wasi-aot build --dir-ro . counter.wasm        # may read the directory it is started in
  wasi-aot build --dir-ro /etc/app::/conf --dir /var/lib/app::/data \\
      --env LANG=C --env HOME server.wasm -o /usr/local/bin/server
  wasi-aot build --preload env=env.wasm app.wasm  # app imports from module env
  wasi-aot build --emit asm counter.wasm -o -   # look at the machine code

The executable needs nothing of wasi-aot to run. Relative --dir paths are resolved
when it starts; everything else is decided now and can't be widened later. A program
can't change its own executable, whatever it is granted; it can change others in a
directory that is granted by --dir.")]
pub struct Build {
    /// The module, or - for standard input
    input: PathBuf,

    /// Where to write the result, or - for standard output [default: INPUT
    /// without .wasm, with a suffix that fits --emit]
    #[arg(short, long)]
    output: Option<PathBuf>,

    /// Tell the phases of the build with their times and sizes
    #[arg(short, long)]
    verbose: bool,

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

        let output = match self.output {
            Some(path) => path,
            None => default_output(&self.input, options.emit)?,
        };
        let executable = options.emit == Emit::Exe;
        let output = Output::new(&output, Some(&self.input), executable)?;
        let is_text = matches!(options.emit, Emit::Clif | Emit::Asm);
        if matches!(output, Output::Stdout) && !is_text && io::stdout().is_terminal() {
            let message = "won't write a binary to a terminal; give -o OUTPUT";
            return Err(Usage(message.into()).into());
        }

        let preloads = self.preload.read()?;
        let bytes = build(&self.input, &preloads, &options, self.verbose)?;
        output.write(&bytes)?;
        if let (Emit::Exe, Output::File { path, .. }) = (options.emit, &output) {
            note_own_directory(path, &options);
        }
        Ok(())
    }
}

/// Tells of an executable that lies where it may write: its own file stays as it is, but
/// what else is executed there may become something else.
fn note_own_directory(output: &Path, options: &Options) {
    let Ok(current) = std::env::current_dir() else {
        return;
    };
    let host = |grant: &Grant| PathBuf::from(OsStr::from_bytes(&grant.host));
    let is_around = |grant: &&Grant| {
        let around = by_letters(&current.join(host(grant)));
        grant.access == Access::ReadWrite && by_letters(&current.join(output)).starts_with(around)
    };
    if options.policy.refuse_own_directory {
        return;
    }
    if let Some(grant) = options.policy.grants.iter().find(is_around) {
        Progress::new(false).note(&format!(
            "{} lies in --dir {}: the program can't change that file, but others there that \
             are executed; --dir-ro is safer, or another place for executables",
            show::one_line(&output.display().to_string()),
            show::printable_bytes(&grant.host),
        ));
    }
}

/// An absolute path without `.` and `..`, by its letters.
fn by_letters(path: &Path) -> PathBuf {
    let mut plain = PathBuf::new();
    for component in path.components() {
        match component {
            Component::CurDir => {}
            Component::ParentDir => drop(plain.pop()),
            other => plain.push(other),
        }
    }
    plain
}

/// Reads and compiles the input; errors begin with its name.
fn build(input: &Path, preloads: &Preloads, options: &Options, verbose: bool) -> Result<Vec<u8>> {
    let name = if is_stdin(input) {
        "standard input".into()
    } else {
        input.display().to_string()
    };
    let wasm = read(input).with_context(|| name.clone())?;
    let progress = Progress::new(verbose);
    let built = wasi_aot_compiler::build_with(&wasm, &preloads.modules(), options, &progress);
    progress.clear();
    built.context(name)
}

fn is_stdin(input: &Path) -> bool {
    input.as_os_str() == "-"
}

fn read(input: &Path) -> io::Result<Vec<u8>> {
    if !is_stdin(input) {
        return fs::read(input);
    }
    let mut wasm = Vec::new();
    io::stdin().lock().read_to_end(&mut wasm)?;
    Ok(wasm)
}

/// INPUT without `.wasm`, with the suffix that is usual for what is emitted.
fn default_output(input: &Path, emit: Emit) -> Result<PathBuf, Usage> {
    if is_stdin(input) {
        return Err(Usage("give -o OUTPUT when INPUT is standard input".into()));
    }
    let mut output = input.to_path_buf();
    if input
        .extension()
        .is_some_and(|extension| extension == "wasm")
    {
        output.set_extension("");
    }
    let suffix = match emit {
        Emit::Exe if output == input => {
            let message = format!("give -o OUTPUT: {} doesn't end in .wasm", input.display());
            return Err(Usage(message));
        }
        Emit::Exe => "",
        Emit::Obj => ".o",
        Emit::Clif => ".clif",
        Emit::Asm => ".s",
    };
    output.as_mut_os_string().push(suffix);
    Ok(output)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_output_is_named_after_the_input() {
        let name = |input: &str, emit| default_output(Path::new(input), emit).unwrap();
        assert_eq!(name("a/b.wasm", Emit::Exe), Path::new("a/b"));
        assert_eq!(name("a/b.c.wasm", Emit::Exe), Path::new("a/b.c"));
        assert_eq!(name("b.c.wasm", Emit::Obj), Path::new("b.c.o"));
        assert_eq!(name("b.wasm", Emit::Clif), Path::new("b.clif"));
        assert_eq!(name("module", Emit::Asm), Path::new("module.s"));
    }

    #[test]
    fn without_a_name_to_go_by_it_must_be_given() {
        assert!(default_output(Path::new("module"), Emit::Exe).is_err());
        assert!(default_output(Path::new("-"), Emit::Asm).is_err());
    }
}
