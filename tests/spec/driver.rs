//! The modules that carry out a script's actions and compare their results.
//!
//! They use no linear memory for input and output, because memory belongs to the script's
//! modules. The input is a [`Plan`]: the initial value of a global, which is replaced in the
//! executable's file. The output is the exit code: 0 if all results up to the plan's end are
//! right. Otherwise it is N + 1 if the first wrong result is that of action `from` + N.
//!
//! The actions between two instantiations are the start function of a module of their own
//! ([`actions`]). All these modules import the plan from [`plan`]. The main module ([`main`])
//! only ends the run.

use crate::builder::Builder;
use crate::exports::{Exports, Item};
use crate::host::Host;
use crate::script::{Act, Action, Then};
use crate::value::{Expected, Float, Value};
use anyhow::{Result, ensure};
use std::collections::{BTreeMap, BTreeSet, HashMap};
use wasm_encoder::{
    BlockType, ConstExpr, EntityType, ExportKind, Function, GlobalType, HeapType, InstructionSink,
    ValType,
};

/// Which actions a run carries out and compares.
#[derive(Debug, Clone, Copy)]
pub struct Plan {
    /// The results are compared from this action on. Earlier actions are carried out only for
    /// their effects.
    pub from: u16,
    /// The action before which the run ends.
    pub to: u16,
    /// The action that must trap, which is carried out when its turn comes. Other actions that
    /// must trap are never carried out.
    pub trap: u16,
}

impl Plan {
    pub const NEVER: u16 = u16::MAX;

    /// The plan as bytes of the global's cell.
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

/// The number of actions in a function. One function of all actions would take long to compile.
const CHUNK: usize = 20;

/// The name of the module that has the plan.
pub const PLAN: &str = "plan";

/// The global that holds it.
const PLAN_TYPE: GlobalType = GlobalType {
    val_type: ValType::I64,
    mutable: true,
    shared: false,
};

/// An instance: the module name for its importers, and its exports.
pub struct Instance {
    pub name: String,
    pub exports: Exports,
}

/// The module with the plan and its functions. `at(action)` ends the run if the plan ends
/// before this action. `check(right, action)` ends it if the result is wrong and compared.
/// `wanted(action)` returns whether this is the action that must trap.
pub fn plan() -> Vec<u8> {
    let mut to = Builder::default();
    let takes_one = to.function_type(&[ValType::I32], &[]);
    let takes_two = to.function_type(&[ValType::I32, ValType::I32], &[]);
    let asks = to.function_type(&[ValType::I32], &[ValType::I32]);
    let exit = import_exit(&mut to, takes_one);
    let plan = to.global(PLAN_TYPE, &ConstExpr::i64_const(PLACEHOLDER.cast_signed()));
    to.export("plan", ExportKind::Global, plan);
    for (name, ty, body) in [
        ("at", takes_one, at(plan, exit)),
        ("check", takes_two, check(plan, exit)),
        ("wanted", asks, wanted(plan)),
    ] {
        let function = to.define(ty, &body);
        to.export(name, ExportKind::Func, function);
    }
    to.finish()
}

/// The main module. It runs last, when all actions are done.
pub fn main() -> Vec<u8> {
    let mut to = Builder::default();
    let takes_one = to.function_type(&[ValType::I32], &[]);
    let nothing = to.function_type(&[], &[]);
    let exit = import_exit(&mut to, takes_one);
    let plan = to.import(PLAN, "plan", EntityType::Global(PLAN_TYPE));
    let mut body = Function::new([]);
    body.instructions().i32_const(0).call(exit);
    // The plan is written, so that no compiler takes it for a constant.
    body.instructions().i64_const(0).global_set(plan).end();
    let start = to.define(nothing, &body);
    to.export("_start", ExportKind::Func, start);
    to.finish()
}

fn import_exit(to: &mut Builder, ty: u32) -> u32 {
    let ty = EntityType::Function(ty);
    to.import("wasi_snapshot_preview1", "proc_exit", ty)
}

/// Field 0 is `from`, 1 `to`, 2 `trap`.
fn field(plan: u32, field: i64, code: &mut InstructionSink<'_>) {
    code.global_get(plan).i64_const(16 * field).i64_shr_u();
    code.i32_wrap_i64().i32_const(0xffff).i32_and();
}

fn at(plan: u32, exit: u32) -> Function {
    let mut body = Function::new([]);
    let code = &mut body.instructions();
    field(plan, 1, code);
    code.local_get(0).i32_eq().if_(BlockType::Empty);
    code.i32_const(0).call(exit).end().end();
    body
}

fn check(plan: u32, exit: u32) -> Function {
    let mut body = Function::new([]);
    let code = &mut body.instructions();
    code.local_get(0).i32_eqz().local_get(1);
    field(plan, 0, code);
    code.i32_ge_u().i32_and().if_(BlockType::Empty);
    code.local_get(1);
    field(plan, 0, code);
    code.i32_sub().i32_const(1).i32_add().call(exit);
    code.end().end();
    body
}

fn wanted(plan: u32) -> Function {
    let mut body = Function::new([]);
    let code = &mut body.instructions();
    field(plan, 2, code);
    code.local_get(0).i32_eq().end();
    body
}

/// The imports of a driver.
struct Own<'i> {
    at: u32,
    check: u32,
    wanted: u32,
    exit: u32,
    host: Host,
    instances: &'i HashMap<usize, Instance>,
    /// Functions and globals, by instance and name.
    items: BTreeMap<(usize, String), u32>,
}

/// The module whose start function carries out these actions, each with its number.
///
/// # Errors
/// If an action names something that isn't exported.
pub fn actions(
    actions: &[(usize, &Action)],
    numbers: &BTreeSet<u32>,
    instances: &HashMap<usize, Instance>,
) -> Result<Vec<u8>> {
    let mut to = Builder::default();
    let nothing = to.function_type(&[], &[]);
    let takes_one = to.function_type(&[ValType::I32], &[]);
    let takes_two = to.function_type(&[ValType::I32, ValType::I32], &[]);
    let asks = to.function_type(&[ValType::I32], &[ValType::I32]);
    let import = |to: &mut Builder, name, ty| to.import(PLAN, name, EntityType::Function(ty));
    let mut own = Own {
        at: import(&mut to, "at", takes_one),
        check: import(&mut to, "check", takes_two),
        wanted: import(&mut to, "wanted", asks),
        exit: import_exit(&mut to, takes_one),
        host: Host::import(&mut to, numbers),
        instances,
        items: BTreeMap::new(),
    };
    for (_, action) in actions {
        own.import(&mut to, action)?;
    }
    let mut start = Function::new([]);
    for chunk in actions.chunks(CHUNK) {
        let mut body = Function::new([(1, ValType::I32), (2, ValType::V128)]);
        for (number, action) in chunk {
            own.action(&mut body.instructions(), *number, action);
        }
        body.instructions().end();
        let index = to.define(nothing, &body);
        start.instructions().call(index);
    }
    start.instructions().end();
    to.start = Some(to.define(nothing, &start));
    Ok(to.finish())
}

impl Own<'_> {
    /// Imports the function or global of an action.
    fn import(&mut self, to: &mut Builder, action: &Action) -> Result<()> {
        let Ok((act, _)) = &action.what else {
            return Ok(());
        };
        let instance = &self.instances[&action.instance];
        let name = act.name();
        let item = instance.exports.find(name)?;
        let right = match act {
            Act::Invoke { .. } => matches!(item, Item::Function(_)),
            Act::Get { .. } => matches!(item, Item::Global(_)),
        };
        ensure!(right, "{name:?} is exported as something else");
        let key = (action.instance, name.to_owned());
        self.items.entry(key).or_insert_with(|| {
            let ty = item.entity(|ty| to.read_type(ty));
            to.import(&instance.name, name, ty)
        });
        Ok(())
    }

    fn action(&self, code: &mut InstructionSink<'_>, number: usize, action: &Action) {
        let Ok((_, then)) = &action.what else {
            return;
        };
        let number = i32::try_from(number).expect("BUG: more actions than a plan can name");
        code.i32_const(number).call(self.at);
        match then {
            // A branch drops the values on the stack.
            Then::Returns => {
                code.block(BlockType::Empty);
                self.perform(code, action);
                code.br(0).end();
            }
            Then::Results(results) => {
                self.perform(code, action);
                code.i32_const(1).local_set(RIGHT);
                for expected in results.iter().rev() {
                    compare(code, &self.host, expected);
                    code.local_get(RIGHT).i32_and().local_set(RIGHT);
                }
                code.local_get(RIGHT).i32_const(number).call(self.check);
            }
            Then::Traps(_) => {
                code.i32_const(number).call(self.wanted);
                code.if_(BlockType::Empty);
                self.perform(code, action);
                code.i32_const(0).call(self.exit).unreachable().end();
            }
        }
    }

    /// Leaves the action's results on the stack.
    fn perform(&self, code: &mut InstructionSink<'_>, action: &Action) {
        let Ok((act, _)) = &action.what else {
            return;
        };
        let item = self.items[&(action.instance, act.name().to_owned())];
        let args = match act {
            Act::Get { .. } => {
                code.global_get(item);
                return;
            }
            Act::Invoke { args, .. } => args,
        };
        for &arg in args {
            match arg {
                Value::I32(v) => code.i32_const(v),
                Value::I64(v) => code.i64_const(v),
                Value::F32(bits) => code.i32_const(bits.cast_signed()).f32_reinterpret_i32(),
                Value::F64(bits) => code.i64_const(bits.cast_signed()).f64_reinterpret_i64(),
                Value::V128(v) => code.v128_const(v),
                Value::NullFunc => code.ref_null(HeapType::FUNC),
                Value::NullExtern => code.ref_null(self.host.null()),
                Value::Host(number) => code.ref_func(self.host.function(number)),
            };
        }
        code.call(item);
    }
}

/// Locals: whether all results are right so far, a result with several lanes, and a result with
/// alternatives.
const RIGHT: u32 = 0;
const VECTOR: u32 = 1;
const ALTERNATIVES: u32 = 2;

/// Replaces the value on the stack by 1 if it is the expected value, and else by 0.
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

/// The comparison of an f32's bits.
fn compare_f32(code: &mut InstructionSink<'_>, expected: Float<u32>) {
    let (mask, bits) = match expected {
        Float::Bits(bits) => (u32::MAX, bits),
        Float::CanonicalNan => (0x7fff_ffff, 0x7fc0_0000),
        Float::ArithmeticNan => (0x7fc0_0000, 0x7fc0_0000),
    };
    code.i32_const(mask.cast_signed()).i32_and();
    code.i32_const(bits.cast_signed()).i32_eq();
}

/// The comparison of an f64's bits.
fn compare_f64(code: &mut InstructionSink<'_>, expected: Float<u64>) {
    let (mask, bits) = match expected {
        Float::Bits(bits) => (u64::MAX, bits),
        Float::CanonicalNan => (0x7fff_ffff_ffff_ffff, 0x7ff8_0000_0000_0000),
        Float::ArithmeticNan => (0x7ff8_0000_0000_0000, 0x7ff8_0000_0000_0000),
    };
    code.i64_const(mask.cast_signed()).i64_and();
    code.i64_const(bits.cast_signed()).i64_eq();
}
