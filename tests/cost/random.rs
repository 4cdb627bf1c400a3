//! Makes a random module from a seed.

use crate::sections::{self, Counts, sized};
use crate::shapes::{self, Body, WIDTH};
use harness::rng::Rng;
use wasm_encoder::{CodeSection, DataCountSection, Function, FunctionSection, Module, ValType};

/// A kind of modules.
pub struct Kind {
    pub name: &'static str,
    pub make: fn(&mut Rng) -> Vec<u8>,
}

pub const KINDS: &[Kind] = &[
    Kind {
        name: "one shape",
        make: one_shape,
    },
    Kind {
        name: "a shape many times",
        make: many,
    },
    Kind {
        name: "shapes mixed",
        make: mixed,
    },
    Kind {
        name: "one section",
        make: one_section,
    },
    Kind {
        name: "sections and shapes",
        make: everything,
    },
    Kind {
        name: "locals",
        make: locals,
    },
];

/// The approximate size of a module in bytes.
const SIZE: usize = 150_000;

/// A body of one shape and any size.
fn one_shape(rng: &mut Rng) -> Vec<u8> {
    let body = body(rng, 1, 20_000);
    module(rng, &Counts::default(), &[body])
}

/// Small bodies of one shape.
fn many(rng: &mut Rng) -> Vec<u8> {
    let shape = rng.below(shapes::ALL.len());
    let (size, locals) = (1 + sized(rng, 300), 1 + sized(rng, 300));
    let one = || {
        let mut body = Body::new(locals as u32);
        shapes::ALL[shape].1(&mut Rng::new(7), &mut body, size);
        body.finish()
    };
    let first = one();
    let bodies = (SIZE / first.byte_len()).clamp(1, 5000);
    module(rng, &Counts::default(), &vec![first; bodies])
}

/// Bodies of several shapes each.
fn mixed(rng: &mut Rng) -> Vec<u8> {
    let bodies: Vec<_> = (0..1 + rng.below(6)).map(|_| body(rng, 4, 2000)).collect();
    module(rng, &Counts::default(), &bodies)
}

fn one_section(rng: &mut Rng) -> Vec<u8> {
    let mut counts = Counts::default();
    count(rng, &mut counts, 1);
    module(rng, &counts, &[])
}

fn everything(rng: &mut Rng) -> Vec<u8> {
    let mut counts = Counts::default();
    count(rng, &mut counts, 5);
    let bodies: Vec<_> = (0..1 + rng.below(4)).map(|_| body(rng, 3, 1000)).collect();
    module(rng, &counts, &bodies)
}

/// Functions with more locals than they use.
fn locals(rng: &mut Rng) -> Vec<u8> {
    let types = [ValType::I32, ValType::I64, ValType::F64, ValType::V128];
    let bodies: Vec<_> = (0..1 + sized(rng, 3000))
        .map(|_| {
            let count = sized(rng, 49_000) as u32;
            let mut function = Function::new([(count, types[rng.below(4)])]);
            if count > 0 && rng.chance(50) {
                let mut code = function.instructions();
                code.local_get(rng.below(count as usize) as u32).drop();
            }
            function.instructions().end();
            function
        })
        .collect();
    module(rng, &Counts::default(), &bodies)
}

fn count(rng: &mut Rng, counts: &mut Counts, kinds: usize) {
    for _ in 0..kinds {
        let (place, most) = match rng.below(10) {
            0 => (&mut counts.types, 2000),
            1 => (&mut counts.imports, 5000),
            2 => (&mut counts.tables, 90),
            3 => (&mut counts.elements, 50_000),
            4 => (&mut counts.memories, 20),
            5 => (&mut counts.globals, 100_000),
            6 => (&mut counts.exports, 5000),
            7 => (&mut counts.data, 99_000),
            8 => (&mut counts.names, 1000),
            _ => (&mut counts.customs, 100),
        };
        *place = sized(rng, most);
    }
    if counts.elements > 0 {
        counts.tables = counts.tables.max(rng.below(3));
    }
}

/// A body of up to `shapes` shapes.
fn body(rng: &mut Rng, shapes: usize, most: usize) -> Function {
    let mut body = Body::new(1 + sized(rng, most.min(3000)) as u32);
    for _ in 0..1 + rng.below(shapes) {
        let (_, fill) = shapes::ALL[rng.below(shapes::ALL.len())];
        let size = 1 + sized(rng, most);
        fill(rng, &mut body, size);
    }
    body.finish()
}

/// A module of the functions that bodies call, and then these bodies.
fn module(rng: &mut Rng, counts: &Counts, bodies: &[Function]) -> Vec<u8> {
    let callees = callees();
    let imports = counts.imports as u32;
    let all = callees.iter().chain(bodies);
    let mut module = Module::new();
    module.section(&sections::types(rng, counts));
    if imports > 0 {
        // Calls then go to the imports instead, which have other types.
        return without_bodies(rng, counts);
    }
    let mut functions = FunctionSection::new();
    (0..3).for_each(|ty| {
        functions.function(ty);
    });
    bodies.iter().for_each(|_| {
        functions.function(0);
    });
    module.section(&functions);
    let (tables, sizes) = sections::tables(rng, counts);
    module.section(&tables);
    module.section(&sections::memories(rng, counts));
    module.section(&sections::globals(rng, counts));
    module.section(&sections::exports(rng, counts, 0));
    module.section(&sections::elements(rng, counts, &sizes, 1));
    let data = sections::data(rng, counts);
    module.section(&DataCountSection { count: data.len() });
    let mut code = CodeSection::new();
    all.for_each(|function| {
        code.function(function);
    });
    module.section(&code).section(&data);
    let functions = 3 + bodies.len() as u32;
    sections::customs(rng, counts, functions, &mut module);
    module.finish()
}

/// A module of imports, and one function that does nothing.
fn without_bodies(rng: &mut Rng, counts: &Counts) -> Vec<u8> {
    let mut module = Module::new();
    module.section(&sections::types(rng, counts));
    module.section(&sections::imports(counts));
    let mut functions = FunctionSection::new();
    functions.function(0);
    module.section(&functions);
    let (tables, sizes) = sections::tables(rng, counts);
    module.section(&tables);
    let one = Counts {
        memories: 0,
        ..counts.clone()
    };
    module.section(&sections::memories(rng, &one));
    module.section(&sections::exports(rng, counts, counts.imports as u32));
    // Tables of references to imports.
    module.section(&sections::elements(rng, counts, &sizes, 0));
    let mut code = CodeSection::new();
    let mut nothing = Function::new([]);
    nothing.instructions().end();
    code.function(&nothing);
    module.section(&code);
    module.finish()
}

/// The functions that bodies of [`shapes`] call.
fn callees() -> [Function; 3] {
    let mut nothing = Function::new([]);
    nothing.instructions().end();
    let mut binary = Function::new([]);
    binary.instructions().local_get(0).end();
    let mut wide = Function::new([]);
    (0..WIDTH as u32).for_each(|local| {
        wide.instructions().local_get(local);
    });
    wide.instructions().end();
    [nothing, binary, wide]
}
