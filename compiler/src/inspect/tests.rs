use super::asks::Asks;
use super::buildinfo::{self, BuildInfo};
use super::executable::Manifest;
use super::module::Form;
use super::{Executable, InspectError, Inspected, ModuleReport, inspect};
use crate::policy::{Access, EnvVar, Grant, Policy};
use crate::{Emit, Options, build};
use std::mem::offset_of;
use wasi_aot_contract::layout::{DEFAULT_STACK_SIZE, MODULE_INFO_ADDR};
use wasi_aot_contract::manifest::{Record, writer};
use wasi_aot_contract::module::{CONTRACT_VERSION, ModuleInfo, PolicyInfo};
use wasi_aot_contract::{imports, preview1};

const NOTHING: &str =
    r#"(module (memory 2 3) (data (i32.const 8) "abc") (func (export "_start")))"#;

fn wasm(text: &str) -> Vec<u8> {
    wat::parse_str(text).unwrap()
}

fn module(wasm: &[u8]) -> ModuleReport {
    match inspect(wasm) {
        Ok(Inspected::Module(report)) => *report,
        Ok(Inspected::Executable(_)) => panic!("an executable"),
        Err(error) => panic!("{error}"),
    }
}

fn executable(bytes: &[u8]) -> Executable {
    match inspect(bytes) {
        Ok(Inspected::Executable(report)) => *report,
        Ok(Inspected::Module(_)) => panic!("a module"),
        Err(error) => panic!("{error}"),
    }
}

fn error(bytes: &[u8]) -> InspectError {
    inspect(bytes).err().expect("nothing to tell")
}

fn built(options: &Options) -> Vec<u8> {
    build(&wasm(NOTHING), options, &()).unwrap()
}

#[test]
fn every_function_of_the_runtime_has_a_kind() {
    for function in imports::all() {
        let kind = Asks::of(function.module.name(), function.name);
        assert_ne!(kind, Asks::Unknown, "{}", function.name);
    }
    assert_eq!(Asks::of("env", "fd_read"), Asks::Unknown);
    assert_eq!(Asks::of(preview1::MODULE_NAME, "fd_juggle"), Asks::Unknown);
}

#[test]
fn build_information_is_read_as_go_writes_it() {
    let text = "path\texample.com/cmd/app\nmod\texample.com\tv1.2.3\t\n\
        dep\ta.org/x\tv0.1.0\th1:abc=\ndep\tb.org/y\tv2.0.0\n=>\t../y\t(devel)\t\n\
        build\t-ldflags=\"-s -w\"\nbuild\tGOOS=wasip1\nnonsense\n";
    let info = buildinfo::parse(text);
    assert_eq!(info.main_package.as_deref(), Some("example.com/cmd/app"));
    let main = info.main_module.unwrap();
    assert_eq!((&*main.path, &*main.version), ("example.com", "v1.2.3"));
    let [x, y] = &info.dependencies[..] else {
        panic!("{:?}", info.dependencies)
    };
    assert_eq!(
        (&*x.path, &*x.sum, &x.replaced_by),
        ("a.org/x", "h1:abc=", &None)
    );
    assert_eq!(y.replaced_by.as_ref().unwrap().path, "../y");
    assert_eq!(info.settings, ["-ldflags=\"-s -w\"", "GOOS=wasip1"]);
    assert_eq!(buildinfo::parse(""), BuildInfo::default());
}

/// `text` between Go's marks.
fn marked(text: &str) -> Vec<u8> {
    let mark = |hex: u128| hex.to_be_bytes();
    let start = mark(0x3077_af0c_9274_0802_41e1_c107_e6d6_18e6);
    let end = mark(0xf932_4331_8618_2072_0082_4210_4116_d8f2);
    [&start[..], text.as_bytes(), &end].concat()
}

#[test]
fn the_text_that_a_string_points_to_counts() {
    let (embedded, own) = (marked("path\tother\n"), marked("path\town\n"));
    let at = 0x100 + embedded.len() as u64;
    let text = [embedded, own.clone()].concat();
    let header = [at.to_le_bytes(), (own.len() as u64).to_le_bytes()].concat();
    // Go's linker leaves out the zeroes at the header's end.
    let header = &header[..9];
    let found = buildinfo::find(&[(0x100, &text), (0x800, header)]);
    assert_eq!(found.unwrap().main_package.as_deref(), Some("own"));
    // No header points to a text: the header isn't aligned, or points to another place, or the
    // text isn't complete.
    assert_eq!(buildinfo::find(&[(0x100, &text), (0x801, header)]), None);
    assert_eq!(buildinfo::find(&[(0x108, &text), (0x800, header)]), None);
    assert_eq!(buildinfo::find(&[(0x100, &text[..text.len() - 1])]), None);
}

#[test]
fn a_module_is_described() {
    let report = module(&wasm(
        r#"(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
            (memory (export "m") 2 3) (data (i32.const 8) "abc")
            (func (export "_start") (drop (i32.extend8_s (i32.const 1)))))"#,
    ));
    assert!(report.build.is_ok() && !report.is_go());
    assert_eq!(report.form, Form::Command);
    assert_eq!(report.features, ["sign extension"]);
    let [memory] = report.memories[..] else {
        panic!("{} memories", report.memories.len())
    };
    assert_eq!((memory.initial, memory.maximum), (0x2_0000, Some(0x3_0000)));
    assert_eq!((report.data_segments, report.data_size), (1, 3));
    assert_eq!(report.functions, 1);
    assert_eq!(report.imports[0].signature.as_deref(), Some("() -> (i32)"));
    assert_eq!(report.asks().keys().collect::<Vec<_>>(), [&Asks::Waiting]);
    let exports: Vec<_> = report.exports.iter().map(|e| (&*e.name, e.kind)).collect();
    assert_eq!(exports, [("m", "memory"), ("_start", "function")]);
}

#[test]
fn several_memories_are_described() {
    let wasm = wasm(r#"(module (memory 1 2) (memory 3) (func (export "_start")))"#);
    let report = module(&wasm);
    assert!(report.build.is_ok());
    assert_eq!(report.features, ["multi memory"]);
    let memories: Vec<_> = report.memories.iter().collect();
    let [first, second] = memories[..] else {
        panic!("{} memories", memories.len())
    };
    assert_eq!((first.initial, first.maximum), (0x1_0000, Some(0x2_0000)));
    assert_eq!((second.initial, second.maximum), (0x3_0000, None));
    for emit in [Emit::Exe, Emit::Obj] {
        let options = Options {
            emit,
            ..Options::default()
        };
        let report = executable(&build(&wasm, &options, &()).unwrap());
        assert_eq!(
            report.memories,
            [(0x1_0000, 0x2_0000), (0x3_0000, 1 << 32)],
            "{emit:?}"
        );
    }
}

#[test]
fn what_a_build_refuses_is_described_with_its_very_words() {
    let cases = [
        (r#"(module (func (export "f")))"#, Form::Library),
        (r#"(module (func (export "_initialize")))"#, Form::Reactor),
        (
            r#"(module (import "gojs" "runtime.scheduleTimeoutEvent" (func (param i32))))"#,
            Form::GoJs,
        ),
        (
            r#"(module (import "env" "x" (global i32)) (func (export "_start")))"#,
            Form::Command,
        ),
        (
            r#"(module (memory 1) (func (export "_start") (drop (i32.atomic.load (i32.const 0)))))"#,
            Form::Command,
        ),
        (
            r#"(module (func (export "_start") (result i32) i64.const 1))"#,
            Form::Command,
        ),
        (
            r#"(module (memory i64 1) (func (export "_start")))"#,
            Form::Command,
        ),
        (
            r#"(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
                (memory 1) (memory (export "memory") 1) (func (export "_start")))"#,
            Form::Command,
        ),
        ("(component (core module))", Form::Component),
        (
            r#"(module (memory i64 0x100000000) (func (export "_start")))"#,
            Form::Command,
        ),
    ];
    for (text, form) in cases {
        let wasm = wasm(text);
        let report = module(&wasm);
        assert_eq!(report.form, form, "{text}");
        let refused = build(&wasm, &Options::default(), &()).unwrap_err();
        let told = report.build.unwrap_err();
        assert_eq!(told.to_string(), refused.to_string(), "{text}");
    }
    let threads = module(&wasm(cases[4].0));
    assert_eq!(threads.features, ["threads"]);
    let memories = module(&wasm(cases[7].0));
    assert_eq!(memories.features, ["multi memory"]);
    assert_eq!(module(&wasm(cases[6].0)).features, ["memory64"]);
    let refused = module(&wasm(cases[9].0)).build.unwrap_err().to_string();
    assert!(refused.contains("(memory64)"), "{refused}");
}

#[test]
fn a_manifest_is_read_whole() {
    let records = [
        Record::Dir {
            access: Access::ReadOnly,
            host: b"a",
            guest: b"",
        },
        Record::Dir {
            access: Access::ReadWrite,
            host: b"/b",
            guest: b"/c",
        },
        Record::Env {
            assignment: b"A=1=2",
        },
        Record::EnvPass { name: b"B" },
        Record::EnvInherit,
        Record::ListenFds,
        Record::Listen {
            address: b"127.0.0.1:80",
        },
        Record::ListenReport { path: b"ports" },
        Record::StackSize { bytes: 65536 },
        Record::MaxMemory { bytes: 1 << 20 },
        Record::MaxCpu { milliseconds: 1500 },
        Record::NoHarden,
        Record::Spectre,
        Record::RequireHarden,
        Record::BuiltBy {
            compiler: b"wasi-aot 9",
        },
        Record::GoVersion { version: b"go1.99" },
        Record::RefuseOwnDirectory,
        Record::Hole { path: b"/cache" },
        Record::NoSignals,
        Record::HostName,
        Record::Tty,
        Record::Umask { bits: 0o77 },
        Record::TraceDenied,
        Record::Root { joins: true },
        Record::File {
            access: Access::ReadOnly,
            host: b"/etc/hosts",
            guest: b"",
        },
        Record::ArgFiles {
            access: Access::ReadWrite,
        },
    ];
    let manifest = Manifest::read(&writer::write(records)).unwrap();
    let expected = Manifest {
        policy: Policy {
            grants: vec![
                Grant {
                    access: Access::ReadOnly,
                    host: b"a".to_vec(),
                    guest: None,
                },
                Grant {
                    access: Access::ReadWrite,
                    host: b"/b".to_vec(),
                    guest: Some(b"/c".to_vec()),
                },
            ],
            files: vec![Grant {
                access: Access::ReadOnly,
                host: b"/etc/hosts".to_vec(),
                guest: None,
            }],
            arg_files: Some(Access::ReadWrite),
            listen_fds: true,
            listeners: vec!["127.0.0.1:80".parse().unwrap()],
            listen_report: Some(b"ports".to_vec()),
            env: vec![
                EnvVar::Set {
                    name: b"A".to_vec(),
                    value: b"1=2".to_vec(),
                },
                EnvVar::Pass {
                    name: b"B".to_vec(),
                },
            ],
            inherit_env: true,
            max_memory: Some(1 << 20),
            stack_size: Some(65536),
            max_cpu: Some(1500),
            no_harden: true,
            require_harden: true,
            refuse_own_directory: true,
            no_signals: true,
            host_name: true,
            tty: true,
            umask: Some(0o77),
            trace_denied: true,
            time_zones: false,
            hole: Some(b"/cache".to_vec()),
        },
        spectre: true,
        joins_names: true,
        built_by: Some(b"wasi-aot 9".to_vec()),
        go_version: Some(b"go1.99".to_vec()),
    };
    assert_eq!(manifest, expected);
    let [relative, absolute] = &manifest.policy.grants[..] else {
        panic!()
    };
    assert!(relative.is_relative() && !absolute.is_relative());
    let empty = Manifest::read(&writer::write([])).unwrap();
    assert_eq!(empty, Manifest::default());
    assert_eq!(empty.stack_size(), DEFAULT_STACK_SIZE);
    let listen = |address| Manifest::read(&writer::write([Record::Listen { address }]));
    assert!(listen(b"localhost:80").is_err() && listen(b"\xff").is_err());
    assert!(Manifest::read(b"wasi-aot manifest 1\0newer\0").is_err());
}

#[test]
fn what_is_built_says_what_it_was_built_with() {
    let policy = Policy {
        max_memory: Some(0x12_0000),
        stack_size: Some(1 << 20),
        max_cpu: Some(1500),
        inherit_env: true,
        ..Policy::default()
    };
    for (emit, strip) in [(Emit::Exe, false), (Emit::Exe, true), (Emit::Obj, false)] {
        let bytes = built(&Options {
            policy: policy.clone(),
            emit,
            strip,
            ..Options::default()
        });
        let report = executable(&bytes);
        assert_eq!(report.is_object, emit == Emit::Obj);
        assert_eq!(report.has_symbols, !strip);
        let linked = (emit == Emit::Exe).then_some(true);
        assert_eq!(report.runtime_is_known, linked);
        assert_eq!(report.memories, [(0x2_0000, 0x2_0000)]);
        assert_eq!(report.target.name(), "linux/amd64");
        assert!(!report.preempts && report.build_info.is_none());
        assert!(report.sizes.code > 0 && report.sizes.file == bytes.len() as u64);
        assert_eq!(report.sizes.data, 11);
        let manifest = report.manifest;
        assert_eq!(manifest.policy, policy);
        assert_eq!(manifest.built_by.unwrap(), b"wasi-aot 0.1.0");
        assert_eq!(manifest.go_version, None);
    }
}

#[test]
fn other_files_are_named() {
    for (bytes, says) in [
        (&b""[..], "an empty file"),
        (b"\0as", "damaged: it ends within its first bytes"),
        (
            b"#!/bin/sh\n",
            "neither a WebAssembly module nor an ELF file",
        ),
        (b"\x7fELF\x01\x01", "an ELF file that wasi-aot didn't make"),
    ] {
        let error = error(bytes).to_string();
        assert!(error.starts_with(says), "{error}");
    }
    // The runtime's image is an ELF object that isn't a module's.
    assert!(matches!(
        error(crate::shim_image::of(crate::options::Target::LinuxAmd64)),
        InspectError::Foreign(_)
    ));
}

/// The file offset of this address.
fn offset(bytes: &[u8], address: u64) -> usize {
    let word = |at: usize| u64::from_le_bytes(bytes[at..at + 8].try_into().unwrap());
    let headers = word(32) as usize;
    let segments = (0..bytes[56]).map(|index| headers + usize::from(index) * 56);
    let mut mapped = segments.filter_map(|at| {
        let within = address.checked_sub(word(at + 16))?;
        (within < word(at + 32)).then(|| word(at + 8) + within)
    });
    mapped.next().unwrap() as usize
}

#[test]
fn an_executable_that_contradicts_itself_is_refused() {
    let whole = built(&Options::default());
    let info = offset(&whole, MODULE_INFO_ADDR);
    let with = |at: usize, byte: u8| {
        let mut bytes = whole.clone();
        bytes[at] ^= byte;
        error(&bytes)
    };
    let InspectError::OtherVersion { found, ours } = with(info, 0x40) else {
        panic!("another version is taken for ours");
    };
    assert_eq!((found, ours), (CONTRACT_VERSION ^ 0x40, CONTRACT_VERSION));
    // The length of the manifest that the shim acts on.
    let policy = info + offset_of!(ModuleInfo, policy);
    let policy = u64::from_le_bytes(whole[policy..policy + 8].try_into().unwrap());
    let policy = offset(&whole, policy);
    assert!(
        with(policy + offset_of!(PolicyInfo, manifest_len), 1)
            .to_string()
            .contains("names another manifest")
    );
    // The note's length, its manifest's first byte and its name.
    let note = memchr::memmem::find(&whole, b"wasi-aot\0\0\0\0wasi-aot manifest").unwrap();
    assert!(matches!(with(note - 5, 0xff), InspectError::Damaged(_)));
    assert!(
        with(note + 12, 1)
            .to_string()
            .contains("manifest can't be read")
    );
    assert!(matches!(with(note, 1), InspectError::Foreign(_)));
}

/// Random bytes in random places give a report or an error, never a panic.
#[test]
fn damaged_files_never_panic() {
    let exe = built(&Options::default());
    let object = built(&Options {
        emit: Emit::Obj,
        ..Options::default()
    });
    let module = wasm(
        r#"(module (import "wasi_snapshot_preview1" "sched_yield" (func (result i32)))
            (table 2 funcref) (elem (i32.const 0) 0 1) (memory (export "m") 2 3)
            (global (mut i32) (i32.const 4)) (data (i32.const 8) "abc")
            (func (export "_start") (local i64) (block (br_if 0 (i32.const 1)))
                (drop (call_indirect (result i32) (i32.const 0)))))"#,
    );
    let mut state = 1u64;
    let mut random = move |below: usize| {
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 33) as usize % below
    };
    // The parts of an executable that are read: headers, note and module information.
    let info = offset(&exe, MODULE_INFO_ADDR);
    for (whole, first, end) in [
        (&exe, 0, 1024),
        (&exe, info, info + 512),
        (&exe, exe.len() - 1024, exe.len()),
        (&object, 0, object.len()),
        (&module, 0, module.len()),
    ] {
        for _ in 0..1500 {
            let mut bytes = whole.clone();
            for _ in 0..=random(3) {
                let value = [0, 1, 0x7f, 0x80, 0xff, random(256) as u8][random(6)];
                bytes[first + random(end - first)] = value;
            }
            if let Err(error) = inspect(&bytes) {
                assert!(!error.to_string().contains('\n'));
            }
        }
    }
}

#[test]
fn truncated_files_are_refused() {
    for whole in [
        built(&Options::default()),
        built(&Options {
            strip: true,
            ..Options::default()
        }),
        built(&Options {
            emit: Emit::Obj,
            ..Options::default()
        }),
    ] {
        let step = (whole.len() / 50).max(1);
        for len in (0..whole.len()).step_by(step).chain([whole.len() - 1]) {
            assert!(inspect(&whole[..len]).is_err(), "{len} of {}", whole.len());
        }
    }
    // A module that is cut at the end of a section is well-formed, but incomplete.
    let whole = wasm(NOTHING);
    for len in 0..whole.len() {
        if let Ok(Inspected::Module(report)) = inspect(&whole[..len]) {
            let has_all = report.build.is_ok() && report.data_segments == 1;
            assert!(!has_all, "{len} of {}", whole.len());
        }
    }
}
