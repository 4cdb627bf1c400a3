//! Does `wasi-aot` take Go packages in all forms that the go command takes, and does it leave to
//! Go what is Go's: flags, names, errors?

use crate::place::{Place, finish};
use crate::support::{one_line, text};
use anyhow::{Context, Result, ensure};
use harness::go::{NEWEST, OLDER};
use harness::paths;
use harness::run::{Ends, Finished};
use harness::suite::test;
use harness::tool::Tool;
use libtest_mimic::Trial;
use std::fs;
use std::path::Path;
use std::process::Command;
use std::sync::Arc;

/// Files of the module `example.com/pets`.
const FILES: [(&str, &str); 7] = [
    ("go.mod", "module example.com/pets\n\ngo 1.21\n"),
    (
        "main.go",
        "package main\n\nimport (\n\t\"fmt\"\n\t\"os\"\n)\n\nvar version = \"dev\"\n\n\
         func main() { fmt.Println(kind, version, os.Args[1:]) }\n",
    ),
    (
        "plain.go",
        "//go:build !tagged\n\npackage main\n\nconst kind = \"plain\"\n",
    ),
    (
        "tagged.go",
        "//go:build tagged\n\npackage main\n\nconst kind = \"tagged\"\n",
    ),
    (
        "cmd/cat/main.go",
        "package main\n\nfunc main() { println(\"cat\") }\n",
    ),
    (
        "lib/lib.go",
        "package lib\n\nfunc Twice(n int) int { return 2 * n }\n",
    ),
    (
        "lib/lib_test.go",
        r#"package lib

import (
	"os"
	"path/filepath"
	"testing"
)

func TestTwice(t *testing.T) {
	if Twice(2) != 4 {
		t.Fatal("not twice")
	}
}

func TestTemporary(t *testing.T) {
	name := filepath.Join(t.TempDir(), "file")
	if err := os.WriteFile(name, []byte("x"), 0o600); err != nil {
		t.Fatal(err)
	}
	if _, err := os.ReadFile("lib.go"); err != nil {
		t.Fatal(err)
	}
}

func TestOutside(t *testing.T) {
	err := os.WriteFile("written", nil, 0o600)
	t.Logf("written: %v", err == nil)
}
"#,
    ),
];

pub fn trials(tool: &Arc<Tool>) -> Vec<Trial> {
    let mut trials = Vec::new();
    for version in [NEWEST].into_iter().chain(OLDER) {
        let mut add = |name: &str, check: fn(&Place) -> Result<()>| {
            let tool = Arc::clone(tool);
            trials.push(test(format!("package/{name} go{version}"), move || {
                check(&pets(&tool, version)?)
            }));
        };
        add("tested", tested);
        if version == NEWEST {
            add("built in each form", forms);
            add("run", run);
            add("with settings", settings);
            add("of a version", versioned);
            add("Go's errors are Go's", errors);
            add("what wasi-aot refuses", refused);
            add("without Go", without_go);
            add("by Go's own commands", by_go);
        }
    }
    trials
}

/// A place with the module in `pets`.
fn pets(tool: &Arc<Tool>, version: &'static str) -> Result<Place> {
    let place = Place::new(tool, version, Path::new("pets"))?;
    for (name, contents) in FILES {
        let path = place.path(name);
        fs::create_dir_all(path.parent().context("a file is in a directory")?)?;
        fs::write(path, contents)?;
    }
    Ok(place)
}

/// Builds, and returns what the program `output` prints.
fn built(place: &Place, arguments: &[&str], output: &str) -> Result<String> {
    let built = place.wasi_aot(&[&["build", "-q", "-O0"], arguments].concat())?;
    ensure!(
        built.ends == Ends::Exit(0),
        "{arguments:?}: {}",
        text(&built.stderr)
    );
    let said = text(&built.stderr);
    ensure!(said.is_empty(), "{arguments:?}: {said}");
    let ran = finish(place.command(&place.path(output), &["a"])?)?;
    fs::remove_file(place.path(output))?;
    Ok(format!("{}{}", text(&ran.stdout), text(&ran.stderr)))
}

fn forms(place: &Place) -> Result<()> {
    fs::create_dir(place.path("bin"))?;
    for (arguments, output, prints) in [
        (&["."][..], "pets", "plain dev [a]\n"),
        (&["./cmd/cat"], "cat", "cat\n"),
        (&["cmd/cat"], "cat", "cat\n"),
        (&["cmd/cat/main.go"], "main", "cat\n"),
        (&["main.go", "tagged.go"], "main", "tagged dev [a]\n"),
        (&["example.com/pets/cmd/cat"], "cat", "cat\n"),
        (&["-o", "bin/", "."], "bin/pets", "plain dev [a]\n"),
        (&["-o", "other", "./cmd/cat"], "other", "cat\n"),
        (&["-tags", "tagged", "."], "pets", "tagged dev [a]\n"),
        (
            &["--tags=tagged", "-trimpath", "."],
            "pets",
            "tagged dev [a]\n",
        ),
        (
            &["-ldflags", "-s -X main.version=2", "."],
            "pets",
            "plain 2 [a]\n",
        ),
        (&[".", "--", "-tags", "tagged"], "pets", "tagged dev [a]\n"),
        (&["--", ".", "-tags=tagged"], "", ""),
    ] {
        if output.is_empty() {
            // Go gets everything behind --, so there is no package.
            one_line(
                &place.wasi_aot(&[&["build"], arguments].concat())?,
                2,
                "wasi-aot: ",
                &["INPUT"],
            )?;
            continue;
        }
        let printed = built(place, arguments, output)?;
        ensure!(printed == prints, "{arguments:?}: {printed}");
    }
    // Nothing but the package is in the directory.
    ensure!(fs::read_dir(place.path("bin"))?.next().is_none());
    ensure!(fs::read_dir(place.path(""))?.count() == 7);
    Ok(())
}

fn run(place: &Place) -> Result<()> {
    for (arguments, prints) in [
        (&[".", "x", "-tags"][..], "plain dev [x -tags]\n"),
        (&[".", "--", "x", "--"], "plain dev [x --]\n"),
        (&["-tags", "tagged", ".", "x"], "tagged dev [x]\n"),
        (&["main.go", "plain.go", "x.txt"], "plain dev [x.txt]\n"),
    ] {
        let ran = place.wasi_aot(&[&["run", "-O0"], arguments].concat())?;
        let printed = text(&ran.stdout);
        ensure!(
            printed == prints,
            "{arguments:?}: {printed}{}",
            text(&ran.stderr)
        );
    }
    Ok(())
}

/// Temporary files may be written, the package's directory only read.
fn tested(place: &Place) -> Result<()> {
    let ran = place.wasi_aot(&[
        "test",
        "-O0",
        "-v",
        "-count=1",
        "-run",
        "Te|Tw|Out",
        "./...",
    ])?;
    let said = text(&ran.stdout);
    ensure!(ran.ends == Ends::Exit(0), "{said}{}", text(&ran.stderr));
    ensure!(
        said.contains("--- PASS: TestTemporary") && said.contains("written: false"),
        "{said}"
    );
    let ran = place.wasi_aot(&["test", "-O0", "--dir", ".", "-v", "-run=Outside", "./lib"])?;
    ensure!(
        text(&ran.stdout).contains("written: true"),
        "{}",
        text(&ran.stdout)
    );
    ensure!(place.path("lib/written").exists());
    let ran = place.wasi_aot(&[
        "test",
        "-cpuprofile",
        "c.out",
        "-coverprofile=d.out",
        "./lib",
    ])?;
    ensure!(
        ran.ends == Ends::Exit(0),
        "{}{}",
        text(&ran.stdout),
        text(&ran.stderr)
    );
    ensure!(place.path("c.out").exists() && place.path("d.out").exists());
    // The exit code is Go's.
    fs::write(
        place.path("lib/bad_test.go"),
        "package lib\n\nfunc init() { panic(1) }\n",
    )?;
    let ran = place.wasi_aot(&["test", "./lib"])?;
    ensure!(ran.ends == Ends::Exit(1), "{}", ran.ends);
    Ok(())
}

/// `wasi-aot.toml` beside go.mod: the command line counts more, and grants are told or not taken.
fn settings(place: &Place) -> Result<()> {
    let file = place.path("wasi-aot.toml");
    let settings = "[build]\ntags = \"tagged\"\nldflags = \"-X main.version=file\"\nstrip = true\n\n\
                    [policy]\nmax_cpu = \"100s\"\n\n\
                    [[policy.directories]]\nhost = \"/etc\"\naccess = \"read-only\"\n\n\
                    [[policy.environment]]\nname = \"HOME\"\n";
    fs::write(&file, settings)?;
    let output = place.path("pets");
    let build = |flags: &[&str]| -> Result<(String, serde_json::Value, String)> {
        let built = place.wasi_aot(&[&["build"], flags].concat())?;
        ensure!(
            built.ends == Ends::Exit(0),
            "{flags:?}: {}",
            text(&built.stderr)
        );
        let ran = finish(place.command(&output, &[""; 0])?)?;
        let inspected = place.wasi_aot(&["inspect", "--json", "pets"])?;
        let json = serde_json::from_slice(&inspected.stdout)?;
        Ok((text(&ran.stdout), json, text(&built.stderr)))
    };
    let granted = |json: &serde_json::Value| json["policy"]["directories"].as_array().map(Vec::len);
    let (printed, json, notes) = build(&["."])?;
    ensure!(printed == "tagged file []\n", "{printed}");
    ensure!(
        granted(&json) == Some(1) && json["policy"]["max_cpu"] == 100_000,
        "{json}"
    );
    let name = file.canonicalize()?.display().to_string();
    for grant in ["--dir-ro /etc", "--env HOME"] {
        let note = format!("wasi-aot: note: {name} grants {grant}\n");
        ensure!(notes.contains(&note), "{notes}");
    }
    let flags = [
        "-ldflags=-X main.version=line",
        "--max-cpu",
        "9s",
        "--dir-ro",
        "/usr",
        ".",
    ];
    let (printed, json, _) = build(&flags)?;
    ensure!(printed == "tagged line []\n", "{printed}");
    ensure!(
        granted(&json) == Some(2) && json["policy"]["max_cpu"] == 9000,
        "{json}"
    );
    let plain = place.wasi_aot(&["--color", "never", "build", "-q", "."])?;
    ensure!(plain.ends == Ends::Exit(0), "{}", text(&plain.stderr));
    // --policy counts instead of the file's policy, and takes what inspect prints.
    fs::write(place.path("other.toml"), "inherit_environment = true\n")?;
    let (_, json, notes) = build(&["--policy", "other.toml", "."])?;
    ensure!(granted(&json) == Some(0) && json["policy"]["inherit_environment"] == true);
    ensure!(!notes.contains("grants"), "{notes}");
    // run takes the flags and no grant.
    let show = |flags: &[&str]| place.wasi_aot(&[&["run", "-v"], flags, &["."]].concat());
    ensure!(text(&show(&[])?.stdout) == "tagged file []\n");
    ensure!(text(&show(&["--policy", "wasi-aot.toml"])?.stdout) == "tagged file []\n");
    // So does test, of its package.
    let check = "package lib\n\nimport \"testing\"\n\nfunc TestTag(t *testing.T) { t.Log(tag) }\n";
    fs::write(place.path("lib/tag_test.go"), check)?;
    let tag = |name: &str, constraint: &str| {
        let source = format!("//go:build {constraint}\n\npackage lib\n\nconst tag = {name:?}\n");
        fs::write(place.path(&format!("lib/tag_{name}.go")), source)
    };
    tag("plain", "!tagged && !other")?;
    tag("tagged", "tagged && !other")?;
    tag("other", "other")?;
    for (flags, says) in [
        (&["./lib"][..], "tagged\n"),
        (&["-tags=other", "./lib"], "other\n"),
    ] {
        let ran = place.wasi_aot(&[&["test", "-O0", "-v", "-run=Tag"], flags].concat())?;
        let (said, notes) = (text(&ran.stdout), text(&ran.stderr));
        ensure!(said.contains(says), "{flags:?}: {said}{notes}");
        ensure!(notes.contains("has grants, and test takes none"), "{notes}");
    }
    fs::write(&file, "[build]\nO = 9\n")?;
    let ran = place.wasi_aot(&["test", "./lib"])?;
    one_line(&ran, 2, "wasi-aot: ", &["wasi-aot.toml: "])?;
    fs::write(&file, "[build]\ntag = \"x\"\n")?;
    let says = ["wasi-aot.toml: line 2: unknown key tag; a similar key exists: tags"];
    one_line(&place.wasi_aot(&["build", "."])?, 1, "wasi-aot: ", &says)?;
    fs::write(&file, "[build]\nemit = \"x\"\n")?;
    one_line(
        &place.wasi_aot(&["build", "."])?,
        2,
        "wasi-aot: ",
        &["wasi-aot.toml: invalid value 'x'"],
    )
}

/// A module of a proxy that consists of files.
fn versioned(place: &Place) -> Result<()> {
    let proxy = place.directory.path().join("proxy");
    let versions = proxy.join("example.com/pets/@v");
    fs::create_dir_all(&versions)?;
    fs::write(versions.join("list"), "v1.2.3\n")?;
    fs::write(versions.join("v1.2.3.info"), r#"{"Version":"v1.2.3"}"#)?;
    fs::copy(place.path("go.mod"), versions.join("v1.2.3.mod"))?;
    let sources = place.directory.path().join("sources/example.com");
    fs::create_dir_all(&sources)?;
    let mut copy = Command::new("cp");
    copy.arg("-r")
        .arg(place.path(""))
        .arg(sources.join("pets@v1.2.3"));
    ensure!(copy.status()?.success());
    // Go refuses entries for directories.
    let script = "import os, sys, zipfile\n\
                  with zipfile.ZipFile(sys.argv[1], 'w') as archive:\n    \
                  for root, _, names in os.walk('example.com'):\n        \
                  for name in names: archive.write(os.path.join(root, name))";
    let mut zip = Command::new("python3");
    zip.args(["-c", script]).arg(versions.join("v1.2.3.zip"));
    zip.current_dir(place.directory.path().join("sources"));
    ensure!(zip.status()?.success());
    // A setting with which `go install` refuses to cross-compile.
    let settings = place.directory.path().join("settings");
    fs::write(&settings, "GOBIN=/nowhere\n")?;
    let command = |arguments: &[&str]| -> Result<Finished> {
        let mut command = place.wasi_aot_command(arguments)?;
        command.env("GOPROXY", format!("file://{}", proxy.display()));
        command
            .env("GOSUMDB", "off")
            .env("GOFLAGS", "-modcacherw")
            .env("GOENV", &settings);
        command.env("GOMODCACHE", place.directory.path().join("modules"));
        command.current_dir(place.directory.path());
        finish(command)
    };
    for version in ["v1.2.3", "latest"] {
        let package = format!("example.com/pets@{version}");
        let ran = command(&["run", "-tags=tagged", &package, "x"])?;
        ensure!(
            text(&ran.stdout) == "tagged dev [x]\n",
            "{}",
            text(&ran.stderr)
        );
    }
    let built = command(&["build", "-q", "example.com/pets/cmd/cat@v1.2.3"])?;
    ensure!(built.ends == Ends::Exit(0), "{}", text(&built.stderr));
    ensure!(place.directory.path().join("cat").exists());
    let ran = command(&["run", "example.com/pets@v9.9.9"])?;
    ensure!(
        text(&ran.stderr).starts_with("go: "),
        "{}",
        text(&ran.stderr)
    );
    Ok(())
}

/// wasi-aot adds nothing to them.
fn errors(place: &Place) -> Result<()> {
    fs::create_dir(place.path("broken"))?;
    fs::write(
        place.path("broken/main.go"),
        "package main\n\nfunc main() { nope() }\n",
    )?;
    for (arguments, says) in [
        (&["build", "./broken"][..], "undefined: nope"),
        (&["run", "./broken"], "undefined: nope"),
        (&["build", "./lib"], "no main packages"),
        (&["build", "example.com/pets/none"], "none"),
        (
            &["build", ".", "--", "-nonsense"],
            "flag provided but not defined: -nonsense",
        ),
    ] {
        let ran = place.wasi_aot(arguments)?;
        let said = text(&ran.stderr);
        ensure!(
            said.contains(says) && !said.contains("wasi-aot:"),
            "{arguments:?}: {said}"
        );
        ensure!(!ran.ends.is_success(), "{arguments:?}: {}", ran.ends);
    }
    Ok(())
}

fn refused(place: &Place) -> Result<()> {
    fs::write(place.path("pets"), "mine")?;
    let fails = |arguments: &[&str], code, says: &[&str]| {
        one_line(&place.wasi_aot(arguments)?, code, "wasi-aot: ", says)
    };
    fails(
        &["build", "./..."],
        1,
        &["./...: several programs (cat, pets); give one of them"],
    )?;
    fails(
        &["build", "."],
        1,
        &["pets: exists, and wasi-aot didn't make it"],
    )?;
    fails(
        &["build", ".", "./cmd/cat"],
        2,
        &["./cmd/cat is a second input"],
    )?;
    fails(
        &["build", ".", "--", "-o", "x"],
        2,
        &["give -o to wasi-aot"],
    )?;
    fails(
        &["build", "-tags", "x", "pets"],
        2,
        &["-tags=x is for a Go package, and pets is none"],
    )?;
    fails(
        &["build", "-o", "/nowhere/x", "."],
        1,
        &["/nowhere/x: cannot write there"],
    )?;
    fails(&["run", "missing"], 1, &["missing: No such file"])?;
    fails(&["test", "--max-cpu", "x", "./lib"], 2, &["--max-cpu"])?;
    ensure!(fs::read(place.path("pets"))? == b"mine");
    Ok(())
}

fn without_go(place: &Place) -> Result<()> {
    for arguments in [
        &["build", "."][..],
        &["run", "."],
        &["test"],
        &["build", "a.b/c@v1"],
    ] {
        let mut command = place.wasi_aot_command(arguments)?;
        command.env("PATH", "/nowhere");
        let says = ["the go command isn't on PATH", "https://go.dev/dl"];
        one_line(&finish(command)?, 1, "wasi-aot: ", &says)?;
    }
    Ok(())
}

/// `go run` and `go test` find the script beside wasi-aot.
fn by_go(place: &Place) -> Result<()> {
    let script = paths::root().join("cli/go_wasip1_wasm_exec");
    let bin = place.directory.path().join("bin dir");
    fs::create_dir(&bin)?;
    fs::copy(script, bin.join("go_wasip1_wasm_exec"))?;
    std::os::unix::fs::symlink(&place.tool.path, bin.join("wasi-aot"))?;
    let go = |arguments: &[&str]| {
        let mut command = place.command(&place.go.goroot.join("bin/go"), arguments)?;
        let path = format!("{}:/usr/bin:/bin", bin.display());
        command
            .env("PATH", path)
            .env("GOOS", "wasip1")
            .env("GOARCH", "wasm");
        finish(command)
    };
    let ran = go(&["run", ".", "x"])?;
    ensure!(
        text(&ran.stdout) == "plain dev [x]\n",
        "{}",
        text(&ran.stderr)
    );
    let ran = go(&["test", "-v", "./lib"])?;
    let said = text(&ran.stdout);
    ensure!(
        said.contains("written: false") && said.contains("\nok "),
        "{said}{}",
        text(&ran.stderr)
    );
    Ok(())
}
