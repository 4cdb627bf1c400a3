//! A report as one JSON object. Its keys are documented and stable: `schema` rises with each
//! change that isn't an addition. `tests/cli/keys.rs` compares them with the document.
//!
//! Paths and variables are bytes in the file. If they aren't UTF-8, the text is lossy, and
//! the key with `_hex` holds the bytes as hexadecimal digits.

use serde_json::{Map, Value, json};
use std::fmt::Write;
use wasi_aot_compiler::inspect::buildinfo::{BuildInfo, GoModule};
use wasi_aot_compiler::inspect::module::Item;
use wasi_aot_compiler::inspect::{Executable, Inspected, ModuleReport};
use wasi_aot_compiler::policy::{Access, EnvVar, Grant, Policy};

/// Version of the object's keys and their meaning.
const SCHEMA: u32 = 1;

/// The report, with its last line feed.
pub fn json(inspected: &Inspected) -> String {
    let value = match inspected {
        Inspected::Module(report) => module(report),
        Inspected::Executable(report) => executable(report),
    };
    format!("{value:#}\n")
}

fn module(report: &ModuleReport) -> Value {
    let asks = report.asks().into_iter().map(|(kind, imports)| {
        let names: Vec<_> = imports.iter().map(|import| import.name.as_str()).collect();
        json!({ "for": kind.name(), "meaning": kind.meaning(), "imports": names })
    });
    let asks: Vec<_> = asks.collect();
    let recognised = report.recognised.map(|recognised| {
        json!({
            "go_runtime": recognised.go_runtime,
            "dispatch": { "functions": recognised.dispatches, "recognised": recognised.removed },
            "trusted_facts": recognised.trusted_facts,
            "preemption": recognised.preemption,
            "byte_loops": recognised.byte_loops,
        })
    });
    let memories = report.memories.iter();
    let memories: Vec<_> = memories
        .map(|m| json!({ "initial": m.initial, "maximum": m.maximum }))
        .collect();
    json!({
        "schema": SCHEMA,
        "kind": "module",
        "form": report.form.name(),
        "build": {
            "possible": report.build.is_ok(),
            "error": report.build.as_ref().err().map(ToString::to_string),
        },
        "go": report.is_go().then(|| go(report.go_version.as_deref(), report.build_info.as_ref())),
        "recognised": recognised,
        "features": report.features,
        "memory": memories.first(),
        "memories": memories,
        "asks": asks,
        "imports": report.imports.iter().map(item).collect::<Vec<_>>(),
        "exports": report.exports.iter().map(item).collect::<Vec<_>>(),
        "functions": report.functions,
        "data_segments": report.data_segments,
        "sizes": { "file": report.size, "code": report.code_size, "data": report.data_size },
    })
}

fn item(item: &Item) -> Value {
    let mut object = Map::new();
    if let Some(module) = &item.module {
        object.insert("module".into(), json!(module));
    }
    object.insert("name".into(), json!(item.name));
    object.insert("kind".into(), json!(item.kind));
    if let Some(signature) = &item.signature {
        object.insert("signature".into(), json!(signature));
    }
    object.into()
}

fn go(version: Option<&str>, info: Option<&BuildInfo>) -> Value {
    let info = info.cloned().unwrap_or_default();
    json!({
        "version": version,
        "main_package": info.main_package,
        "main_module": info.main_module.as_ref().map(go_module),
        "dependencies": info.dependencies.iter().map(go_module).collect::<Vec<_>>(),
        "settings": info.settings,
    })
}

fn go_module(module: &GoModule) -> Value {
    json!({
        "path": module.path,
        "version": module.version,
        "sum": module.sum,
        "replaced_by": module.replaced_by.as_deref().map(go_module),
    })
}

fn executable(report: &Executable) -> Value {
    let manifest = &report.manifest;
    let text = |bytes: &Option<Vec<u8>>| {
        let bytes = bytes.as_deref();
        bytes.map(|bytes| String::from_utf8_lossy(bytes).into_owned())
    };
    let go_version = text(&manifest.go_version);
    let is_go = go_version.is_some() || report.build_info.is_some();
    json!({
        "schema": SCHEMA,
        "kind": if report.is_object { "object" } else { "executable" },
        "target": report.target.name(),
        "cpu": report.cpu_spec().to_string(),
        "built_by": text(&manifest.built_by),
        "go": is_go.then(|| go(go_version.as_deref(), report.build_info.as_ref())),
        "policy": policy(report),
        "hardening": {
            "landlock": !manifest.policy.no_harden,
            "seccomp": !manifest.policy.no_harden,
            "required": manifest.policy.require_harden,
        },
        "os_functions": report.os_functions,
        "preemption": report.preempts,
        "spectre": manifest.spectre,
        "runtime": report.runtime_is_known.map(|known| if known { "known" } else { "unknown" }),
        "symbols": report.has_symbols,
        "sizes": {
            "file": report.sizes.file,
            "code": report.sizes.code,
            "data": report.sizes.data,
        },
    })
}

/// The policy. What stands in `hardening` isn't in it.
fn policy(report: &Executable) -> Value {
    let Policy {
        grants,
        files,
        arg_files,
        listen_fds,
        listeners,
        listen_report,
        env,
        inherit_env,
        max_memory,
        stack_size: _,
        max_cpu,
        no_harden: _,
        require_harden: _,
        refuse_own_directory,
        no_signals,
        host_name,
        tty,
        umask,
        trace_denied,
        // In a manifest the zones are grants and variables as all others.
        time_zones: _,
        hole,
    } = &report.manifest.policy;
    let memories = report.memories.iter();
    let memories: Vec<_> = memories
        .map(|(initial, maximum)| json!({ "initial": initial, "maximum": maximum }))
        .collect();
    let listeners = listeners.iter().map(ToString::to_string);
    let mut value = json!({
        "directories": grants.iter().map(grant).collect::<Vec<_>>(),
        "files": files.iter().map(grant).collect::<Vec<_>>(),
        "arg_files": arg_files.map(access),
        "environment": env.iter().map(variable).collect::<Vec<_>>(),
        "inherit_environment": inherit_env,
        "listen_fds": listen_fds,
        "listeners": listeners.collect::<Vec<_>>(),
        "memory": memories.first(),
        "memories": memories,
        "stack": report.manifest.stack_size(),
        "max_memory": max_memory,
        "max_cpu": max_cpu,
        "refuse_own_directory": refuse_own_directory,
        "hostname": host_name,
        "signals": !no_signals,
        "tty": tty,
        "umask": umask.map(|bits| format!("{bits:03o}")),
        "trace_denied": trace_denied,
    });
    if let Value::Object(policy) = &mut value {
        insert_bytes(policy, "hole", hole.as_deref());
        insert_bytes(policy, "listen_report", listen_report.as_deref());
    }
    value
}

fn access(access: Access) -> &'static str {
    match access {
        Access::ReadWrite => "read-write",
        Access::ReadOnly => "read-only",
    }
}

fn grant(grant: &Grant) -> Value {
    let mut object = Map::new();
    object.insert("access".into(), json!(access(grant.access)));
    insert_bytes(&mut object, "host", Some(&grant.host));
    object.insert("resolved_at_start".into(), json!(grant.is_relative()));
    insert_bytes(&mut object, "guest", grant.guest.as_deref());
    object.into()
}

/// A variable that is passed through has no value.
fn variable(variable: &EnvVar) -> Value {
    let mut object = Map::new();
    insert_bytes(&mut object, "name", Some(variable.name()));
    let value = match variable {
        EnvVar::Set { value, .. } => Some(value.as_slice()),
        EnvVar::Pass { .. } => None,
    };
    insert_bytes(&mut object, "value", value);
    object.into()
}

fn insert_bytes(object: &mut Map<String, Value>, key: &str, bytes: Option<&[u8]>) {
    let text = bytes.map(String::from_utf8_lossy);
    object.insert(key.into(), json!(text));
    if let Some(bytes) = bytes.filter(|bytes| str::from_utf8(bytes).is_err()) {
        let mut digits = String::new();
        for byte in bytes {
            // Writing to a string can't fail.
            let _ = write!(digits, "{byte:02x}");
        }
        object.insert(format!("{key}_hex"), json!(digits));
    }
}
