//! The parts of the runtime that only some policies need: their roots, and the calls to them.
//!
//! A part is linked if the object refers to its root (`contract/src/parts.rs`). Nothing in the
//! runtime may name a root, or what only roots reach, or every executable would have the
//! part. So the start calls a root by its address in the [`PolicyInfo`], which is 0 where the
//! part is absent.
//!
//! Invariant: no policy is run without a part that it needs. [`Parts::new`] compares the
//! manifest with the addresses before anything is opened.

use crate::manifest::Manifest;
use crate::policy::{self, Refusal, Start};
use crate::report::cannot_start;
use crate::wasi::Wasi;
use crate::{deaths, ending};
use core::ffi::c_char;
use core::ptr::with_exposed_provenance;
use wasi_aot_contract::module::PolicyInfo;
use wasi_aot_contract::parts::Part;

type Listen = fn(&Manifest, u32, &mut Wasi) -> u32;
type Grant = fn(&Manifest, Start<'_>, bool, u32, &mut Wasi);
type LimitCpu = fn(u64) -> u64;
type FindTerminal = fn(&mut Wasi);
type MakeRoot = fn(&Manifest, &mut Wasi);
type LookAtPassed = fn(bool, &[*const c_char]) -> u32;
type ReportListeners = fn(&Manifest, bool, &mut Wasi);

/// The parts of this executable.
pub struct Parts<'a>(&'a PolicyInfo);

impl<'a> Parts<'a> {
    /// The parts that `policy` names.
    ///
    /// # Panics
    /// If `manifest` needs a part that the executable lacks.
    ///
    /// # Safety
    /// Each address of a part in `policy` is 0 or that of the part's root.
    pub unsafe fn new(policy: &'a PolicyInfo, manifest: &Manifest) -> Self {
        let parts = Self(policy);
        for record in manifest.records() {
            for part in Part::ALL {
                assert!(
                    !part.is_needed_for(&record) || parts.root(part).is_some(),
                    "BUG: the executable lacks a part of the runtime that its manifest needs"
                );
            }
        }
        parts
    }

    /// The address of a part's root, if the executable has the part.
    fn root(&self, part: Part) -> Option<*const ()> {
        let address = self.0.parts[part as usize];
        (address != 0).then(|| with_exposed_provenance(address as usize))
    }

    /// Looks at the sockets that a service manager passes with the environment `env`, and returns how
    /// many there are, from the host's descriptor 3 on. `privileged` says whether the program has
    /// rights that its caller lacks.
    pub fn look_at_passed(&self, privileged: bool, env: &[*const c_char]) -> u32 {
        let root = self.root(Part::Passed);
        // SAFETY: the promise of `new`'s caller; the root has this type.
        let root =
            root.map(|root| unsafe { core::mem::transmute::<*const (), LookAtPassed>(root) });
        root.map_or(0, |look_at| look_at(privileged, env))
    }

    /// Opens the listeners behind the `passed` ones, and returns how many there are.
    pub fn listen(&self, manifest: &Manifest, passed: u32, wasi: &mut Wasi) -> u32 {
        let root = self.root(Part::Listeners);
        // SAFETY: the promise of `new`'s caller; the root has this type.
        let root = root.map(|root| unsafe { core::mem::transmute::<*const (), Listen>(root) });
        root.map_or(0, |listen| listen(manifest, passed, wasi))
    }

    /// Opens the directories that are granted, behind the `listeners`. `privileged` says whether
    /// the program has rights that its caller lacks.
    pub fn grant(
        &self,
        manifest: &Manifest,
        start: Start<'_>,
        privileged: bool,
        listeners: u32,
        wasi: &mut Wasi,
    ) {
        let root = self.root(Part::Grants);
        // SAFETY: the promise of `new`'s caller; the root has this type.
        let root = root.map(|root| unsafe { core::mem::transmute::<*const (), Grant>(root) });
        if let Some(grant) = root {
            grant(manifest, start, privileged, listeners, wasi);
        }
    }

    /// Opens the controlling terminal, for a guest that may open it.
    pub fn find_terminal(&self, wasi: &mut Wasi) {
        let root = self.root(Part::Terminal);
        // SAFETY: the promise of `new`'s caller; the root has this type.
        let root =
            root.map(|root| unsafe { core::mem::transmute::<*const (), FindTerminal>(root) });
        if let Some(find) = root {
            find(wasi);
        }
    }

    /// Makes the root, behind all grants.
    pub fn make_root(&self, manifest: &Manifest, wasi: &mut Wasi) {
        let root = self.root(Part::Root);
        // SAFETY: the promise of `new`'s caller; the root has this type.
        let root = root.map(|root| unsafe { core::mem::transmute::<*const (), MakeRoot>(root) });
        if let Some(make) = root {
            make(manifest, wasi);
        }
    }

    /// Writes the addresses of listeners to a file, behind all grants.
    pub fn report_listeners(&self, manifest: &Manifest, privileged: bool, wasi: &mut Wasi) {
        let root = self.root(Part::ListenReport);
        // SAFETY: the promise of `new`'s caller; the root has this type.
        let root =
            root.map(|root| unsafe { core::mem::transmute::<*const (), ReportListeners>(root) });
        if let Some(report) = root {
            report(manifest, privileged, wasi);
        }
    }

    /// Starts the timer that limits processor time, and returns its signal, as
    /// [`unblock`](crate::sys::unblock) takes it.
    pub fn limit_cpu(&self, manifest: &Manifest) -> u64 {
        let root = self.root(Part::CpuLimit);
        // SAFETY: the promise of `new`'s caller; the root has this type.
        let root = root.map(|root| unsafe { core::mem::transmute::<*const (), LimitCpu>(root) });
        let limited = root.zip(manifest.limits.max_cpu);
        limited.map_or(0, |(limit_cpu, limit)| limit_cpu(limit))
    }
}

/// The root of [`Part::Listeners`].
#[cfg_attr(not(test), unsafe(export_name = wasi_aot_contract::symbol!("part_listeners")))]
fn listen(manifest: &Manifest, passed: u32, wasi: &mut Wasi) -> u32 {
    let (fds, environment) = (&mut wasi.fds, &mut wasi.environment);
    policy::listeners(manifest, passed, fds, environment).unwrap_or_else(refuse)
}

/// The root of [`Part::Passed`].
#[cfg_attr(not(test), unsafe(export_name = wasi_aot_contract::symbol!("part_passed")))]
fn look_at_passed(privileged: bool, env: &[*const c_char]) -> u32 {
    policy::passed::check(privileged, env).unwrap_or_else(refuse)
}

/// The root of [`Part::ListenReport`].
#[cfg_attr(not(test), unsafe(export_name = wasi_aot_contract::symbol!("part_listen_report")))]
fn report_listeners(manifest: &Manifest, privileged: bool, wasi: &mut Wasi) {
    policy::listen_report::write(privileged, manifest, &wasi.fds).unwrap_or_else(refuse);
}

/// The root of [`Part::Grants`].
#[cfg_attr(not(test), unsafe(export_name = wasi_aot_contract::symbol!("part_grants")))]
fn grant(manifest: &Manifest, start: Start<'_>, privileged: bool, listeners: u32, wasi: &mut Wasi) {
    policy::privileged::check_directories(privileged, manifest).unwrap_or_else(refuse);
    if policy::temporary::is_granted(manifest) {
        deaths::prepare(policy::temporary::remove);
    }
    let (fds, environment) = (&mut wasi.fds, &mut wasi.environment);
    let (off_limits, files) =
        policy::directories(manifest, start, wasi.args, listeners, fds, environment)
            .unwrap_or_else(refuse);
    (wasi.own, wasi.resolver.hole) = (off_limits.own, off_limits.hole);
    wasi.root.files = files;
}

/// The root of [`Part::CpuLimit`].
#[cfg_attr(not(test), unsafe(export_name = wasi_aot_contract::symbol!("part_cpu_limit")))]
fn limit_cpu(milliseconds: u64) -> u64 {
    crate::cpu_limit::install(milliseconds)
}

/// The root of [`Part::Terminal`].
#[cfg_attr(not(test), unsafe(export_name = wasi_aot_contract::symbol!("part_terminal")))]
fn find_terminal(wasi: &mut Wasi) {
    if wasi.os_rights.opens_terminal {
        wasi.terminal = policy::terminal::controlling();
    }
}

/// The root of [`Part::Root`].
#[cfg_attr(not(test), unsafe(export_name = wasi_aot_contract::symbol!("part_root")))]
fn make_root(manifest: &Manifest, wasi: &mut Wasi) {
    let (fds, environment) = (&mut wasi.fds, &mut wasi.environment);
    wasi.root =
        policy::root::make(manifest, wasi.root.files, fds, environment).unwrap_or_else(refuse);
}

/// Ends the process with the reason why it can't have its grants.
fn refuse<T>(refusal: Refusal) -> T {
    ending::put_right();
    cannot_start(format_args!("{refusal}"))
}

// The types by which the roots are called.
const _: (Listen, Grant, LimitCpu, FindTerminal, MakeRoot) =
    (listen, grant, limit_cpu, find_terminal, make_root);
const _: (LookAtPassed, ReportListeners) = (look_at_passed, report_listeners);
