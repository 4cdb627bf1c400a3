//! Function bodies `() -> ()` of shapes that a code generator may find hard, in sizes from
//! a few bytes to some hundred kilobytes.

use harness::rng::Rng;
use wasm_encoder::{BlockType, Function, InstructionSink, MemArg, ValType};

/// Functions that bodies may call: [`crate::random`] puts them first.
pub const NOTHING: u32 = 0;
/// `(i32, i32) -> i32`.
pub const BINARY: u32 = 1;
/// Many parameters to as many results, all i32.
pub const WIDE: u32 = 2;
pub const WIDTH: usize = 200;
/// The type `(i32 x 8) -> (i32 x 8)`, for blocks.
pub const BLOCK_TYPE: u32 = 3;

type Code<'c> = InstructionSink<'c>;

/// Adds code for a number and a size that comes with it.
type Fill = fn(&mut Rng, &mut Body, usize);

pub const ALL: &[(&str, Fill)] = &[
    ("nested loops", nested_loops),
    ("nested conditionals", nested_ifs),
    ("conditionals in a row", ifs),
    ("loops in a row", loops),
    ("a table of branches", fan),
    ("tables in nested blocks", fans),
    ("a dispatch loop", dispatch),
    ("calls", calls),
    ("wide calls", wide_calls),
    ("calls through a table", indirect_calls),
    ("straight lines", straight),
    ("operands below blocks", operands),
    ("blocks with parameters", multi_value),
    ("memory", memory),
    ("vectors", vectors),
    ("selects", selects),
    ("a random program", program),
];

/// A body that is being built.
pub struct Body {
    function: Function,
    /// Locals of type i32, from 0 on. As many vectors follow.
    locals: u32,
}

impl Body {
    /// A body with this many locals, which are loaded from memory.
    pub fn new(locals: u32) -> Self {
        let function = Function::new([(locals, ValType::I32), (locals, ValType::V128)]);
        let mut body = Self { function, locals };
        for local in 0..locals {
            body.code()
                .i32_const(0)
                .i32_load(at(4 * local))
                .local_set(local);
        }
        body
    }

    pub fn code(&mut self) -> Code<'_> {
        self.function.instructions()
    }

    /// Uses all locals, so that they live up to here.
    pub fn finish(mut self) -> Function {
        for local in 0..self.locals {
            self.code()
                .i32_const(0)
                .local_get(local)
                .i32_store(at(4 * local));
        }
        self.code().end();
        self.function
    }

    fn local(&self, rng: &mut Rng) -> u32 {
        rng.below(self.locals as usize) as u32
    }

    /// Changes a local.
    fn change(&mut self, rng: &mut Rng) {
        let (a, b, c) = (self.local(rng), self.local(rng), self.local(rng));
        self.code().local_get(a).local_get(b).i32_add().local_set(c);
    }

    /// Counts a local down; leaves on the stack whether it is zero.
    fn condition(&mut self, rng: &mut Rng) {
        let local = self.local(rng);
        self.code()
            .local_get(local)
            .i32_const(1)
            .i32_sub()
            .local_tee(local);
    }
}

fn at(offset: u32) -> MemArg {
    MemArg {
        offset: u64::from(offset),
        align: 0,
        target: wasm_encoder::MemArgTarget::Memory(0),
        ordering: None,
    }
}

fn nested_loops(rng: &mut Rng, body: &mut Body, size: usize) {
    let before = rng.chance(50);
    for _ in 0..size {
        body.code().loop_(BlockType::Empty);
        if before {
            body.change(rng);
        }
    }
    for _ in 0..size {
        body.condition(rng);
        body.code().br_if(0).end();
    }
}

fn nested_ifs(rng: &mut Rng, body: &mut Body, size: usize) {
    for _ in 0..size {
        body.condition(rng);
        body.code().if_(BlockType::Empty);
        body.change(rng);
    }
    for _ in 0..size {
        body.code().else_();
        body.change(rng);
        body.code().end();
    }
}

fn ifs(rng: &mut Rng, body: &mut Body, size: usize) {
    let depth = rng.below(10);
    (0..depth).for_each(|_| {
        body.code().loop_(BlockType::Empty);
    });
    for _ in 0..size {
        body.condition(rng);
        body.code().if_(BlockType::Empty);
        body.change(rng);
        body.code().end();
    }
    for _ in 0..depth {
        body.condition(rng);
        body.code().br_if(0).end();
    }
}

fn loops(rng: &mut Rng, body: &mut Body, size: usize) {
    let depth = rng.below(40);
    (0..depth).for_each(|_| {
        body.code().loop_(BlockType::Empty);
    });
    for _ in 0..size {
        body.code().loop_(BlockType::Empty);
        body.condition(rng);
        body.code().br_if(0).end();
    }
    for _ in 0..depth {
        body.condition(rng);
        body.code().br_if(0).end();
    }
}

fn fan(rng: &mut Rng, body: &mut Body, size: usize) {
    let blocks = 1 + rng.below(size);
    (0..blocks).for_each(|_| {
        body.code().block(BlockType::Empty);
    });
    body.condition(rng);
    let labels: Vec<u32> = (0..size).map(|_| rng.below(blocks) as u32).collect();
    body.code().br_table(labels, 0);
    for _ in 0..blocks {
        body.code().end();
        body.change(rng);
    }
}

fn fans(rng: &mut Rng, body: &mut Body, size: usize) {
    let labels = 1 + rng.below(60);
    (0..size).for_each(|_| {
        body.code().block(BlockType::Empty);
    });
    for depth in 0..size {
        body.change(rng);
        body.condition(rng);
        let labels: Vec<u32> = (0..labels)
            .map(|_| rng.below(size - depth) as u32)
            .collect();
        body.code().br_table(labels, 0).end();
    }
}

fn dispatch(rng: &mut Rng, body: &mut Body, size: usize) {
    body.code().loop_(BlockType::Empty);
    (0..=size).for_each(|_| {
        body.code().block(BlockType::Empty);
    });
    body.condition(rng);
    body.code()
        .br_table((0..size as u32).collect::<Vec<_>>(), size as u32);
    for case in (0..=size as u32).rev() {
        body.code().end();
        body.change(rng);
        if case > 0 {
            body.code().br(case);
        }
    }
    body.code().end();
}

fn calls(rng: &mut Rng, body: &mut Body, size: usize) {
    for _ in 0..size {
        let (a, b, c) = (body.local(rng), body.local(rng), body.local(rng));
        let mut code = body.code();
        code.call(NOTHING).local_get(a).local_get(b).call(BINARY);
        code.local_set(c);
    }
}

fn wide_calls(rng: &mut Rng, body: &mut Body, size: usize) {
    for _ in 0..size.div_ceil(WIDTH) {
        (0..WIDTH).for_each(|_| {
            let local = body.local(rng);
            body.code().local_get(local);
        });
        body.code().call(WIDE);
        (0..WIDTH).for_each(|_| {
            let local = body.local(rng);
            body.code().local_set(local);
        });
    }
}

fn indirect_calls(rng: &mut Rng, body: &mut Body, size: usize) {
    for _ in 0..size {
        let (a, b) = (body.local(rng), body.local(rng));
        body.code().local_get(a).local_get(b).local_get(a);
        body.code().call_indirect(0, BINARY).drop();
    }
}

fn straight(rng: &mut Rng, body: &mut Body, size: usize) {
    (0..size).for_each(|_| body.change(rng));
}

fn operands(rng: &mut Rng, body: &mut Body, size: usize) {
    let size = size.min(4000);
    for _ in 0..size {
        let local = body.local(rng);
        body.code().local_get(local).block(BlockType::Empty);
    }
    (0..size).for_each(|_| {
        body.code().end().drop();
    });
}

fn multi_value(rng: &mut Rng, body: &mut Body, size: usize) {
    (0..8).for_each(|i| {
        body.code().i32_const(i);
    });
    for _ in 0..size {
        let ty = BlockType::FunctionType(BLOCK_TYPE);
        match rng.below(3) {
            0 => body.code().block(ty),
            _ => body.code().loop_(ty),
        };
        let local = body.local(rng);
        body.code().local_get(local).i32_add();
        body.condition(rng);
        body.code().br_if(0);
    }
    (0..size).for_each(|_| {
        body.code().end();
    });
    (0..8).for_each(|_| {
        body.code().drop();
    });
}

fn memory(rng: &mut Rng, body: &mut Body, size: usize) {
    for _ in 0..size {
        let (a, b) = (body.local(rng), body.local(rng));
        let offset = rng.bits() as u32 >> rng.below(32);
        let mut code = body.code();
        match offset % 4 {
            0 => code.local_get(a).i32_load(at(offset)).local_set(b),
            1 => code.local_get(a).local_get(b).i32_store(at(offset)),
            2 => {
                code.local_get(a).local_get(b).i32_const(30);
                code.memory_copy(0, 0)
            }
            _ => {
                code.local_get(a).local_get(b).local_get(a);
                code.memory_fill(0)
            }
        };
    }
}

fn vectors(rng: &mut Rng, body: &mut Body, size: usize) {
    let nested = rng.chance(50);
    for _ in 0..size {
        if nested {
            body.code().loop_(BlockType::Empty);
        }
        let locals = body.locals;
        let (a, b, c) = (body.local(rng), body.local(rng), body.local(rng));
        let mut code = body.code();
        code.local_get(locals + a).local_get(locals + b);
        match rng.below(5) {
            0 => code.i8x16_swizzle(),
            1 => code.i64x2_mul(),
            2 => code.i16x8_q15mulr_sat_s(),
            3 => code.i8x16_shl_of_sum(),
            _ => code.f64x2_pmin(),
        };
        code.local_set(locals + c);
    }
    for _ in 0..if nested { size } else { 0 } {
        body.condition(rng);
        body.code().br_if(0).end();
    }
}

/// Operations that take several instructions.
trait Compound {
    fn i8x16_shl_of_sum(&mut self) -> &mut Self;
}

impl Compound for InstructionSink<'_> {
    fn i8x16_shl_of_sum(&mut self) -> &mut Self {
        self.i8x16_add().i32_const(3).i8x16_shl()
    }
}

fn selects(rng: &mut Rng, body: &mut Body, size: usize) {
    body.code().i32_const(0);
    for _ in 0..size {
        let (a, b) = (body.local(rng), body.local(rng));
        body.code().local_get(a).local_get(b).select();
    }
    body.code().drop();
}

/// Blocks, loops and conditionals in any order, with branches to any label.
fn program(rng: &mut Rng, body: &mut Body, size: usize) {
    let mut open = Vec::new();
    for _ in 0..size {
        match rng.below(10) {
            0 => {
                body.code().block(BlockType::Empty);
                open.push(false);
            }
            1 => {
                body.code().loop_(BlockType::Empty);
                open.push(false);
            }
            2 => {
                body.condition(rng);
                body.code().if_(BlockType::Empty);
                open.push(true);
            }
            3 | 4 if !open.is_empty() => {
                if open.pop() == Some(true) && rng.chance(50) {
                    body.code().else_();
                    body.change(rng);
                }
                body.code().end();
            }
            5 if !open.is_empty() => {
                body.condition(rng);
                let label = rng.below(open.len()) as u32;
                body.code().br_if(label);
            }
            6 if !open.is_empty() && rng.chance(30) => {
                body.code().block(BlockType::Empty);
                body.condition(rng);
                let labels = (0..1 + rng.below(20)).map(|_| rng.below(open.len()) as u32);
                let labels: Vec<u32> = labels.collect();
                body.code().br_table(labels, 0).end();
            }
            7 => calls(rng, body, 1),
            _ => body.change(rng),
        }
    }
    open.iter().for_each(|_| {
        body.code().end();
    });
}
