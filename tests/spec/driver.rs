//! The functions that carry out a module's actions and compare their results.
//!
//! Input and output need no linear memory, which belongs to the module. What is
//! to be done in a run is a [`Plan`], the initial value of a global, which is
//! replaced in the executable. What came of it is the exit code: 0 if all is well
//! up to the plan's end, else one more than how many actions behind `from` the
//! first one with a wrong result is.

use crate::command::{Exports, NoCommand, PROC_EXIT, Sections};
use crate::host::Host;
use crate::script::{Act, Action, Then};
use crate::value::{Expected, Float, Value};
use wasm_encoder::{
    BlockType, ConstExpr, ExportKind, Function, GlobalType, HeapType, InstructionSink, ValType,
};

/// What a run does.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The results of actions from this one on are compared; those before are
    /// only there for what they change.
    pub from: u16,
    /// The action before which the run ends.
    pub to: u16,
    /// The action that is expected to trap, which is carried out when its turn
    /// comes. All others of that kind never are.
    pub trap: u16,
}

impl Plan {
    pub const NEVER: u16 = u16::MAX;

    /// The bytes of the global's cell.
    pub fn cell(self) -> [u8; 8] {
        let fields = [self.from, self.to, self.trap];
        let shifted = (0..)
            .zip(fields)
            .map(|(i, field)| u64::from(field) << (16 * i));
        shifted.sum::<u64>().to_le_bytes()
    }
}

/// The plan's place in an executable.
pub const PLACEHOLDER: u64 = 0x9d5c_3e17_a6f2_4b81;

/// Actions in a function: compiling one of them all would take long.
const CHUNK: usize = 20;

/// What the driver has of its own.
struct Own {
    /// The global that holds the plan.
    plan: u32,
    /// `(action) -> ()`: ends the run if the plan does here.
    at: u32,
    /// `(right, action) -> ()`: ends the run if the result isn't right and was to be.
    check: u32,
    /// `(action) -> (i32)`: whether the plan is for this one to trap.
    wanted: u32,
}

/// Adds the driver; gives the index of the function to run.
///
/// # Errors
/// If an action names something that isn't exported.
pub fn add(
    to: &mut Sections,
    exports: &Exports,
    host: &Host,
    actions: &[Action],
    omitted: &[usize],
) -> Result<u32, NoCommand> {
    let nothing = function_type(to, &[], &[]);
    let takes_one = function_type(to, &[ValType::I32], &[]);
    let takes_two = function_type(to, &[ValType::I32, ValType::I32], &[]);
    let asks = function_type(to, &[ValType::I32], &[ValType::I32]);
    let plan = to.globals.len();
    let ty = GlobalType {
        val_type: ValType::I64,
        mutable: true,
        shared: false,
    };
    (to.globals).global(ty, &ConstExpr::i64_const(PLACEHOLDER.cast_signed()));
    let first = PROC_EXIT + 1 + to.functions.len();
    let own = Own {
        plan,
        at: first,
        check: first + 1,
        wanted: first + 2,
    };
    define(to, takes_one, own.at());
    define(to, takes_two, own.check());
    define(to, asks, own.wanted());
    let mut start = Function::new([]);
    let doable = actions.iter().take_while(|action| action.what.is_ok());
    let doable: Vec<_> = doable.enumerate().collect();
    for chunk in doable.chunks(CHUNK) {
        let mut body = Function::new([(1, ValType::I32), (2, ValType::V128)]);
        for &(number, action) in chunk {
            if let (Ok(what), false) = (&action.what, omitted.contains(&number)) {
                own.action(&mut body.instructions(), exports, host, number, what)?;
            }
        }
        body.instructions().end();
        let index = define(to, nothing, body);
        start.instructions().call(index);
    }
    start.instructions().i32_const(0).call(PROC_EXIT);
    // Written to, so that no compiler takes it for a constant.
    start.instructions().i64_const(0).global_set(own.plan).end();
    Ok(define(to, nothing, start))
}

fn function_type(to: &mut Sections, params: &[ValType], results: &[ValType]) -> u32 {
    let index = to.types.len();
    let (params, results) = (params.iter().copied(), results.iter().copied());
    to.types.ty().function(params, results);
    index
}

fn define(to: &mut Sections, ty: u32, body: Function) -> u32 {
    to.functions.function(ty);
    to.code.function(&body);
    PROC_EXIT + to.functions.len()
}

impl Own {
    /// Field 0 is `from`, 1 `to`, 2 `trap`.
    fn field(&self, field: i64, code: &mut InstructionSink<'_>) {
        code.global_get(self.plan).i64_const(16 * field).i64_shr_u();
        code.i32_wrap_i64().i32_const(0xffff).i32_and();
    }

    fn at(&self) -> Function {
        let mut body = Function::new([]);
        let code = &mut body.instructions();
        self.field(1, code);
        code.local_get(0).i32_eq().if_(BlockType::Empty);
        code.i32_const(0).call(PROC_EXIT).end().end();
        body
    }

    fn check(&self) -> Function {
        let mut body = Function::new([]);
        let code = &mut body.instructions();
        code.local_get(0).i32_eqz().local_get(1);
        self.field(0, code);
        code.i32_ge_u().i32_and().if_(BlockType::Empty);
        code.local_get(1);
        self.field(0, code);
        code.i32_sub().i32_const(1).i32_add().call(PROC_EXIT);
        code.end().end();
        body
    }

    fn wanted(&self) -> Function {
        let mut body = Function::new([]);
        let code = &mut body.instructions();
        self.field(2, code);
        code.local_get(0).i32_eq().end();
        body
    }

    fn action(
        &self,
        code: &mut InstructionSink<'_>,
        exports: &Exports,
        host: &Host,
        number: usize,
        (act, then): &(Act, Then),
    ) -> Result<(), NoCommand> {
        let number = i32::try_from(number).expect("BUG: more actions than a plan can name");
        code.i32_const(number).call(self.at);
        match then {
            // A branch leaves behind what there is on the stack.
            Then::Returns => {
                code.block(BlockType::Empty);
                perform(code, exports, host, act)?;
                code.br(0).end();
            }
            Then::Results(results) => {
                perform(code, exports, host, act)?;
                code.i32_const(1).local_set(RIGHT);
                for expected in results.iter().rev() {
                    compare(code, host, expected);
                    code.local_get(RIGHT).i32_and().local_set(RIGHT);
                }
                code.local_get(RIGHT).i32_const(number).call(self.check);
            }
            Then::Traps(_) => {
                code.i32_const(number).call(self.wanted);
                code.if_(BlockType::Empty);
                perform(code, exports, host, act)?;
                code.i32_const(0).call(PROC_EXIT).unreachable().end();
            }
        }
        Ok(())
    }
}

/// Leaves the action's results on the stack.
fn perform(
    code: &mut InstructionSink<'_>,
    exports: &Exports,
    host: &Host,
    act: &Act,
) -> Result<(), NoCommand> {
    match act {
        Act::Get { name } => {
            code.global_get(exports.find(name, ExportKind::Global)?);
        }
        Act::Invoke { name, args } => {
            for &arg in args {
                match arg {
                    Value::I32(v) => code.i32_const(v),
                    Value::I64(v) => code.i64_const(v),
                    Value::F32(bits) => code.i32_const(bits.cast_signed()).f32_reinterpret_i32(),
                    Value::F64(bits) => code.i64_const(bits.cast_signed()).f64_reinterpret_i64(),
                    Value::V128(v) => code.v128_const(v),
                    Value::NullFunc => code.ref_null(HeapType::FUNC),
                    Value::NullExtern => code.ref_null(host.null()),
                    Value::Host(number) => code.ref_func(host.function(number)),
                };
            }
            code.call(exports.find(name, ExportKind::Func)?);
        }
    }
    Ok(())
}

/// Locals: whether all results are right so far, a result of several lanes, and one
/// that there are alternatives for.
const RIGHT: u32 = 0;
const VECTOR: u32 = 1;
const ALTERNATIVES: u32 = 2;

/// Replaces the value on the stack by whether it is as expected.
fn compare(code: &mut InstructionSink<'_>, host: &Host, expected: &Expected) {
    match expected {
        Expected::I32(v) => {
            code.i32_const(*v).i32_eq();
        }
        Expected::I64(v) => {
            code.i64_const(*v).i64_eq();
        }
        Expected::F32(float) => {
            code.i32_reinterpret_f32();
            compare_f32(code, *float);
        }
        Expected::F64(float) => {
            code.i64_reinterpret_f64();
            compare_f64(code, *float);
        }
        Expected::V128(v) => {
            code.v128_const(*v).i8x16_eq().i8x16_all_true();
        }
        Expected::F32x4(lanes) => {
            code.local_set(VECTOR).i32_const(1);
            for (lane, float) in (0..).zip(lanes) {
                code.local_get(VECTOR).i32x4_extract_lane(lane);
                compare_f32(code, *float);
                code.i32_and();
            }
        }
        Expected::F64x2(lanes) => {
            code.local_set(VECTOR).i32_const(1);
            for (lane, float) in (0..).zip(lanes) {
                code.local_get(VECTOR).i64x2_extract_lane(lane);
                compare_f64(code, *float);
                code.i32_and();
            }
        }
        Expected::Either(vectors) => {
            code.local_set(ALTERNATIVES).i32_const(0);
            for vector in vectors {
                code.local_get(ALTERNATIVES);
                compare(code, host, vector);
                code.i32_or();
            }
        }
        Expected::NullRef => {
            code.ref_is_null();
        }
        Expected::NotNull => {
            code.ref_is_null().i32_eqz();
        }
        Expected::Host(number) => host.compare(code, *number),
    }
}

/// Of an f32's bits.
fn compare_f32(code: &mut InstructionSink<'_>, expected: Float<u32>) {
    let (mask, bits) = match expected {
        Float::Bits(bits) => (u32::MAX, bits),
        Float::CanonicalNan => (0x7fff_ffff, 0x7fc0_0000),
        Float::ArithmeticNan => (0x7fc0_0000, 0x7fc0_0000),
    };
    code.i32_const(mask.cast_signed()).i32_and();
    code.i32_const(bits.cast_signed()).i32_eq();
}

/// Of an f64's bits.
fn compare_f64(code: &mut InstructionSink<'_>, expected: Float<u64>) {
    let (mask, bits) = match expected {
        Float::Bits(bits) => (u64::MAX, bits),
        Float::CanonicalNan => (0x7fff_ffff_ffff_ffff, 0x7ff8_0000_0000_0000),
        Float::ArithmeticNan => (0x7ff8_0000_0000_0000, 0x7ff8_0000_0000_0000),
    };
    code.i64_const(mask.cast_signed()).i64_and();
    code.i64_const(bits.cast_signed()).i64_eq();
}
