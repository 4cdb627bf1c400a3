//! Does a program get the directories of whoever starts it, and time zones? Is the directory of
//! `@tmp` private, and is it gone at every end? Each kind is tried behind both fences and behind the
//! first alone.

use crate::support::{assemble, build, guest, one_line, test, text};
use anyhow::{Context, Result, ensure};
use harness::go::Goal;
use harness::live::{Live, eventually};
use harness::run::{Ends, Finished, Run};
use harness::target;
use harness::tool::Tool;
use libtest_mimic::Trial;
use rustix::process::Signal;
use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt, symlink};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::Arc;
use tempfile::TempDir;

/// Without the second fence, and with it: a call that it forbids would end the program.
const FENCES: [&str; 2] = ["--no-harden", ""];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    vec![
        test("places/directories of who starts it", tool, own_directories),
        test("places/the directory of the executable", tool, beside),
        test("places/optional grants", tool, optional),
        test("places/without a home directory", tool, homeless),
        test("places/through a link of the program's", tool, redirected),
        test("places/inspect shows what was written", tool, inspected),
        test("places/tmp at each end", tool, ends),
        test("places/tmp after a signal", tool, signals),
        test("places/tmp after the entry returns", tool, returns),
        test("places/tmp left by SIGKILL", tool, killed),
        test("places/tmp and its links", tool, links),
        test("places/tmp of another user", tool, foreign),
        test("places/tmp and TMPDIR", tool, variable),
        test("places/time zones", tool, zones),
    ]
}

/// An executable with a directory for its users and files.
struct Program {
    path: PathBuf,
    dir: TempDir,
}

impl Program {
    fn new(tool: &Tool, flags: &[&str], fence: &str) -> Result<Self> {
        Self::of(tool, &guest("places", Goal::Wasip1)?, flags, fence)
    }

    fn of(tool: &Tool, module: &Path, flags: &[&str], fence: &str) -> Result<Self> {
        let dir = tempfile::tempdir()?;
        let path = dir.path().join("bin/program");
        fs::create_dir(dir.path().join("bin"))?;
        let flags = flags.iter().copied().chain([fence]);
        let flags: Vec<_> = flags.filter(|flag| !flag.is_empty()).collect();
        build(tool, module, &path, &flags)?;
        Ok(Self { path, dir })
    }

    /// The path of a file in the directory, as text.
    fn at(&self, name: &str) -> String {
        self.dir.path().join(name).display().to_string()
    }

    /// A start with steps, and variables for which `@` stands for the directory.
    fn command(&self, variables: &[&str], steps: &[&str]) -> Command {
        let mut command = target::command(&self.path);
        command.current_dir(&self.dir).env_clear();
        for variable in variables {
            let (name, value) = variable.split_once('=').unwrap_or((variable, ""));
            command.env(name, value.replace('@', &self.at("")));
        }
        command.args(steps.iter().map(|step| step.replace('@', &self.at(""))));
        command
    }

    fn run(&self, variables: &[&str], steps: &[&str]) -> Result<Finished> {
        Run::of(self.command(variables, steps)).run()
    }

    /// Runs steps, which print `expected`.
    fn prints(&self, variables: &[&str], steps: &[&str], expected: &str) -> Result<()> {
        let finished = self.run(variables, steps)?;
        let expected = expected.replace('@', &self.at(""));
        ensure!(
            text(&finished.stdout) == expected,
            "{steps:?}: {}: {:?}, not {expected:?}: {}",
            finished.ends,
            text(&finished.stdout),
            text(&finished.stderr)
        );
        Ok(())
    }

    /// Runs a start that fails with one line.
    fn refuses(&self, variables: &[&str], says: &[&str]) -> Result<()> {
        let finished = self.run(variables, &[])?;
        one_line(&finished, 125, &format!("{}: ", self.path.display()), says)
    }

    /// Starts steps, of which the last waits.
    fn live(&self, variables: &[&str], steps: &[&str]) -> Result<Live> {
        Live::start(self.command(variables, steps), None, None, None)
    }

    /// Names of the directories of `@tmp` below the directory.
    fn holders(&self) -> Result<Vec<PathBuf>> {
        let all = format!("wasi-aot-{}", fs::metadata(&self.path)?.uid());
        let entries = fs::read_dir(self.dir.path().join(all))?;
        entries.map(|entry| Ok(entry?.path())).collect()
    }

    fn is_clean(&self, what: &str) -> Result<()> {
        let holders = self.holders()?;
        ensure!(holders.is_empty(), "{what}: {holders:?} are left");
        Ok(())
    }
}

fn own_directories(tool: &Tool) -> Result<()> {
    let pass = ["--env", "HOME", "--env", "XDG_CONFIG_HOME"];
    for fence in FENCES {
        let program = Program::new(
            tool,
            &[&pass[..], &["--dir", "@config/tool"]].concat(),
            fence,
        )?;
        let steps = [
            "write=@h/.config/tool/f",
            "read=@h/.config/tool/f",
            "list=@h",
        ];
        fs::create_dir(program.at("h"))?;
        let expected = "write ok\nread written\nlist .config\n";
        program.prints(&["HOME=@h"], &steps, expected)?;
        let mode = fs::metadata(program.at("h/.config/tool"))?
            .permissions()
            .mode();
        ensure!(mode & 0o777 == 0o700, "{mode:o}");
        // Another user's directory, by the other variable.
        let steps = ["config", "write=@c/tool/f", "read=@h/.config/tool/f"];
        let expected =
            "config @c\nwrite ok\nread open @h/.config/tool/f: No such file or directory\n";
        program.prints(&["HOME=@h", "XDG_CONFIG_HOME=@c"], &steps, expected)?;
        let file = Program::new(tool, &["--file-ro", "@home/.netrc::/rc"], fence)?;
        fs::write(file.at(".netrc"), "secret")?;
        file.prints(&["HOME=@"], &["read=/rc"], "read secret\n")?;
    }
    Ok(())
}

fn beside(tool: &Tool) -> Result<()> {
    for fence in FENCES {
        let program = Program::new(tool, &["--dir-ro", "@exe/share::/share"], fence)?;
        fs::create_dir(program.at("bin/share"))?;
        fs::write(program.at("bin/share/f"), "data")?;
        let steps = ["read=/share/f", "write=/share/f"];
        let finished = program.run(&[], &steps)?;
        let printed = text(&finished.stdout);
        ensure!(
            printed.starts_with("read data\nwrite open /share/f: "),
            "{printed}"
        );
        ensure!(fs::read_to_string(program.at("bin/share/f"))? == "data");
        // A link doesn't take the directory along.
        symlink(&program.path, program.at("link"))?;
        let mut linked = target::command(program.at("link"));
        linked.args(["read=/share/f"]).current_dir("/").env_clear();
        let finished = Run::of(linked).run()?;
        ensure!(
            text(&finished.stdout) == "read data\n",
            "{}",
            text(&finished.stderr)
        );
    }
    Ok(())
}

fn optional(tool: &Tool) -> Result<()> {
    for fence in FENCES {
        let flags = [
            "--dir",
            "?none",
            "--dir-ro",
            "?@home/x::/x",
            "--dir",
            "?data::/data",
        ];
        let flags = [&flags[..], &["--file-ro", "?rc::/rc"]].concat();
        let program = Program::new(tool, &flags, fence)?;
        let steps = ["write=/data/f", "read=/x/f", "read=/rc"];
        let none = "No such file or directory\n";
        let finished = program.run(&[], &steps)?;
        let printed = text(&finished.stdout).to_lowercase();
        ensure!(
            printed.matches(&none.to_lowercase()).count() == 3,
            "{printed}"
        );
        for dir in ["data", "h/x"] {
            fs::create_dir_all(program.at(dir))?;
        }
        fs::write(program.at("h/x/f"), "x")?;
        fs::write(program.at("rc"), "rc")?;
        program.prints(&["HOME=@h"], &steps, "write ok\nread x\nread rc\n")?;
    }
    Ok(())
}

fn homeless(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &["--dir", "@state/tool"], "")?;
    let says = ["@state/tool", "HOME has no absolute path", "set HOME"];
    for variables in [&[][..], &["HOME=h"], &["HOME="], &["XDG_STATE_HOME=x"]] {
        program.refuses(variables, &says)?;
    }
    let missing = ["it does not exist", "--dir @state/tool"];
    program.refuses(&["HOME=@none"], &missing)
}

/// The variables of a start lead through a link that an earlier run could have made.
fn redirected(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &["--dir", ".", "--dir", "@config/tool::/c"], "")?;
    let outside = tempfile::tempdir()?;
    symlink(outside.path(), program.at("link"))?;
    let says = [
        "leads through a symbolic link in --dir .",
        "--dir @config/tool::/c",
    ];
    program.refuses(&["HOME=@link"], &says)?;
    program.refuses(&["XDG_CONFIG_HOME=@link/x"], &says)?;
    ensure!(
        fs::read_dir(outside.path())?.next().is_none(),
        "a directory was made"
    );
    fs::create_dir_all(outside.path().join(".config/tool"))?;
    program.refuses(&["HOME=@link"], &says)
}

fn inspected(tool: &Tool) -> Result<()> {
    let flags = [
        "--dir",
        "@config/tool",
        "--dir-ro",
        "?@exe::/x",
        "--dir",
        "@tmp",
        "--tz",
    ];
    let program = Program::new(tool, &flags, "")?;
    let run = |json: Option<&str>| -> Result<String> {
        let args = ["inspect"].into_iter().chain(json);
        let mut command = tool.command(args);
        command.arg(&program.path);
        Ok(text(&Run::of(command).run()?.stdout))
    };
    let shown = run(None)?;
    for line in [
        "everything in tool in the directory of settings of whoever starts it (@config)",
        "may read everything in the directory that its own file lies in (@exe)",
        "(if that is there)",
        "(the program calls that /x)",
        "in a new and private directory, which is removed when it ends (@tmp)",
        "may read everything in /usr/share/zoneinfo",
        "sees only TZ",
        "ZONEINFO=/usr/share/zoneinfo",
    ] {
        ensure!(shown.contains(line), "{line} isn't in {shown}");
    }
    let json = run(Some("--json"))?;
    ensure!(json.contains("\"host\": \"?@exe\""), "{json}");
    Ok(())
}

const TMP: [&str; 4] = ["--dir", "@tmp::/tmp", "--max-cpu", "1s"];

fn ends(tool: &Tool) -> Result<()> {
    for fence in FENCES {
        let program = Program::new(tool, &TMP, fence)?;
        let first = ["env=TMPDIR", "tree=..", "list=/tmp/none"];
        for (last, ends) in [
            ("env=X", Ends::Exit(0)),
            ("exit=xxx", Ends::Exit(3)),
            ("panic", Ends::Exit(2)),
            ("nil", Ends::Exit(134)),
            ("spin", Ends::Exit(152)),
        ] {
            let steps = [&first[..], &[last]].concat();
            let finished = program.run(&["TMPDIR=@"], &steps)?;
            let printed = text(&finished.stdout);
            ensure!(
                printed.starts_with("env /tmp\ntree ok\n"),
                "{last}: {printed}"
            );
            ensure!(
                finished.ends == ends,
                "{last}: {}: {}",
                finished.ends,
                text(&finished.stderr)
            );
            program.is_clean(last)?;
        }
    }
    Ok(())
}

fn signals(tool: &Tool) -> Result<()> {
    for fence in FENCES {
        let program = Program::new(tool, &TMP, fence)?;
        for signal in [
            Signal::INT,
            Signal::TERM,
            Signal::HUP,
            Signal::QUIT,
            Signal::USR1,
        ] {
            let live = program.live(&["TMPDIR=@"], &["tree=..", "env=X", "wait"])?;
            live.until("env")?;
            ensure!(program.holders()?.len() == 1);
            live.signal(signal)?;
            let finished = live.ended()?;
            // Go programs show their goroutines on SIGQUIT.
            let expected = match signal {
                Signal::QUIT => Ends::Exit(2),
                signal => Ends::Signal(signal.as_raw()),
            };
            ensure!(finished.ends == expected, "{signal:?}: {}", finished.ends);
            program.is_clean(&format!("{signal:?}"))?;
        }
    }
    Ok(())
}

/// Go's library always exits, other modules may return.
fn returns(tool: &Tool) -> Result<()> {
    let dir = tempfile::tempdir()?;
    let module = assemble(
        dir.path(),
        "module",
        r#"(module (memory (export "memory") 1)
        (func (export "_start")))"#,
    )?;
    for fence in FENCES {
        let program = Program::of(tool, &module, &["--dir", "@tmp"], fence)?;
        let finished = program.run(&["TMPDIR=@"], &[])?;
        ensure!(finished.ends == Ends::Exit(0), "{}", text(&finished.stderr));
        program.is_clean("a return")?;
    }
    Ok(())
}

/// The next start removes what a killed process has left, and nothing of one that lives.
fn killed(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &TMP, "")?;
    let start = || program.live(&["TMPDIR=@"], &["tree=..", "env=X", "wait"]);
    let (alive, dead) = (start()?, start()?);
    for live in [&alive, &dead] {
        live.until("env")?;
    }
    ensure!(program.holders()?.len() == 2);
    dead.signal(Signal::KILL)?;
    dead.ended()?;
    ensure!(program.holders()?.len() == 2);
    // A start without @tmp looks at nothing.
    program.prints(&["TMPDIR=@"], &["list=/tmp"], "list \n")?;
    let left = program.holders()?;
    ensure!(left.len() == 1, "{left:?}");
    let tree = fs::read_dir(left[0].join("tmp"))?
        .next()
        .context("no tree")??;
    ensure!(tree.path().join("level/level/level").is_dir());
    alive.signal(Signal::TERM)?;
    alive.ended()?;
    program.is_clean("the end of the other")
}

/// Links in the directory lead out of it, and their targets stay.
fn links(tool: &Tool) -> Result<()> {
    let outside = tempfile::tempdir()?;
    fs::create_dir(outside.path().join("dir"))?;
    fs::write(outside.path().join("dir/file"), "kept")?;
    let survives = || fs::read_to_string(outside.path().join("dir/file"));
    for fence in FENCES {
        let program = Program::new(tool, &TMP, fence)?;
        for signal in [Signal::TERM, Signal::KILL] {
            let live = program.live(&["TMPDIR=@"], &["tree=..", "env=X", "wait"])?;
            live.until("env")?;
            let tmp = program
                .holders()?
                .pop()
                .context("no directory")?
                .join("tmp");
            for (target, link) in [("dir", "a"), ("dir/file", "b"), ("none", "c")] {
                symlink(outside.path().join(target), tmp.join(link))?;
            }
            fs::create_dir(tmp.join("d"))?;
            symlink(outside.path(), tmp.join("d/e"))?;
            live.signal(signal)?;
            live.ended()?;
        }
        program.prints(&["TMPDIR=@"], &["list=/tmp"], "list \n")?;
        program.is_clean("the last start")?;
        ensure!(survives()? == "kept");
    }
    Ok(())
}

/// The directory for all of a user's must be the user's alone.
fn foreign(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &TMP, "")?;
    let all = format!("wasi-aot-{}", fs::metadata(&program.path)?.uid());
    let all = program.dir.path().join(all);
    let says = ["must be a directory of yours", "mode 0700", "TMPDIR"];
    fs::create_dir(&all)?;
    fs::set_permissions(&all, fs::Permissions::from_mode(0o777))?;
    program.refuses(&["TMPDIR=@"], &says)?;
    fs::remove_dir(&all)?;
    let elsewhere = tempfile::tempdir()?;
    symlink(elsewhere.path(), &all)?;
    program.refuses(&["TMPDIR=@"], &says)?;
    ensure!(fs::read_dir(elsewhere.path())?.next().is_none());
    program.refuses(
        &["TMPDIR=@none"],
        &["cannot make a directory for @tmp", "set TMPDIR"],
    )
}

fn variable(tool: &Tool) -> Result<()> {
    let program = Program::new(tool, &["--dir", "@tmp", "--inherit-env"], "")?;
    let finished = program.run(&["TMPDIR=@"], &["env=TMPDIR"])?;
    let printed = text(&finished.stdout);
    let expected = format!("env {}wasi-aot-", program.at(""));
    ensure!(
        printed.starts_with(&expected) && printed.ends_with("/tmp\n"),
        "{printed}"
    );
    let flags = ["--dir", "@tmp", "--dir", "@tmp::/t", "--env", "TMPDIR=/t"];
    let program = Program::new(tool, &flags, "")?;
    let steps = ["env=TMPDIR", "write=/t/f", "list=/t"];
    program.prints(&["TMPDIR=@"], &steps, "env /t\nwrite ok\nlist f\n")?;
    program.is_clean("two names")?;
    let below = Live::start(
        program.command(&["TMPDIR=@"], &["env=X", "wait"]),
        None,
        None,
        None,
    )?;
    below.until("env")?;
    let holder = program.holders()?.pop().context("no directory")?;
    for path in [&holder, &holder.join("tmp")] {
        let mode = fs::metadata(path)?.permissions().mode();
        ensure!(mode & 0o777 == 0o700, "{mode:o}");
    }
    eventually("the process's ID in the name", || {
        let name = holder.file_name().unwrap_or_default().to_string_lossy();
        Ok(target::is_emulated() || name.starts_with(&format!("{}-", below.pid().as_raw_pid())))
    })
}

fn zones(tool: &Tool) -> Result<()> {
    let berlin = "zone 2026-07-01T14:00:00+02:00\n";
    let machine = Path::new("/usr/share/zoneinfo/Europe/Berlin");
    for fence in FENCES {
        let program = Program::new(tool, &["--tz"], fence)?;
        let finished = program.run(&[], &["zone=Europe/Berlin"])?;
        let printed = text(&finished.stdout);
        ensure!(finished.ends == Ends::Exit(0), "{}", text(&finished.stderr));
        if machine.exists() {
            ensure!(printed == berlin, "{printed}");
        } else {
            eprintln!("SKIPPED: this machine has no time zones");
        }
        let written = program.run(&[], &["write=/usr/share/zoneinfo/f", "env=ZONEINFO"])?;
        let printed = text(&written.stdout);
        ensure!(!printed.contains("ok") && printed.ends_with("env /usr/share/zoneinfo\n"));
        program.prints(&["TZ=Asia/Tokyo"], &["env=TZ"], "env Asia/Tokyo\n")?;
        // In a module that Go made without the overlay, local time stays UTC.
        program.prints(
            &["TZ=Asia/Tokyo"],
            &["local"],
            "local 2026-07-01T12:00:00Z\n",
        )?;
    }
    Ok(())
}
