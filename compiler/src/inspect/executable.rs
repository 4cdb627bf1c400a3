//! Describes an executable or an object that wasi-aot made.

use super::InspectError;
use super::buildinfo::{self, BuildInfo};
use super::elf;

use crate::link;
use crate::options::Target;
use crate::policy::{Access, EnvVar, Grant, Policy};
use crate::shim_image;
use wasi_aot_contract::cpu::{Features, Spec};
use wasi_aot_contract::layout::{DEFAULT_STACK_SIZE, WASM_PAGE_SIZE};
use wasi_aot_contract::manifest::{self, Malformed, Record};
use wasi_aot_contract::module::MemoryLimits;
use wasi_aot_contract::place::{Host, Place};

/// An executable, or an object that is still to be linked.
pub struct Executable {
    /// Whether it is an object.
    pub is_object: bool,
    /// The target that it was built for.
    pub target: Target,
    /// The features that its processor must have.
    pub cpu: Features,
    /// The contents of its manifest.
    pub manifest: Manifest,
    /// For each memory, its bytes at the start and at most. At least one memory.
    pub memories: Vec<(u64, u64)>,
    /// Whether goroutines that compute are preempted.
    pub preempts: bool,
    /// Names of the functions of `wasi_aot_os_1` that the module calls.
    pub os_functions: Vec<&'static str>,
    /// Whether it has a symbol table.
    pub has_symbols: bool,
    /// Whether its runtime is the one that this wasi-aot links. `None` for an object, which
    /// has no runtime.
    pub runtime_is_known: Option<bool>,
    /// The build information of the module that it was made from.
    pub build_info: Option<BuildInfo>,
    /// Its sizes.
    pub sizes: Sizes,
}

/// Bytes in the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Sizes {
    /// The whole file.
    pub file: u64,
    /// Code made from the module.
    pub code: u64,
    /// Initial bytes of linear memory.
    pub data: u64,
}

/// The policy, the compiler, and the version of Go that made the module.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Manifest {
    /// What the program may touch: its manifest is that of the file, but for how the code was made.
    pub policy: Policy,
    /// Whether its code is guarded against speculative execution.
    pub spectre: bool,
    /// Whether the program is a Go module, which sees an empty root outside of its grants.
    pub joins_names: bool,
    /// The compiler and its version.
    pub built_by: Option<Vec<u8>>,
    /// The version of Go that made the module.
    pub go_version: Option<Vec<u8>>,
}

/// Reads the parts of the ELF file in `bytes`, and its manifest.
pub(crate) fn read(bytes: &[u8]) -> Result<(elf::Parts<'_>, Manifest), InspectError> {
    let parts = elf::parts(bytes)?;
    if !parts
        .target
        .cpu()
        .all()
        .contains(Features(parts.cpu_features))
    {
        let why = "it needs processor features that this wasi-aot doesn't know; a newer one may";
        return Err(InspectError::Damaged(why.into()));
    }
    let manifest = Manifest::read(parts.manifest).map_err(|Malformed| {
        InspectError::Damaged(
            "its manifest can't be read; a newer wasi-aot may have written it".into(),
        )
    })?;
    Ok((parts, manifest))
}

/// Describes the ELF file in `bytes`.
pub(super) fn report(bytes: &[u8]) -> Result<Executable, InspectError> {
    let (parts, manifest) = read(bytes)?;
    let target = parts.target;
    let memories = memories(&parts.memories, &manifest);
    Ok(Executable {
        is_object: parts.is_object,
        target,
        cpu: Features(parts.cpu_features),
        manifest,
        memories,
        preempts: parts.preempts,
        os_functions: parts.os_functions,
        has_symbols: parts.has_symbols,
        runtime_is_known: (!parts.is_object)
            .then(|| link::has_runtime(bytes, shim_image::of(target))),
        build_info: buildinfo::find(&parts.image),
        sizes: Sizes {
            file: bytes.len() as u64,
            code: parts.code_size,
            data: parts
                .image
                .iter()
                .map(|(_, bytes)| bytes.len() as u64)
                .sum(),
        },
    })
}

/// The initial and the largest number of bytes of each memory. The initial bytes of the other
/// memories aren't available to a memory.
fn memories(limits: &[MemoryLimits], manifest: &Manifest) -> Vec<(u64, u64)> {
    let bytes = |pages: u32| u64::from(pages) * WASM_PAGE_SIZE;
    let all: u64 = limits
        .iter()
        .map(|memory| bytes(memory.initial_pages))
        .sum();
    let allowed = manifest.policy.max_memory.map_or(u64::MAX, |all| {
        let rest = all.saturating_sub(manifest.stack_size());
        rest - rest % WASM_PAGE_SIZE
    });
    let room = allowed.saturating_sub(all);
    let limits = limits.iter().map(|memory| {
        let initial = bytes(memory.initial_pages);
        let maximum = bytes(memory.maximum_pages).min(initial.saturating_add(room));
        (initial, maximum)
    });
    limits.collect()
}

impl Executable {
    /// The features that its processor must have, as `--cpu` takes them: `x86-64-v2`.
    #[must_use]
    pub fn cpu_spec(&self) -> Spec {
        self.target.cpu().spec(self.cpu)
    }
}

impl Manifest {
    /// Reads a manifest.
    ///
    /// # Errors
    /// [`Malformed`] for a manifest that the shim would refuse to start with.
    pub fn read(bytes: &[u8]) -> Result<Self, Malformed> {
        let mut manifest = Self::default();
        for record in manifest::records(bytes)? {
            manifest.add(record?)?;
        }
        Ok(manifest)
    }

    /// Bytes that are reserved for the native stack.
    #[must_use]
    pub fn stack_size(&self) -> u64 {
        self.policy.stack_size.unwrap_or(DEFAULT_STACK_SIZE)
    }

    fn add(&mut self, record: Record<'_>) -> Result<(), Malformed> {
        let policy = &mut self.policy;
        match record {
            Record::Dir {
                access,
                host,
                guest,
            } => policy.grants.push(grant(access, host, guest)),
            Record::Env { assignment } => policy.env.push(variable(assignment)),
            Record::EnvPass { name } => policy.env.push(EnvVar::Pass {
                name: name.to_vec(),
            }),
            Record::EnvInherit => policy.inherit_env = true,
            Record::ListenFds => policy.listen_fds = true,
            Record::ListenReport { path } => policy.listen_report = Some(path.to_vec()),
            Record::Listen { address } => {
                let address = str::from_utf8(address).map_err(|_| Malformed)?;
                let address = address.parse().map_err(|_| Malformed)?;
                policy.listeners.push(address);
            }
            Record::StackSize { bytes } => policy.stack_size = Some(bytes),
            Record::MaxMemory { bytes } => policy.max_memory = Some(bytes),
            Record::MaxCpu { milliseconds } => policy.max_cpu = Some(milliseconds),
            Record::NoHarden => policy.no_harden = true,
            Record::Spectre => self.spectre = true,
            Record::RequireHarden => policy.require_harden = true,
            Record::RefuseOwnDirectory => policy.refuse_own_directory = true,
            Record::NoSignals => policy.no_signals = true,
            Record::HostName => policy.host_name = true,
            Record::Tty => policy.tty = true,
            Record::Umask { bits } => policy.umask = Some(bits),
            Record::TraceDenied => policy.trace_denied = true,
            Record::Root { joins } => self.joins_names = joins,
            Record::File {
                access,
                host,
                guest,
            } => policy.files.push(grant(access, host, guest)),
            Record::ArgFiles { access } => policy.arg_files = Some(access),
            Record::Hole { path } => policy.hole = Some(path.to_vec()),
            Record::BuiltBy { compiler } => self.built_by = Some(compiler.to_vec()),
            Record::GoVersion { version } => self.go_version = Some(version.to_vec()),
        }
        Ok(())
    }
}

/// The variable of an assignment `K=V`.
fn variable(assignment: &[u8]) -> EnvVar {
    let end = assignment.iter().position(|&b| b == b'=');
    let (name, value) = assignment.split_at(end.unwrap_or(assignment.len()));
    EnvVar::Set {
        name: name.to_vec(),
        value: value.get(1..).unwrap_or_default().to_vec(),
    }
}

/// The grant of a record.
fn grant(access: Access, host: &[u8], guest: &[u8]) -> Grant {
    Grant {
        access,
        host: host.to_vec(),
        guest: (!guest.is_empty()).then(|| guest.to_vec()),
    }
}

impl Grant {
    /// Whether the start of the program decides which directory it is.
    #[must_use]
    pub fn is_relative(&self) -> bool {
        self.plain_host().is_none_or(|host| !host.starts_with(b"/"))
    }

    /// Whether the program starts without it where it isn't there.
    #[must_use]
    pub fn is_optional(&self) -> bool {
        Host::parse(&self.host).is_some_and(|host| host.optional)
    }

    /// The place that it is below.
    #[must_use]
    pub fn place(&self) -> Option<Place> {
        Host::parse(&self.host)?.place
    }
}
