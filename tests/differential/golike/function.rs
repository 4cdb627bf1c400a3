//! Writes a random function of Go's shape.

use super::expr::{Locals, Writer};
use super::runtime::push_return_address;
use super::{Surroundings, fixed, global, memory, pick_random, place, signature};
use harness::rng::Rng;
use wasm_encoder::{BlockType, Function, InstructionSink};

/// A function's code, and the PC_B at which recovery goes on; 0 for none.
pub struct Body {
    pub code: Function,
    pub deferreturn: u32,
}

/// Locals: PC_B and SP.
const PC_B: u32 = 0;
const SP: u32 = 1;

/// How a block ends.
#[derive(Clone, Copy)]
enum Ending {
    FallsThrough,
    Jumps(u32),
    /// Jumps to this block if a condition holds, else to the next block.
    Branches(u32),
    /// Jumps to one of the two blocks.
    Chooses(u32, u32),
    Calls(Callee),
    Returns,
}

#[derive(Clone, Copy)]
enum Callee {
    Function(u32),
    Closure,
    /// A call that never returns 0. The code after it traps.
    NoReturn(u32),
}

struct Maker<'r> {
    index: u32,
    blocks: u32,
    /// Size of the frame in bytes.
    frame: i32,
    writer: Writer<'r>,
}

pub fn random(index: u32, surroundings: Surroundings, rng: &mut Rng) -> Body {
    let number = |n: usize| u32::try_from(n).expect("BUG: a small number");
    let blocks = 4 + number(rng.below(11));
    let slots = 5 + number(rng.below(8));
    let deferreturn = if rng.chance(60) {
        1 + number(rng.below(blocks as usize - 1))
    } else {
        0
    };
    let mut endings: Vec<Ending> = (0..blocks)
        .map(|block| ending(block, blocks, surroundings, rng))
        .collect();
    if deferreturn == 0 {
        // There is no point at which recovery could go on.
        let recovers =
            |e: &&mut Ending| matches!(e, Ending::Calls(Callee::Function(fixed::RECOVER)));
        for ending in endings.iter_mut().filter(recovers) {
            *ending = Ending::FallsThrough;
        }
    }
    // Go emits the loop only if something jumps to it.
    let jumps = |e: &Ending| {
        matches!(
            e,
            Ending::Jumps(_) | Ending::Branches(_) | Ending::Chooses(..)
        )
    };
    let loops = endings.iter().any(jumps);
    let mut code = Function::new(Locals::DECLARED);
    let mut maker = Maker {
        index,
        blocks,
        frame: 8 * slots.cast_signed(),
        writer: Writer::new(slots, rng),
    };
    maker.write(&mut code.instructions(), &endings, loops, deferreturn);
    Body { code, deferreturn }
}

fn ending(block: u32, blocks: u32, surroundings: Surroundings, rng: &mut Rng) -> Ending {
    if block == blocks - 1 {
        return Ending::Returns;
    }
    // Block 0 makes the frame. Nothing jumps to it.
    let mut target = || 1 + u32::try_from(rng.below(blocks as usize - 1)).expect("BUG: a block");
    let (a, b) = (target(), target());
    match rng.below(20) {
        0..4 => Ending::FallsThrough,
        4 => Ending::Jumps(a),
        5..10 => Ending::Branches(a),
        10..13 => Ending::Chooses(a, b),
        13..16 => Ending::Calls(Callee::Function(pick_random(surroundings, rng))),
        16 => Ending::Calls(Callee::Function(*rng.pick(&[
            fixed::YIELD,
            fixed::GOSCHED,
            fixed::RECOVER,
        ]))),
        17 => Ending::Calls(Callee::Closure),
        18 if rng.chance(10) => Ending::Calls(Callee::NoReturn(fixed::PARK)),
        18 => Ending::FallsThrough,
        _ => Ending::Returns,
    }
}

impl Maker<'_> {
    fn write(
        &mut self,
        code: &mut InstructionSink<'_>,
        endings: &[Ending],
        loops: bool,
        deferreturn: u32,
    ) {
        code.global_get(global::SP).local_set(SP);
        if loops {
            code.loop_(BlockType::Empty);
        }
        for _ in 0..self.blocks {
            code.block(BlockType::Empty);
        }
        let last = self.blocks - 1;
        code.local_get(PC_B).br_table(0..last, last);
        let mut after_call = false;
        for (block, ending) in (0..).zip(endings) {
            code.end();
            if block == 0 {
                self.prologue(code);
            }
            if block == 0 || after_call || block == deferreturn {
                self.writer.reload(code);
            }
            self.writer.statements(code);
            self.end(code, block, *ending);
            after_call = matches!(ending, Ending::Calls(_));
        }
        if loops {
            code.end();
        }
        code.unreachable().end();
    }

    /// Returns at once if the stack is used up. Otherwise makes the frame and uses fuel.
    fn prologue(&mut self, code: &mut InstructionSink<'_>) {
        code.local_get(SP);
        code.global_get(global::G).i32_wrap_i64();
        code.i32_load(place(memory::G_GUARD, 2)).i32_le_u();
        code.if_(BlockType::Empty);
        self.leave(code, 8);
        code.end();
        code.local_get(SP).i32_const(self.frame).i32_sub();
        code.local_tee(SP).global_set(global::SP);
        self.burn(code, |code| self.leave(code, self.frame + 8));
    }

    /// SP += `bytes`, and return 0.
    fn leave(&self, code: &mut InstructionSink<'_>, bytes: i32) {
        code.local_get(SP).i32_const(bytes).i32_add();
        code.local_tee(SP).global_set(global::SP);
        code.i32_const(0).return_();
    }

    /// Uses one unit of fuel. Without fuel, does what `ends` writes.
    fn burn(&self, code: &mut InstructionSink<'_>, ends: impl FnOnce(&mut InstructionSink<'_>)) {
        code.i32_const(0).i32_const(0);
        code.i64_load(place(memory::FUEL, 3)).i64_const(1).i64_sub();
        code.i64_store(place(memory::FUEL, 3));
        code.i32_const(0).i64_load(place(memory::FUEL, 3));
        code.i64_const(0).i64_lt_s().if_(BlockType::Empty);
        ends(code);
        code.end();
    }

    /// A jump as `preprocess` writes it.
    fn jump(&self, code: &mut InstructionSink<'_>, block: u32, target: u32, deeper: u32) {
        code.i32_const(target.cast_signed()).local_set(PC_B);
        code.br(self.blocks - 1 - block + deeper);
    }

    /// A jump that uses fuel if it goes back.
    fn go(&self, code: &mut InstructionSink<'_>, block: u32, target: u32, deeper: u32) {
        if target <= block {
            let last = self.blocks - 1;
            self.burn(code, |code| self.jump(code, block, last, deeper + 1));
        }
        self.jump(code, block, target, deeper);
    }

    fn end(&mut self, code: &mut InstructionSink<'_>, block: u32, ending: Ending) {
        match ending {
            Ending::FallsThrough => {}
            Ending::Jumps(target) => self.go(code, block, target, 0),
            Ending::Branches(target) => {
                self.writer.condition(code);
                code.if_(BlockType::Empty);
                self.go(code, block, target, 1);
                code.end();
            }
            Ending::Chooses(a, b) => {
                self.writer.condition(code);
                code.if_(BlockType::Empty);
                self.go(code, block, a, 1);
                code.end();
                self.go(code, block, b, 0);
            }
            Ending::Calls(callee) => self.call(code, block, callee),
            Ending::Returns => self.leave(code, self.frame + 8),
        }
    }

    fn call(&mut self, code: &mut InstructionSink<'_>, block: u32, callee: Callee) {
        self.writer.arguments(code);
        if let Callee::Function(fixed::RECOVER) = callee {
            let point = memory::RECOVERY + 8 * u64::from(self.index);
            code.i64_const(point.cast_signed()).global_set(global::CTXT);
        }
        push_return_address(code, Some(SP), self.index, block + 1);
        match callee {
            Callee::Function(index) => {
                code.i32_const(0).call(index);
            }
            Callee::Closure => {
                code.i32_const(0);
                self.writer.closure(code);
                code.i64_const(16).i64_shr_u().i32_wrap_i64();
                code.call_indirect(0, signature::GO);
            }
            Callee::NoReturn(index) => {
                code.i32_const(0).call(index);
            }
        }
        code.global_get(global::SP).local_set(SP);
        code.if_(BlockType::Empty);
        if let Callee::NoReturn(_) = callee {
            code.i32_const(1).return_();
            code.end().unreachable();
            return;
        }
        code.i32_const(1).return_().end();
    }
}
