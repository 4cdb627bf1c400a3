//! Writes modules; shared by the generators.

use wasm_encoder::{
    CodeSection, ExportKind, ExportSection, Function, FunctionSection, InstructionSink, Module,
    TypeSection, ValType,
};

/// A module of these functions, all of type `() -> ()`. The first is `_start`.
pub fn functions(bodies: &[Function]) -> Vec<u8> {
    let mut module = Module::new();
    start(&mut module, bodies.len());
    code(&mut module, bodies);
    module.finish()
}

/// A module of one function with these locals and this code, which has no final `end`.
pub fn body(locals: &[(u32, ValType)], fill: impl FnOnce(&mut InstructionSink<'_>)) -> Vec<u8> {
    functions(&[function(locals, fill)])
}

pub fn function(
    locals: &[(u32, ValType)],
    fill: impl FnOnce(&mut InstructionSink<'_>),
) -> Function {
    let mut function = Function::new(locals.iter().copied());
    let mut code = function.instructions();
    fill(&mut code);
    code.end();
    function
}

/// Sections up to the functions' types: `count` functions of the type `() -> ()`.
/// [`exports`] and [`code`] must follow.
pub fn declare(module: &mut Module, count: usize) {
    let mut types = TypeSection::new();
    types.ty().function([], []);
    module.section(&types);
    let mut functions = FunctionSection::new();
    for _ in 0..count {
        functions.function(0);
    }
    module.section(&functions);
}

/// Exports function 0 as `_start`.
pub fn exports(module: &mut Module) {
    let mut exports = ExportSection::new();
    exports.export("_start", ExportKind::Func, 0);
    module.section(&exports);
}

/// [`declare`] and [`exports`], with nothing between them.
pub fn start(module: &mut Module, count: usize) {
    declare(module, count);
    exports(module);
}

pub fn code(module: &mut Module, bodies: &[Function]) {
    let mut section = CodeSection::new();
    for body in bodies {
        section.function(body);
    }
    module.section(&section);
}

/// As many functions that do nothing.
pub fn empty(count: usize) -> Vec<Function> {
    (0..count).map(|_| function(&[], |_| {})).collect()
}
