//! Writes the functions that stand for Go's runtime. Every module has them.

use super::{
    FUEL, GOROUTINES, Surroundings, body, fixed, global, memory, pick_random, place,
    return_address, signature,
};
use harness::rng::Rng;
use wasm_encoder::{BlockType, Function, InstructionSink, ValType};

/// In the order of [`fixed`], with their types.
pub fn functions(surroundings: Surroundings, rng: &mut Rng) -> Vec<(u32, Function)> {
    vec![
        (signature::MAIN, main(surroundings, rng)),
        (signature::NOTHING, pc_f_loop()),
        (signature::NOTHING, switch()),
        (signature::GO, yields()),
        (signature::GO, goexit()),
        (signature::GO, recover()),
        (
            signature::GO,
            body(|code| {
                code.i32_const(0).call(fixed::YIELD).return_();
                code.unreachable();
            }),
        ),
        (
            signature::GO,
            body(|code| {
                push_return_address(code, None, fixed::PARK, 1);
                code.i32_const(0).call(fixed::GOEXIT);
                code.if_(BlockType::Empty).i32_const(1).return_().end();
                code.unreachable();
            }),
        ),
    ]
}

/// Pushes a return address: SP -= 8, and the store. `sp` is the local with SP.
pub fn push_return_address(
    code: &mut InstructionSink<'_>,
    sp: Option<u32>,
    function: u32,
    pc_b: u32,
) {
    let get = |code: &mut InstructionSink<'_>| match sp {
        Some(local) => drop(code.local_get(local)),
        None => drop(code.global_get(global::SP)),
    };
    get(code);
    code.i32_const(8).i32_sub();
    if let Some(local) = sp {
        code.local_tee(local);
    }
    code.global_set(global::SP);
    get(code);
    code.i64_const(return_address(function, pc_b));
    code.i64_store(place(0, 3));
}

/// SP += 8 without a local.
fn pop(code: &mut InstructionSink<'_>) {
    code.global_get(global::SP).i32_const(8).i32_add();
    code.global_set(global::SP);
}

/// `() -> (RET0, fuel)`: starts a goroutine on each stack and runs them all.
fn main(surroundings: Surroundings, rng: &mut Rng) -> Function {
    let starts: Vec<u32> = (0..GOROUTINES)
        .map(|_| pick_random(surroundings, rng))
        .collect();
    body(|code| {
        code.i32_const(0).i64_const(FUEL);
        code.i64_store(place(memory::FUEL, 3));
        code.i32_const(0).i64_const(0);
        code.i64_store(place(memory::CURRENT, 3));
        for (number, start) in (0..).zip(starts) {
            goroutine(code, number, start);
        }
        code.i64_const(memory::G.cast_signed())
            .global_set(global::G);
        code.i32_const(0).i64_load(place(memory::G, 3));
        code.i32_wrap_i64().global_set(global::SP);
        code.call(fixed::LOOP);
        code.global_get(global::RET);
        code.i32_const(0).i64_load(place(memory::FUEL, 3));
    })
}

/// A stack on which `start` is called by goexit, and its record.
fn goroutine(code: &mut InstructionSink<'_>, number: u64, start: u32) {
    let low = memory::STACKS + number * memory::STACK;
    let sp = low + memory::STACK - 128;
    let record = memory::G + (number << memory::G_SHIFT);
    for (address, value) in [
        (sp, return_address(fixed::GOEXIT, 0)),
        (sp - 8, return_address(start, 0)),
        (record + memory::G_SP, sp.cast_signed()),
        (record + memory::G_LIVES, 1),
        (record + memory::G_GUARD, (low + 512).cast_signed()),
    ] {
        code.i32_const(0).i64_const(value);
        code.i64_store(place(address, 3));
    }
}

/// `wasm_pc_f_loop` of `runtime/asm_wasm.s`.
fn pc_f_loop() -> Function {
    body(|code| {
        code.global_get(global::PAUSE).i32_eqz();
        code.if_(BlockType::Empty).loop_(BlockType::Empty);
        for offset in [0, 2] {
            code.global_get(global::SP).i32_const(8).i32_sub();
            code.i32_load16_u(place(offset, 1));
        }
        code.call_indirect(0, signature::GO).drop();
        code.global_get(global::PAUSE).i32_eqz().br_if(0);
        code.end().end();
        code.i32_const(0).global_set(global::PAUSE);
    })
}

/// `() -> ()`: switches to the next living goroutine; pauses if there is none. SP belongs to the
/// goroutine that ran; its return address is popped.
fn switch() -> Function {
    // Locals: the goroutine, its record, and how many were examined.
    const NUMBER: u32 = 0;
    const RECORD: u32 = 1;
    const SEEN: u32 = 2;
    let mut function = Function::new([(3, ValType::I32)]);
    let code = &mut function.instructions();
    code.global_get(global::G).i32_wrap_i64();
    code.global_get(global::SP).i64_extend_i32_u();
    code.i64_store(place(memory::G_SP, 3));
    code.i32_const(0).i64_load(place(memory::CURRENT, 3));
    code.i32_wrap_i64().local_set(NUMBER);
    code.block(BlockType::Empty).loop_(BlockType::Empty);
    let mask = i32::try_from(GOROUTINES).expect("BUG: few goroutines") - 1;
    code.local_get(NUMBER).i32_const(1).i32_add();
    code.i32_const(mask).i32_and().local_tee(NUMBER);
    code.i32_const(memory::G_SHIFT).i32_shl();
    code.i32_const(i32::try_from(memory::G).expect("BUG: a low address"));
    code.i32_add().local_tee(RECORD);
    code.i64_load(place(memory::G_LIVES, 3)).i64_eqz().i32_eqz();
    code.br_if(1);
    code.local_get(SEEN).i32_const(1).i32_add().local_tee(SEEN);
    code.i32_const(mask).i32_le_s().br_if(0).end();
    code.i32_const(1).global_set(global::PAUSE).return_().end();
    code.i32_const(0).local_get(NUMBER).i64_extend_i32_u();
    code.i64_store(place(memory::CURRENT, 3));
    code.local_get(RECORD).i64_extend_i32_u();
    code.global_set(global::G);
    code.local_get(RECORD).i64_load(place(memory::G_SP, 3));
    code.i32_wrap_i64().global_set(global::SP);
    code.end();
    function
}

/// Never returns 0, like `mcall`.
fn yields() -> Function {
    body(|code| {
        pop(code);
        code.call(fixed::SWITCH).i32_const(1);
    })
}

fn goexit() -> Function {
    body(|code| {
        code.global_get(global::G).i32_wrap_i64().i64_const(0);
        code.i64_store(place(memory::G_LIVES, 3));
        code.call(fixed::SWITCH).i32_const(1);
    })
}

/// Makes the caller go on at its `deferreturn`, to whose place CTXT points. Without fuel, the
/// caller goes on after the call.
fn recover() -> Function {
    body(|code| {
        code.i32_const(0).i32_const(0);
        code.i64_load(place(memory::FUEL, 3)).i64_const(8).i64_sub();
        code.i64_store(place(memory::FUEL, 3));
        code.i32_const(0).i64_load(place(memory::FUEL, 3));
        code.i64_const(0).i64_lt_s().if_(BlockType::Empty);
        pop(code);
        code.i32_const(0).return_().end();
        code.global_get(global::SP);
        code.global_get(global::CTXT).i32_wrap_i64();
        code.i64_load(place(0, 3)).i64_store(place(0, 3));
        pop(code);
        code.i32_const(1);
    })
}
