//! Makes modules of Go's shape with random code.
//!
//! Sources: `preprocess` and `assemble` in `cmd/internal/obj/wasm/wasmobj.go`,
//! `cmd/link/internal/wasm/asm.go`, `runtime/asm_wasm.s`. A module has Go's eight globals, one
//! table with all functions from 0x1000 on, pclntab in its data, and functions `(PC_B) ->
//! status` in which every jump goes through the dispatch ([`function`]). Return addresses lie on
//! Go stacks in linear memory. A status of 1 unwinds the native stack; then `wasm_pc_f_loop` goes
//! on at the address on top of the Go stack. Four goroutines switch in this way ([`runtime`]).
//! Recovery goes on at a function's `deferreturn`.
//!
//! The facts that the compiler trusts hold: functions are entered at 0 and at their resume
//! points, SP doesn't wrap around, and locals are dead across calls.
//!
//! Every run ends, because calls, jumps back and switches use fuel.

mod expr;
mod function;
mod pclntab;
mod runtime;

use harness::rng::Rng;
use wasm_encoder::{
    CodeSection, ConstExpr, DataSection, ElementSection, Elements, Function, FunctionSection,
    GlobalSection, GlobalType, MemArg, MemArgTarget, MemorySection, MemoryType, TableSection,
    TableType, TypeSection, ValType,
};

/// PC_F of the first function, which is its index in the table.
pub const FIRST_ELEMENT: u32 = 0x1000;

/// Globals (`writeGlobalSec` in `cmd/link/internal/wasm/asm.go`).
mod global {
    pub const SP: u32 = 0;
    pub const CTXT: u32 = 1;
    pub const G: u32 = 2;
    /// RET0 to RET3.
    pub const RET: u32 = 3;
    pub const PAUSE: u32 = 7;
}

/// Addresses in linear memory.
mod memory {
    /// The fuel: how many jumps back, calls and switches are left.
    pub const FUEL: u64 = 0x100;
    /// The running goroutine.
    pub const CURRENT: u64 = 0x108;
    /// A record of 32 bytes for each goroutine: SP while it doesn't run, whether it lives, and
    /// `stackguard0` at the offset that `cmd/internal/obj` uses.
    pub const G: u64 = 0x180;
    pub const G_SHIFT: i32 = 5;
    pub const G_SP: u64 = 0;
    pub const G_LIVES: u64 = 8;
    pub const G_GUARD: u64 = 16;
    /// For each function, the return address at which recovery goes on.
    pub const RECOVERY: u64 = 0x300;
    /// Eight function values.
    pub const CLOSURES: u64 = 0x400;
    pub const PCLNTAB: u64 = 0x1000;
    pub const HEAP: u64 = 0x4000;
    pub const HEAP_MASK: i64 = 0x3ff8;
    /// The lower end of the first stack.
    pub const STACKS: u64 = 0x8000;
    pub const STACK: u64 = 0x4000;
    pub const PAGES: u64 = 2;
}

/// The number of goroutines.
const GOROUTINES: u64 = 4;

/// The fuel of a run of the scheduler.
const FUEL: i64 = 400;

/// The functions that every module has, in this order.
mod fixed {
    pub const MAIN: u32 = 0;
    pub const LOOP: u32 = 1;
    pub const SWITCH: u32 = 2;
    pub const YIELD: u32 = 3;
    pub const GOEXIT: u32 = 4;
    pub const RECOVER: u32 = 5;
    /// Jumps to YIELD.
    pub const GOSCHED: u32 = 6;
    /// Calls GOEXIT, and so never returns normally.
    pub const PARK: u32 = 7;
    pub const COUNT: u32 = 8;
}

/// Indices of types.
mod signature {
    /// `(PC_B) -> status`.
    pub const GO: u32 = 0;
    pub const NOTHING: u32 = 1;
    pub const MAIN: u32 = 2;
}

/// A generated module.
pub struct Module {
    pub wasm: Vec<u8>,
    /// The function to call.
    pub entry: u32,
    /// The number of functions with a dispatch.
    pub dispatches: usize,
}

/// What a random function may refer to.
#[derive(Clone, Copy)]
struct Surroundings {
    /// The number of all functions.
    functions: u32,
}

pub fn module(rng: &mut Rng) -> Module {
    let random = 2 + u32::try_from(rng.below(4)).expect("BUG: a number below 4");
    let surroundings = Surroundings {
        functions: fixed::COUNT + random,
    };
    let bodies: Vec<function::Body> = (fixed::COUNT..surroundings.functions)
        .map(|index| function::random(index, surroundings, rng))
        .collect();
    let mut types = TypeSection::new();
    types.ty().function([ValType::I32], [ValType::I32]);
    types.ty().function([], []);
    types.ty().function([], [ValType::I64, ValType::I64]);
    let mut functions = FunctionSection::new();
    let mut code = CodeSection::new();
    for (ty, body) in runtime::functions(surroundings, rng) {
        functions.function(ty);
        code.function(&body);
    }
    for body in &bodies {
        functions.function(signature::GO);
        code.function(&body.code);
    }
    let mut module = wasm_encoder::Module::new();
    module.section(&types).section(&functions);
    module.section(&table(surroundings)).section(&linear());
    module.section(&globals()).section(&elements(surroundings));
    module
        .section(&code)
        .section(&data(&bodies, surroundings, rng));
    Module {
        wasm: module.finish(),
        entry: fixed::MAIN,
        dispatches: bodies.len(),
    }
}

fn table(surroundings: Surroundings) -> TableSection {
    let mut tables = TableSection::new();
    let len = u64::from(FIRST_ELEMENT + surroundings.functions);
    tables.table(TableType {
        element_type: wasm_encoder::RefType::FUNCREF,
        minimum: len,
        maximum: Some(len),
        table64: false,
        shared: false,
    });
    tables
}

fn linear() -> MemorySection {
    let mut memories = MemorySection::new();
    memories.memory(MemoryType {
        minimum: memory::PAGES,
        maximum: None,
        memory64: false,
        shared: false,
        page_size_log2: None,
    });
    memories
}

fn globals() -> GlobalSection {
    let mut globals = GlobalSection::new();
    for index in 0..8 {
        let is_i32 = matches!(index, global::SP | global::PAUSE);
        let (val_type, zero) = if is_i32 {
            (ValType::I32, ConstExpr::i32_const(0))
        } else {
            (ValType::I64, ConstExpr::i64_const(0))
        };
        let ty = GlobalType {
            val_type,
            mutable: true,
            shared: false,
        };
        globals.global(ty, &zero);
    }
    globals
}

fn elements(surroundings: Surroundings) -> ElementSection {
    let mut elements = ElementSection::new();
    let all: Vec<u32> = (0..surroundings.functions).collect();
    let offset = ConstExpr::i32_const(FIRST_ELEMENT.cast_signed());
    elements.active(None, &offset, Elements::Functions(all.into()));
    elements
}

fn data(bodies: &[function::Body], surroundings: Surroundings, rng: &mut Rng) -> DataSection {
    let mut data = DataSection::new();
    let mut at = |address: u64, bytes: &[u8]| {
        let offset = ConstExpr::i32_const(i32::try_from(address).expect("BUG: a low address"));
        data.active(0, &offset, bytes.iter().copied());
    };
    let mut points = vec![0; surroundings.functions as usize];
    for (index, body) in (fixed::COUNT..).zip(bodies) {
        points[index as usize] = body.deferreturn;
        let address = memory::RECOVERY + 8 * u64::from(index);
        at(
            address,
            &return_address(index, body.deferreturn).to_le_bytes(),
        );
    }
    for closure in 0..8 {
        let callee = pick_random(surroundings, rng);
        let value = return_address(callee, 0);
        at(memory::CLOSURES + 8 * closure, &value.to_le_bytes());
    }
    at(memory::PCLNTAB, &pclntab::table(&points, rng.chance(50)));
    let heap: Vec<u8> = (0..256).flat_map(|_| rng.integer().to_le_bytes()).collect();
    at(memory::HEAP, &heap);
    data
}

/// A function with random code.
fn pick_random(surroundings: Surroundings, rng: &mut Rng) -> u32 {
    let random = (surroundings.functions - fixed::COUNT) as usize;
    fixed::COUNT + u32::try_from(rng.below(random)).expect("BUG: a function's number")
}

/// `PC_F << 16 | PC_B`.
fn return_address(function: u32, pc_b: u32) -> i64 {
    i64::from(FIRST_ELEMENT + function) << 16 | i64::from(pc_b)
}

fn place(offset: u64, align: u32) -> MemArg {
    MemArg {
        offset,
        align,
        target: MemArgTarget::Memory(0),
        ordering: None,
    }
}

/// A body without locals of its own.
fn body(write: impl FnOnce(&mut wasm_encoder::InstructionSink<'_>)) -> Function {
    let mut body = Function::new([]);
    let code = &mut body.instructions();
    write(code);
    code.end();
    body
}
