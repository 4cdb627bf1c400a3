//! The runtime shim at work: modules written in assembly (`shim/module.S`), one
//! per case, linked with GNU ld by the script that users get, and run.
//!
//! Needs `cc` (to assemble) and `ld`, which Rust itself needs too.
#![cfg(all(target_os = "linux", target_arch = "x86_64"))]

use object::{Object, ObjectKind, ObjectSection, ObjectSymbol};
use std::collections::HashSet;
use std::fs;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};
use std::sync::OnceLock;
use wasi_aot_compiler::Target;
use wasi_aot_compiler::internals::shim_image;
use wasi_aot_contract::layout::MAX_MEMORIES;
use wasi_aot_contract::module::CONTRACT_VERSION;
use wasi_aot_contract::parts::Part;
use wasi_aot_contract::symbols::{self, SymbolSet};
use wasi_aot_shim_images::toolchain::Toolchain;

const TRAP: i32 = 134;
const CANNOT_START: i32 = 125;

/// Assembles and links the module with these macros defined; the executable is
/// called `name`.
fn link(name: &str, defines: &[&str]) -> PathBuf {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/shim/module.S");
    let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("shim");
    fs::create_dir_all(&directory).unwrap();
    let executable = directory.join(name);
    let script = directory.join(format!("{name}.ld"));
    fs::write(&script, wasi_aot_shim_images::script::ld()).unwrap();
    let object = directory.join(format!("{name}.o"));
    let mut assemble = Command::new("cc");
    // A later -D of the same name wins, with a warning that -w turns off.
    assemble.arg("-w").args(contract());
    assemble.args(defines.iter().map(|define| format!("-D{define}")));
    succeed(assemble.arg("-c").arg(source).arg("-o").arg(&object));
    succeed(
        Command::new("ld")
            .arg("-T")
            .arg(script)
            .arg("-o")
            .arg(&executable)
            .arg(&object)
            .arg(archive()),
    );
    executable
}

/// What `shim/module.S` has from the contract: its version and the sizes of its arrays.
fn contract() -> [String; 4] {
    [
        ("VERSION", CONTRACT_VERSION as usize),
        ("PARTS", Part::ALL.len()),
        ("SYMBOL_WORDS", SymbolSet::default().len()),
        ("MEMORIES", MAX_MEMORIES),
    ]
    .map(|(name, value)| format!("-D{name}={value}"))
}

/// The static library, built where `make build` builds it.
fn archive() -> &'static Path {
    static ARCHIVE: OnceLock<PathBuf> = OnceLock::new();
    ARCHIVE.get_or_init(|| {
        let target = Target::LinuxAmd64;
        let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).with_file_name("shim-images");
        let tools = Toolchain::find(target).unwrap();
        wasi_aot_shim_images::archive::build(target, &tools, &[], &directory).unwrap()
    })
}

fn succeed(command: &mut Command) {
    let output = command.output().unwrap();
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "{command:?}: {stderr}");
    assert_eq!(stderr, "", "{command:?}");
}

/// Runs the executable as `app` under the shell's command `limit`.
fn run_limited(executable: &Path, limit: &str) -> Output {
    Command::new("bash")
        .args(["-c", &format!("{limit}; exec -a app \"$0\"")])
        .arg(executable)
        .output()
        .unwrap()
}

/// Links and runs a case; it must end with `code` and print this on stderr.
fn check(name: &str, defines: &[&str], code: i32, stderr: &str) {
    check_limited(name, defines, ":", code, stderr);
}

fn check_limited(name: &str, defines: &[&str], limit: &str, code: i32, stderr: &str) {
    let output = run_limited(&link(name, defines), limit);
    assert_eq!(String::from_utf8_lossy(&output.stderr), stderr);
    assert_eq!(output.status.code(), Some(code), "{:?}", output.status);
}

const BACKTRACE: &str = "    at main.f\n    at main.(*T).g\n    at main.main\n";

#[test]
fn a_module_that_returns_exits_with_0() {
    check("returns", &[], 0, "");
}

#[test]
fn memory_is_initialised_and_grows() {
    check("memory", &["CASE_MEMORY"], 42, "");
}

#[test]
fn listed_instructions_trap() {
    let message = format!("app: trap: unreachable in main.f (wasm offset 0x1234)\n{BACKTRACE}");
    check("unreachable", &["CASE_UNREACHABLE"], TRAP, &message);
    let message =
        format!("app: trap: integer divide by zero in main.f (wasm offset 0x77)\n{BACKTRACE}");
    check("divide", &["CASE_DIVIDE"], TRAP, &message);
}

#[test]
fn a_trap_in_a_helper_is_its_callers() {
    let message = format!("app: trap: indirect call type mismatch in main.f\n{BACKTRACE}");
    check("stub", &["CASE_STUB"], TRAP, &message);
}

#[test]
fn accesses_outside_memory_trap() {
    for (name, case, address) in [
        ("load", "CASE_LOAD", "0x20000"),
        ("below", "CASE_STORE_BELOW", "0xfffffff8"),
        ("last", "CASE_LOAD_LAST", "0x13fffffff"),
    ] {
        let message =
            format!("app: trap: out of bounds memory access at {address} in main.f\n{BACKTRACE}");
        check(name, &[case], TRAP, &message);
    }
    let message =
        "app: trap: out of bounds memory access at 0x50000 in main.main\n    at main.main\n";
    check("grown-end", &["CASE_GROWN_END"], TRAP, message);
}

#[test]
fn stack_overflow_is_reported_as_such() {
    let frames = "    at main.f\n".repeat(16);
    let message = |size: &str| {
        format!(
            "app: trap: native stack overflow in main.f: its {size} are used up; \
             build with a larger --stack-size\n{frames}"
        )
    };
    let sized = ["CASE_OVERFLOW", "STACK_SIZE=\"1048576\""];
    check("overflow", &sized, TRAP, &message("1 MiB"));
    let sized = ["CASE_OVERFLOW", "STACK_SIZE=\"67108864\""];
    check("overflow-64m", &sized, TRAP, &message("64 MiB"));
}

#[test]
fn stack_overflow_in_the_shim_is_no_bug() {
    let sized = ["CASE_OVERFLOW_IN_SHIM", "STACK_SIZE=\"1048576\""];
    let output = run_limited(&link("overflow-in-shim", &sized), ":");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("app: trap: native stack overflow in main.f: its 1 MiB are used up"),
        "{stderr}"
    );
    assert_eq!(output.status.code(), Some(TRAP));
}

#[test]
fn a_stack_is_smaller_where_the_system_refuses() {
    // 5 GiB and some for linear memory, so there is room for 512 MiB.
    let output = run_limited(
        &link("overflow-limited", &["CASE_OVERFLOW"]),
        "ulimit -v 6291456",
    );
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with(
            "app: trap: native stack overflow in main.f: its 512 MiB are used up; \
             the system refused the 8 GiB asked for"
        ),
        "{stderr}"
    );
    assert_eq!(output.status.code(), Some(TRAP));
}

#[test]
fn too_little_address_space_is_said() {
    check_limited(
        "ulimit",
        &[],
        "ulimit -v 1048576",
        CANNOT_START,
        "app: cannot reserve 5121 MiB of address space for linear memory: \
         the limit on virtual memory is too low (see ulimit -v)\n",
    );
}

#[test]
fn what_does_not_fit_together_is_refused() {
    check(
        "version",
        &["VERSION=99"],
        CANNOT_START,
        &format!(
            "app: the module was compiled for version 99 of the runtime and is linked with \
             version {CONTRACT_VERSION}; link it with the library of the wasi-aot that compiled it\n"
        ),
    );
    check(
        "cpu",
        &["CPU_FEATURES=0x80000000"],
        CANNOT_START,
        "app: the program is compiled for a processor that this runtime doesn't know; \
         build it again\n",
    );
    check(
        "manifest",
        &["BAD_MANIFEST"],
        CANNOT_START,
        "app: the manifest in the executable is damaged; build it again\n",
    );
}

#[test]
fn faults_of_the_shim_are_bugs() {
    let output = run_limited(&link("bug", &["CASE_BUG"]), ":");
    let stderr = String::from_utf8_lossy(&output.stderr);
    assert!(
        stderr.starts_with("app: BUG: runtime fault: signal 11 at pc 0x4"),
        "{stderr}"
    );
    assert!(stderr.contains("address 0x0 in main."), "{stderr}");
    assert_eq!(output.status.code(), Some(TRAP));
}

#[test]
fn signals_from_outside_end_the_process_as_usual() {
    for (signal, number) in [("SEGV", 11), ("TERM", 15)] {
        let mut child = Command::new(link(&format!("loop-{signal}"), &["CASE_LOOP"]))
            .stderr(Stdio::piped())
            .spawn()
            .unwrap();
        std::thread::sleep(std::time::Duration::from_millis(200));
        succeed(
            Command::new("kill")
                .arg(format!("-{signal}"))
                .arg(child.id().to_string()),
        );
        assert_eq!(child.wait().unwrap().signal(), Some(number));
    }
}

#[test]
fn the_embedded_images_keep_their_promises() {
    for target in Target::ALL {
        keeps_its_promises(shim_image(target));
    }
}

/// An image has everything that an object may refer to, each piece in a section of its own, and
/// nothing that would have to be done before the entry point.
fn keeps_its_promises(image: &[u8]) {
    let image = object::File::parse(image).unwrap();
    assert_eq!(image.kind(), ObjectKind::Relocatable);
    let globals = || image.symbols().filter(|symbol| symbol.is_global());
    let undefined = globals().filter(|symbol| symbol.is_undefined());
    let undefined: Vec<_> = undefined.map(|symbol| symbol.name().unwrap()).collect();
    assert_eq!(undefined, [symbols::MODULE]);
    let section = |name: &str| {
        let symbol = globals().find(|symbol| symbol.name() == Ok(name));
        let symbol = symbol.unwrap_or_else(|| panic!("{name}"));
        symbol.section_index().unwrap_or_else(|| panic!("{name}"))
    };
    let functions = symbols::runtime_symbols().map(|(prefix, name)| format!("{prefix}{name}"));
    let parts = Part::ALL.map(|part| part.root().to_owned());
    let names = functions.chain(parts).chain(["_start".into()]);
    let sections: Vec<_> = names.map(|name| section(&name)).collect();
    let distinct: HashSet<_> = sections.iter().collect();
    assert_eq!(distinct.len(), sections.len());
    for section in image.sections() {
        let name = section.name().unwrap();
        let constructs = [".init", ".fini", ".ctors", ".preinit", ".tdata", ".tbss"];
        assert!(
            !constructs.iter().any(|other| name.starts_with(other)),
            "{name}"
        );
    }
}

#[test]
fn the_embedded_images_name_no_directory_of_this_machine() {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("..");
    let root = root.canonicalize().unwrap();
    let home = std::env::var("CARGO_HOME").or_else(|_| std::env::var("HOME"));
    let directories = [root.to_str().unwrap(), &home.unwrap()];
    for target in Target::ALL {
        let found = |needle: &[u8]| {
            let mut windows = shim_image(target).windows(needle.len());
            windows.any(|window| window == needle)
        };
        for directory in directories {
            assert!(!found(directory.as_bytes()), "{directory}");
        }
        assert!(found(b"src/"), "no panic names its place any more");
    }
}
