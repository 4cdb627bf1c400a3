//! Builds the runtime shim for the guest's target and links it into the image
//! that every executable begins with.
//!
//! The shim is a workspace of its own, built by a cargo of its own: nothing that
//! was set for the compiler's build (flags, profiles, wrappers, target
//! directory) may reach it. The linker is the one that comes with Rust.
//!
//! For the crate's sources: `WASI_AOT_SHIM_IMAGE`, the linked image, and
//! `WASI_AOT_SHIM_ARCHIVE`, the static library for linking with `ld`.

use std::env;
use std::ffi::{OsStr, OsString};
use std::path::{Path, PathBuf};
use std::process::Command;
use wasi_aot_contract::{layout, preview1, symbols};

/// The triple whose standard library is needed to build the shim.
const GUEST_TRIPLE: &str = "x86_64-unknown-linux-gnu";

/// Frame pointers carry the backtraces of traps; the image is linked at a fixed
/// address; nothing unwinds.
const GUEST_FLAGS: [&str; 3] = [
    "-Crelocation-model=static",
    "-Cforce-frame-pointers=yes",
    "-Cforce-unwind-tables=no",
];

fn main() {
    let root = PathBuf::from(variable("CARGO_MANIFEST_DIR")).join("..");
    let root = root
        .canonicalize()
        .unwrap_or_else(|error| panic!("{}: {error}", root.display()));
    let out = PathBuf::from(variable("OUT_DIR"));
    watch(&root);
    let archive = build_archive(&root, &out);
    let image = link_image(&root, &out, &archive);
    println!("cargo::rustc-env=WASI_AOT_SHIM_IMAGE={}", image.display());
    println!(
        "cargo::rustc-env=WASI_AOT_SHIM_ARCHIVE={}",
        archive.display()
    );
}

fn variable(name: &str) -> OsString {
    env::var_os(name).unwrap_or_else(|| panic!("cargo does not set {name}"))
}

/// Has cargo run this again when a source of the shim changes. Its target
/// directory, which cargo makes where it is built by hand, is none.
fn watch(root: &Path) {
    let shim = ["src", "Cargo.toml", "Cargo.lock", "shim.ld"].map(|file| ("runtime-shim", file));
    let contract = ["src", "Cargo.toml"].map(|file| ("contract", file));
    for (package, file) in shim.into_iter().chain(contract) {
        let path = root.join(package).join(file);
        println!("cargo::rerun-if-changed={}", path.display());
    }
}

/// Builds the static library.
fn build_archive(root: &Path, out: &Path) -> PathBuf {
    let target = out.join("shim-target");
    let mut cargo = Command::new(variable("CARGO"));
    for (name, _) in env::vars_os().filter(|(name, _)| leaks(name)) {
        cargo.env_remove(name);
    }
    cargo
        .current_dir(root.join("runtime-shim"))
        .args(["build", "--release", "--locked", "--lib"])
        .args(["--target", GUEST_TRIPLE, "--target-dir"])
        .arg(&target)
        .env("CARGO_ENCODED_RUSTFLAGS", flags(root));
    run(
        &mut cargo,
        &format!("the runtime shim does not build (rustup target add {GUEST_TRIPLE}?)"),
    );
    target.join(GUEST_TRIPLE).join("release/libwasi_aot_shim.a")
}

/// Whether a variable would change how the shim is built: all that cargo and
/// clippy set or listen to, but for what says where packages come from and the
/// job server.
fn leaks(name: &OsStr) -> bool {
    const KEPT: [&str; 7] = [
        "CARGO_HOME",
        "CARGO_HTTP_",
        "CARGO_MAKEFLAGS",
        "CARGO_NET_",
        "CARGO_REGISTR",
        "CARGO_SOURCE_",
        "CARGO_TERM_",
    ];
    const SET: [&str; 6] = [
        "CARGO_",
        "CLIPPY_",
        "RUSTFLAGS",
        "RUSTC_WRAPPER",
        "RUSTC_WORKSPACE_WRAPPER",
        "RUSTDOC",
    ];
    let name = name.to_string_lossy();
    let begins = |prefixes: &[&str]| prefixes.iter().any(|prefix| name.starts_with(prefix));
    begins(&SET) && !begins(&KEPT)
}

/// [`GUEST_FLAGS`], and short names for the directories of this machine, which
/// the shim's panic messages would otherwise carry into every executable.
fn flags(root: &Path) -> OsString {
    let mut flags: Vec<OsString> = GUEST_FLAGS.iter().map(OsString::from).collect();
    let cargo_home = env::var_os("CARGO_HOME").or_else(|| {
        let home = PathBuf::from(env::var_os("HOME")?);
        Some(home.join(".cargo").into())
    });
    let names = [
        (Some(root.as_os_str()), "wasi-aot"),
        (cargo_home.as_deref(), "cargo"),
    ];
    for (directory, name) in names {
        if let Some(directory) = directory {
            let mut flag = OsString::from("--remap-path-prefix=");
            flag.push(directory);
            flag.push("=");
            flag.push(name);
            flags.push(flag);
        }
    }
    flags.join(OsStr::new("\x1f"))
}

/// Links the image: at its fixed address, with every function that a module may
/// call, against the address where the module's info will be.
fn link_image(root: &Path, out: &Path, archive: &Path) -> PathBuf {
    let image = out.join("shim-image");
    let mut linker = linker();
    linker
        .args(["-static", "--gc-sections", "--strip-debug"])
        .args(["-z", "max-page-size=4096", "-T"])
        .arg(root.join("runtime-shim/shim.ld"));
    let addresses = [
        ("IMAGE_BASE", layout::IMAGE_BASE),
        ("MODULE_INFO_ADDR", layout::MODULE_INFO_ADDR),
        (symbols::MODULE, layout::MODULE_INFO_ADDR),
    ];
    for (name, address) in addresses {
        linker.arg(format!("--defsym={name}={address:#x}"));
    }
    for name in exports() {
        linker.args(["-u", &name]);
    }
    linker.arg(archive).arg("-o").arg(&image);
    run(&mut linker, "the runtime shim does not link");
    image
}

/// The symbols of the shim that the code of a module refers to.
fn exports() -> impl Iterator<Item = String> {
    let wasi = preview1::FUNCTIONS
        .iter()
        .map(|function| format!("{}{}", symbols::WASI_PREFIX, function.name));
    let helpers = symbols::HELPERS.into_iter();
    helpers.map(String::from).chain(wasi)
}

/// rust-lld of the toolchain in use, or ld.lld where a distribution's Rust has
/// none.
fn linker() -> Command {
    let output = Command::new(variable("RUSTC"))
        .args(["--print", "sysroot"])
        .output()
        .unwrap_or_else(|error| panic!("rustc does not start: {error}"));
    let sysroot = String::from_utf8(output.stdout).expect("rustc prints a path that is not UTF-8");
    let rust_lld = Path::new(sysroot.trim_end())
        .join("lib/rustlib")
        .join(variable("HOST"))
        .join("bin/rust-lld");
    if rust_lld.exists() {
        let mut linker = Command::new(rust_lld);
        linker.args(["-flavor", "gnu"]);
        linker
    } else {
        Command::new("ld.lld")
    }
}

/// Runs `command` to its end; where it fails, so does the build, with `problem`.
fn run(command: &mut Command, problem: &str) {
    match command.status() {
        Ok(status) if status.success() => {}
        Ok(status) => panic!("{problem}: {status}"),
        Err(error) => panic!("{problem}: {}: {error}", command.get_program().display()),
    }
}
