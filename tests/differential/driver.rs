//! Adds the functions that call a module's functions and write the results.
//!
//! A run writes words of 8 bytes. For each call: [`MARK`] with the call's number, then its
//! results. At the end: each global; each table's length and which of its elements are null;
//! each memory's size and bytes. A float is written as its bits, a reference as whether it is
//! null. A run that traps has written the results of the earlier calls.
//!
//! A run begins with the call whose number it reads from standard input. So calls after a trap
//! are made, too, in another run.
//!
//! Buffers lie in memory 0. Its first bytes are restored before the module's code goes on. When
//! memory 0 itself is written, its first bytes are written first.

use crate::command::{FD_READ, FD_WRITE, IMPORTS, Sections, Shape};
use crate::nan::{Float, Scratch};
use crate::smith::FUEL;
use harness::rng::Rng;
use wasm_encoder::{BlockType, Function, HeapType, InstructionSink, MemArg, MemArgTarget, ValType};

/// The upper half of the word that announces a call.
pub const MARK: u64 = 0xd1ff_ca11;

/// The number of functions of the driver.
pub const FUNCTIONS: u32 = 5;

/// How often a function is called.
const ROUNDS: usize = 2;

/// An argument. Floats are bits.
#[derive(Debug, Clone, Copy)]
enum Arg {
    I32(u64),
    I64(u64),
    F32(u32),
    F64(u64),
    V128(u64, u64),
    Null(HeapType),
    /// A reference to the module's function with this number.
    Function(u32),
}

/// Chooses the calls.
pub struct Calls {
    calls: Vec<(u32, Vec<Arg>)>,
    shape: Shape,
}

impl Calls {
    pub fn choose(sections: &Sections, shape: Shape, rng: &mut Rng) -> Self {
        let all = u32::try_from(sections.function_types.len()).expect("BUG: too many functions");
        let functions = match shape.entry {
            Some(entry) => entry..entry + 1,
            None => 0..all,
        };
        let functions: Vec<u32> = functions.collect();
        let round = std::iter::repeat_n(functions, ROUNDS).flatten();
        let calls = round.map(|index| {
            let params = sections.signature(index as usize).params();
            let args = params.iter().map(|ty| argument(*ty, rng));
            (index, args.collect())
        });
        Self {
            calls: calls.collect(),
            shape,
        }
    }

    pub fn len(&self) -> u64 {
        self.calls.len() as u64
    }
}

fn argument(ty: wasmparser::ValType, rng: &mut Rng) -> Arg {
    match ty {
        wasmparser::ValType::I32 => Arg::I32(rng.integer()),
        wasmparser::ValType::I64 => Arg::I64(rng.integer()),
        wasmparser::ValType::F32 => Arg::F32(rng.float32()),
        wasmparser::ValType::F64 => Arg::F64(rng.float64()),
        wasmparser::ValType::V128 => Arg::V128(rng.integer(), rng.integer()),
        wasmparser::ValType::Ref(ty) if ty.is_func_ref() && rng.chance(70) => Arg::Function(0),
        wasmparser::ValType::Ref(ty) if ty.is_func_ref() => Arg::Null(HeapType::FUNC),
        wasmparser::ValType::Ref(_) => Arg::Null(HeapType::EXTERN),
    }
}

/// Indices of the driver's functions.
#[derive(Clone, Copy)]
struct Own {
    emit: u32,
    first: u32,
    calls: u32,
    end: u32,
}

/// Adds the driver. Returns the index of the function that runs it.
pub fn add(to: &mut Sections, calls: &Calls) -> u32 {
    let at = IMPORTS + to.functions.len();
    let own = Own {
        emit: at,
        first: at + 1,
        calls: at + 2,
        end: at + 3,
    };
    let module = to.functions.len();
    define(to, &[ValType::I64], &[], emit());
    define(to, &[], &[ValType::I32], first());
    let body = own.calls(to, calls);
    define(to, &[], &[], body);
    let body = own.end(to);
    define(to, &[], &[], body);
    let mut start = Function::new([]);
    let code = &mut start.instructions();
    code.call(own.calls).call(own.end).end();
    define(to, &[], &[], start);
    assert_eq!(to.functions.len() - module, FUNCTIONS, "BUG: miscounted");
    at + FUNCTIONS - 1
}

fn define(to: &mut Sections, params: &[ValType], results: &[ValType], body: Function) {
    let ty = to.types.len();
    let (params, results) = (params.iter().copied(), results.iter().copied());
    to.types.ty().function(params, results);
    to.functions.function(ty);
    to.code.function(&body);
}

fn at(offset: u64) -> MemArg {
    MemArg {
        offset,
        align: 2,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}

/// Saves the words at 0, 8 and 16 in three locals.
fn save(code: &mut InstructionSink<'_>, locals: u32) {
    for word in 0..3 {
        code.i32_const(0).i64_load(at(8 * u64::from(word)));
        code.local_set(locals + word);
    }
}

fn restore(code: &mut InstructionSink<'_>, locals: u32) {
    for word in 0..3 {
        code.i32_const(0).local_get(locals + word);
        code.i64_store(at(8 * u64::from(word)));
    }
}

/// Calls a function with the list at 0 of one buffer, 8 bytes at 16. The function stores its count
/// at 8.
fn transfer(code: &mut InstructionSink<'_>, fd: i32, function: u32) {
    code.i32_const(0).i32_const(16).i32_store(at(0));
    code.i32_const(0).i32_const(8).i32_store(at(4));
    code.i32_const(fd).i32_const(0).i32_const(1).i32_const(8);
    code.call(function).drop();
}

/// `(word) -> ()`: writes it.
fn emit() -> Function {
    let mut body = Function::new([(3, ValType::I64)]);
    let code = &mut body.instructions();
    save(code, 1);
    code.i32_const(0).local_get(0).i64_store(at(16));
    transfer(code, 1, FD_WRITE);
    restore(code, 1);
    code.end();
    body
}

/// `() -> (number)`: reads the number of the first call.
fn first() -> Function {
    let mut body = Function::new([(4, ValType::I64)]);
    let code = &mut body.instructions();
    save(code, 0);
    transfer(code, 0, FD_READ);
    code.i32_const(0).i64_load(at(16)).local_set(3);
    restore(code, 0);
    code.local_get(3).i32_wrap_i64().end();
    body
}

impl Own {
    fn calls(self, to: &Sections, calls: &Calls) -> Function {
        // Local 0 is the first call's number, then scratch for NaNs, then results.
        let mut locals = vec![ValType::I32];
        let scratch = Scratch { first: 1 };
        locals.extend(Scratch::TYPES);
        let results_of = |index: u32| -> Vec<ValType> {
            let results = to.signature(index as usize).results();
            let results = results.iter().map(|&ty| ValType::try_from(ty));
            results
                .map(|ty| ty.expect("BUG: a type of a newer proposal"))
                .collect()
        };
        let mut places = Vec::new();
        for (index, _) in &calls.calls {
            places.push(u32::try_from(locals.len()).expect("BUG: too many results"));
            locals.extend(results_of(*index));
        }
        let mut body = Function::new(locals.into_iter().map(|ty| (1, ty)));
        let code = &mut body.instructions();
        code.call(self.first).local_set(0);
        for ((number, (index, args)), place) in (0..).zip(&calls.calls).zip(places) {
            code.block(BlockType::Empty);
            code.i32_const(number).local_get(0).i32_lt_u().br_if(0);
            let mark = MARK << 32 | u64::from(number.cast_unsigned());
            code.i64_const(mark.cast_signed()).call(self.emit);
            if let Some(fuel) = calls.shape.fuel {
                code.i32_const(FUEL.cast_signed()).global_set(fuel);
            }
            for arg in args {
                push(code, *arg);
            }
            code.call(IMPORTS + index);
            let results: Vec<_> = (place..).zip(results_of(*index)).collect();
            for (local, _) in results.iter().rev() {
                code.local_set(*local);
            }
            for (local, ty) in results {
                self.write(code, ty, scratch, |code| {
                    code.local_get(local);
                });
            }
            code.end();
        }
        code.end();
        body
    }

    /// Writes a value that `get` pushes, as one word or two.
    fn write(
        self,
        code: &mut InstructionSink<'_>,
        ty: ValType,
        scratch: Scratch,
        get: impl Fn(&mut InstructionSink<'_>),
    ) {
        get(code);
        match ty {
            ValType::I32 => {
                code.i64_extend_i32_u();
            }
            ValType::I64 => {}
            ValType::F32 => {
                scratch.replace(Float::F32, code);
                code.i32_reinterpret_f32().i64_extend_i32_u();
            }
            ValType::F64 => {
                scratch.replace(Float::F64, code);
                code.i64_reinterpret_f64();
            }
            ValType::V128 => {
                code.i64x2_extract_lane(0).call(self.emit);
                get(code);
                code.i64x2_extract_lane(1);
            }
            ValType::Ref(_) => {
                code.ref_is_null().i64_extend_i32_u();
            }
        }
        code.call(self.emit);
    }

    fn end(self, to: &Sections) -> Function {
        // Locals: scratch for NaNs, an index, a size, a word, and two words more.
        let scratch = Scratch { first: 0 };
        let mut body = Function::new([
            (1, ValType::F32),
            (1, ValType::F64),
            (2, ValType::I32),
            (3, ValType::I64),
        ]);
        let code = &mut body.instructions();
        for (index, ty) in (0..).zip(&to.global_types) {
            self.write(code, *ty, scratch, |code| {
                code.global_get(index);
            });
        }
        for table in 0..to.tables() {
            self.table(code, table);
        }
        self.memory(code);
        for memory in 1..to.memories() {
            self.other_memory(code, memory);
        }
        code.end();
        body
    }

    /// A table's length, and for each 64 elements a word with a bit for each null.
    fn table(self, code: &mut InstructionSink<'_>, table: u32) {
        code.table_size(table).local_tee(SIZE).i64_extend_i32_u();
        code.call(self.emit);
        code.i32_const(0).local_set(INDEX);
        code.i64_const(0).local_set(WORD);
        code.block(BlockType::Empty).loop_(BlockType::Empty);
        code.local_get(INDEX).local_get(SIZE).i32_ge_u().br_if(1);
        code.local_get(WORD).i64_const(1).i64_shl();
        code.local_get(INDEX).table_get(table).ref_is_null();
        code.i64_extend_i32_u().i64_or().local_set(WORD);
        code.local_get(INDEX)
            .i32_const(1)
            .i32_add()
            .local_tee(INDEX);
        code.i32_const(63).i32_and().i32_eqz();
        code.if_(BlockType::Empty);
        code.local_get(WORD).call(self.emit);
        code.i64_const(0).local_set(WORD).end();
        code.br(0).end().end();
        code.local_get(WORD).call(self.emit);
    }

    /// Memory 0: its size, its first two words, and all of its bytes. The first 16 bytes are the
    /// list of the buffer.
    fn memory(self, code: &mut InstructionSink<'_>) {
        code.memory_size(0).i64_extend_i32_u().call(self.emit);
        for word in 0..2 {
            code.i32_const(0).i64_load(at(8 * word)).call(self.emit);
        }
        code.i32_const(0).i32_const(0).i32_store(at(0));
        code.i32_const(0).memory_size(0).i32_const(16).i32_shl();
        code.i32_store(at(4));
        code.i32_const(0).i64_const(0).i64_store(at(8));
        code.i32_const(1).i32_const(0).i32_const(1).i32_const(8);
        code.call(FD_WRITE).drop();
    }

    /// Another memory: its size and all of its bytes, copied through the upper half of memory 0's
    /// first page.
    fn other_memory(self, code: &mut InstructionSink<'_>, memory: u32) {
        const HALF: i32 = 0x8000;
        code.memory_size(memory).local_tee(SIZE).i64_extend_i32_u();
        code.call(self.emit);
        code.local_get(SIZE).i32_const(16).i32_shl().local_set(SIZE);
        code.i32_const(0).local_set(INDEX);
        code.block(BlockType::Empty).loop_(BlockType::Empty);
        code.local_get(INDEX).local_get(SIZE).i32_ge_u().br_if(1);
        code.i32_const(HALF).local_get(INDEX).i32_const(HALF);
        code.memory_copy(0, memory);
        code.i32_const(0).i32_const(HALF).i32_store(at(0));
        code.i32_const(0).i32_const(HALF).i32_store(at(4));
        code.i32_const(1).i32_const(0).i32_const(1).i32_const(8);
        code.call(FD_WRITE).drop();
        code.local_get(INDEX)
            .i32_const(HALF)
            .i32_add()
            .local_set(INDEX);
        code.br(0).end().end();
    }
}

const INDEX: u32 = 2;
const SIZE: u32 = 3;
const WORD: u32 = 4;

fn push(code: &mut InstructionSink<'_>, arg: Arg) {
    let low = |bits: u64| (bits & 0xffff_ffff) as u32;
    match arg {
        Arg::I32(bits) => code.i32_const(low(bits).cast_signed()),
        Arg::I64(bits) => code.i64_const(bits.cast_signed()),
        Arg::F32(bits) => code.i32_const(bits.cast_signed()).f32_reinterpret_i32(),
        Arg::F64(bits) => code.i64_const(bits.cast_signed()).f64_reinterpret_i64(),
        Arg::V128(a, b) => code.v128_const((u128::from(a) << 64 | u128::from(b)).cast_signed()),
        Arg::Null(ty) => code.ref_null(ty),
        Arg::Function(index) => code.ref_func(IMPORTS + index),
    };
}
