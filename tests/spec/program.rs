//! Turns a unit into the modules of one executable, which are all preloads: the modules that the
//! script instantiates, a module for each name under which it registers an instance, and
//! between them the modules that carry out its actions.

use crate::builder::Builder;
use crate::driver::{self, Instance};
use crate::exports::Exports;
use crate::script::{Action, Step, Unit, What};
use crate::{host, rewrite, spectest};
use anyhow::Result;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wasi_aot_compiler::Preload;
use wasmparser::{Parser, Payload};

/// The modules of an executable.
pub struct Program {
    preloads: Vec<(String, Vec<u8>)>,
    pub main: Vec<u8>,
}

impl Program {
    pub fn preloads(&self) -> Vec<Preload<'_>> {
        let preloads = self.preloads.iter();
        preloads
            .map(|(name, wasm)| Preload { name, wasm })
            .collect()
    }
}

/// The parts from which the programs of a unit are made.
pub struct Parts<'u> {
    unit: &'u Unit,
    /// The host's references.
    numbers: BTreeSet<u32>,
    spectest: Vec<u8>,
    instances: HashMap<usize, Instance>,
    /// Of each instance; with functions for the host's references.
    wasm: HashMap<usize, Vec<u8>>,
}

impl<'u> Parts<'u> {
    /// # Errors
    /// If a module can't be read.
    pub fn new(unit: &'u Unit) -> Result<Self> {
        let mut parts = Self {
            unit,
            numbers: host::numbers(unit.actions()),
            spectest: Vec::new(),
            instances: HashMap::new(),
            wasm: HashMap::new(),
        };
        let mut wanted = BTreeSet::new();
        for step in &unit.steps {
            let What::Instantiate { number, wasm, .. } = &step.what else {
                continue;
            };
            wanted.extend(imports_of_spectest(wasm));
            let wasm = if parts.numbers.is_empty() {
                wasm.clone()
            } else {
                rewrite::functions_for_externs(wasm)?
            };
            let instance = Instance {
                name: name(*number),
                exports: Exports::of(&wasm)?,
            };
            parts.instances.insert(*number, instance);
            parts.wasm.insert(*number, wasm);
        }
        parts.spectest = spectest::module(&wanted)?;
        Ok(parts)
    }

    /// The program of the first `steps`. `cut` limits the steps of instantiation of some modules.
    /// The actions in `omitted` are left out, and all actions from the first one on that can't
    /// be done.
    ///
    /// # Errors
    /// If an action names something that isn't exported.
    pub fn program(
        &self,
        steps: usize,
        cut: &BTreeMap<usize, usize>,
        omitted: &[usize],
    ) -> Result<Program> {
        let mut preloads = vec![
            ("spectest".to_owned(), self.spectest.clone()),
            (driver::PLAN.to_owned(), driver::plan()),
        ];
        if !self.numbers.is_empty() {
            preloads.push((host::NAME.to_owned(), host::module(&self.numbers)));
        }
        let (mut next, mut actions) = (0, Vec::new());
        let mut doable = true;
        for (place, step) in self.unit.steps[..steps].iter().enumerate() {
            if let What::Act(action) = &step.what {
                doable &= action.what.is_ok();
                if doable && !omitted.contains(&next) {
                    actions.push((next, action));
                }
                next += 1;
                continue;
            }
            self.flush(&mut actions, place, &mut preloads)?;
            match &step.what {
                What::Instantiate { number, .. } => {
                    let wasm = &self.wasm[number];
                    let wasm = match cut.get(number) {
                        Some(&steps) => rewrite::cut(wasm, steps)?.0,
                        None => wasm.clone(),
                    };
                    preloads.push((name(*number), wasm));
                }
                What::Register { number, name } => {
                    preloads.push((name.clone(), alias(&self.instances[number])));
                }
                What::Unlinkable { .. } | What::Act(_) => {}
            }
        }
        self.flush(&mut actions, steps, &mut preloads)?;
        Ok(Program {
            preloads,
            main: driver::main(),
        })
    }

    /// The number of steps of an instantiation.
    ///
    /// # Errors
    /// If the module can't be read.
    pub fn instantiation(&self, number: usize) -> Result<usize> {
        Ok(rewrite::cut(&self.wasm[&number], 0)?.1)
    }

    fn flush(
        &self,
        actions: &mut Vec<(usize, &Action)>,
        place: usize,
        preloads: &mut Vec<(String, Vec<u8>)>,
    ) -> Result<()> {
        if !actions.is_empty() {
            let wasm = driver::actions(actions, &self.numbers, &self.instances)?;
            preloads.push((format!("actions before step {place}"), wasm));
            actions.clear();
        }
        Ok(())
    }
}

impl Unit {
    pub fn actions(&self) -> impl Iterator<Item = &Action> {
        self.steps.iter().filter_map(|step| match &step.what {
            What::Act(action) => Some(action),
            _ => None,
        })
    }
}

/// The modules that a module which can't be linked could import from: all modules before it in
/// the file.
///
/// # Errors
/// If a module can't be read.
pub fn before(steps: &[Step]) -> Result<Program> {
    let mut preloads = vec![("spectest".to_owned(), spectest::module(&spectest::all())?)];
    let mut instances = HashMap::new();
    for step in steps {
        match &step.what {
            What::Instantiate { number, wasm, .. } => {
                let instance = Instance {
                    name: name(*number),
                    exports: Exports::of(wasm)?,
                };
                preloads.push((name(*number), wasm.clone()));
                instances.insert(*number, instance);
            }
            What::Register { number, name } => {
                preloads.push((name.clone(), alias(&instances[number])));
            }
            What::Unlinkable { .. } | What::Act(_) => {}
        }
    }
    Ok(Program {
        preloads,
        main: Vec::new(),
    })
}

fn name(number: usize) -> String {
    format!("instance {number}")
}

/// A module that imports all exports of an instance, and exports them.
fn alias(instance: &Instance) -> Vec<u8> {
    let mut to = Builder::default();
    for (name, item) in instance.exports.iter() {
        let ty = item.entity(|ty| to.read_type(ty));
        let index = to.import(&instance.name, name, ty);
        to.export(name, item.kind(), index);
    }
    to.finish()
}

fn imports_of_spectest(wasm: &[u8]) -> Vec<String> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        if let Payload::ImportSection(section) = payload {
            let imports = section.into_imports().map_while(Result::ok);
            let imports = imports.filter(|import| import.module == "spectest");
            names.extend(imports.map(|import| import.name.to_owned()));
        }
    }
    names
}
