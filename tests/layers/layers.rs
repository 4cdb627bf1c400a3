//! The layers of each crate, from the bottom up.
//!
//! A new arrow needs a line here. First ask whether the module that it points to should stand
//! lower, or whether the fact can be handed over as data.

/// Modules, each with the modules that it uses. A module stands below all that use it.
pub type Layers = &'static [(&'static str, &'static [&'static str])];

pub const CONTRACT: Layers = &[
    ("cpu", &[]),
    ("target", &["cpu"]),
    ("layout", &["target"]),
    ("place", &[]),
    ("signature", &[]),
    ("os", &["signature"]),
    ("manifest", &["os"]),
    ("parts", &["manifest"]),
    ("preview1", &["signature"]),
    ("imports", &["os", "preview1", "signature"]),
    ("symbols", &["os", "preview1", "signature"]),
    ("module", &["layout", "parts", "symbols"]),
    ("text", &[]),
];

pub const COMPILER: Layers = &[
    // Modules that every phase may use.
    ("error", &[]),
    ("policy", &["error"]),
    ("symbol", &[]),
    ("trap", &[]),
    // Bytes to one valid module.
    ("wasm", &["error"]),
    ("version", &["wasm"]),
    ("merge", &["error", "wasm"]),
    ("module", &["error", "wasm"]),
    // A function: facts about Go, values, passes, CLIF, machine code.
    ("go", &["module"]),
    ("ir", &["error", "go", "module", "wasm"]),
    ("pass", &["error", "go", "ir", "module"]),
    ("passes", &["pass"]),
    ("options", &["error", "passes", "policy"]),
    ("cpu", &["error", "options"]),
    ("target", &["options"]),
    ("weight", &["ir"]),
    ("naming", &["go", "module", "symbol"]),
    (
        "lower",
        &["error", "ir", "module", "options", "symbol", "trap"],
    ),
    (
        "compile",
        &[
            "error", "go", "ir", "lower", "naming", "options", "pass", "symbol", "trap", "weight",
        ],
    ),
    (
        "analysis",
        &[
            "compile", "go", "lower", "module", "naming", "options", "pass", "target",
        ],
    ),
    // Object and executable.
    (
        "emit",
        &["compile", "error", "lower", "module", "naming", "symbol"],
    ),
    ("link", &["error", "module"]),
    ("shim_image", &["options"]),
    ("manifest", &["policy"]),
    // All phases in their order, and the modules that look at them.
    (
        "build",
        &[
            "analysis",
            "compile",
            "emit",
            "error",
            "go",
            "link",
            "lower",
            "manifest",
            "merge",
            "module",
            "options",
            "pass",
            "passes",
            "policy",
            "shim_image",
        ],
    ),
    (
        "inspect",
        &[
            "analysis",
            "compile",
            "error",
            "link",
            "merge",
            "module",
            "options",
            "policy",
            "shim_image",
            "wasm",
        ],
    ),
    (
        "grant",
        &[
            "emit",
            "error",
            "inspect",
            "link",
            "manifest",
            "policy",
            "shim_image",
        ],
    ),
    (
        "internals",
        &["analysis", "merge", "module", "shim_image", "wasm"],
    ),
];

pub const RUNTIME: Layers = &[
    // The machine, the kernel, and messages.
    ("arch", &[]),
    ("sys", &["arch"]),
    ("ending", &["sys"]),
    ("report", &["sys"]),
    ("panic", &["ending", "report"]),
    // Functions that generated code and the compiler call.
    ("pieces", &["arch"]),
    ("compare_bytes", &["arch", "pieces"]),
    ("libc_mem", &["arch", "compare_bytes", "pieces"]),
    // Data that the linker and the kernel hand over.
    ("tables", &[]),
    ("manifest", &[]),
    ("process", &[]),
    // Memories and stacks.
    ("linear_memory", &["report"]),
    ("shim_memory", &[]),
    ("stack", &["report"]),
    // The base of all WASI calls: errno, rights, descriptors, the guest's memory.
    ("abi", &["linear_memory", "shim_memory"]),
    // Features for tests.
    ("again", &["arch", "ending", "stack"]),
    ("corrupt", &["abi", "arch"]),
    // Signals: traps, giving way, the limit of processor time.
    (
        "traps",
        &[
            "again",
            "arch",
            "ending",
            "linear_memory",
            "report",
            "stack",
            "sys",
            "tables",
        ],
    ),
    ("preempt", &["abi", "arch", "linear_memory", "sys", "traps"]),
    ("cpu_limit", &["arch", "ending", "report", "sys", "traps"]),
    (
        "quit",
        &["arch", "ending", "preempt", "report", "sys", "traps"],
    ),
    ("signals", &["abi", "ending", "sys", "traps"]),
    ("deaths", &["arch", "ending", "sys", "traps"]),
    ("terminals", &["abi", "deaths", "sys"]),
    // What the parent has left open.
    ("inherited", &["sys"]),
    // The first fence and the calls that ask it; the second fence.
    (
        "policy",
        &[
            "abi",
            "inherited",
            "manifest",
            "process",
            "report",
            "shim_memory",
            "sys",
        ],
    ),
    (
        "wasi",
        &[
            "abi",
            "corrupt",
            "ending",
            "policy",
            "preempt",
            "quit",
            "shim_memory",
            "signals",
            "traps",
        ],
    ),
    ("os", &["abi", "policy", "signals", "terminals", "wasi"]),
    (
        "harden",
        &[
            "abi",
            "arch",
            "corrupt",
            "linear_memory",
            "manifest",
            "policy",
            "process",
            "report",
            "sys",
        ],
    ),
    (
        "parts",
        &[
            "cpu_limit",
            "deaths",
            "ending",
            "manifest",
            "policy",
            "report",
            "wasi",
        ],
    ),
    ("privileges", &["harden"]),
    // The whole start, in its order.
    (
        "start",
        &[
            "arch",
            "ending",
            "harden",
            "inherited",
            "linear_memory",
            "manifest",
            "parts",
            "policy",
            "preempt",
            "privileges",
            "process",
            "report",
            "stack",
            "sys",
            "tables",
            "traps",
            "wasi",
        ],
    ),
];

pub const IMAGES: Layers = &[
    ("flags", &[]),
    ("paths", &[]),
    ("toolchain", &["paths"]),
    ("archive", &["flags", "paths", "toolchain"]),
    ("image", &["paths", "toolchain"]),
    ("record", &["flags", "paths", "toolchain"]),
    ("script", &[]),
];

pub const CLI: Layers = &[
    ("cache", &[]),
    ("describe", &[]),
    ("input", &[]),
    ("memory_file", &[]),
    ("output", &[]),
    ("told", &[]),
    ("usage", &[]),
    ("message", &["describe", "told", "usage"]),
    ("progress", &["message"]),
    ("flags", &["describe", "input", "progress", "usage"]),
    ("arguments", &["flags", "message", "usage"]),
    ("go", &["cache", "progress", "told", "usage"]),
    ("settings", &["flags", "go"]),
    ("notes", &["describe", "go", "progress", "settings"]),
    ("source", &["flags", "go", "input", "progress", "usage"]),
    (
        "start",
        &["cache", "describe", "flags", "memory_file", "progress"],
    ),
    (
        "commands",
        &[
            "arguments",
            "cache",
            "describe",
            "flags",
            "go",
            "input",
            "message",
            "notes",
            "output",
            "progress",
            "settings",
            "source",
            "start",
            "usage",
        ],
    ),
];
