//! Copies a module's bodies with changes that make runs comparable and values visible. Random
//! code drops most of its results, so dropped values go into a digest, a global of the
//! driver.

use crate::nan::{self, Float, Scratch};
use wasm_encoder::reencode::{self, Reencode};
use wasm_encoder::{CodeSection, Function, HeapType, InstructionSink};
use wasmparser::{FuncType, FuncValidator, FunctionBody, Operator, ValidatorResources};

/// Which changes are made.
#[derive(Debug, Clone, Copy)]
pub struct Changes {
    /// NaNs are also made canonical before operators that show their bits.
    pub observers: bool,
    /// If this global is 0, the function returns zeroes. wasm-smith would let it trap.
    pub returns_without: Option<u32>,
    /// Dropped values go into this global.
    pub digest: Option<u32>,
}

/// Copies a body of this signature.
///
/// # Errors
/// If the body can't be read.
pub fn copy<R: Reencode>(
    reencoder: &mut R,
    code: &mut CodeSection,
    body: &FunctionBody<'_>,
    mut validator: FuncValidator<ValidatorResources>,
    signature: &FuncType,
    changes: Changes,
) -> Result<(), reencode::Error<R::Error>> {
    let mut locals = Vec::new();
    let mut first = u32::try_from(signature.params().len()).expect("BUG: many parameters");
    for declared in body.get_locals_reader()? {
        let (count, ty) = declared?;
        first += count;
        locals.push((count, reencoder.val_type(ty)?));
    }
    let before = |operator: &Operator<'_>| nan::before(operator).filter(|_| changes.observers);
    let mut replaces = changes.digest.is_some();
    for operator in body.get_operators_reader()? {
        let operator = operator?;
        replaces |= before(&operator).is_some() || nan::after(&operator).is_some();
    }
    if replaces {
        locals.extend(Scratch::TYPES.map(|ty| (1, ty)));
    }
    validator.read_locals(&mut body.get_binary_reader())?;
    let scratch = Scratch { first };
    let mut function = Function::new(locals);
    let mut fuel = Fuel::default();
    for item in body.get_operators_reader()?.into_iter_with_offsets() {
        let (operator, offset) = item?;
        if let (Operator::Drop, Some(digest)) = (&operator, changes.digest)
            && let Some(Some(ty)) = validator.get_operand_type(0)
        {
            validator.op(offset, &operator)?;
            into_digest(&mut function.instructions(), ty, digest, scratch);
            continue;
        }
        validator.op(offset, &operator)?;
        if fuel.is_used_up(&operator, changes.returns_without) {
            return_zeroes(&mut function.instructions(), signature);
        }
        if let Some(float) = before(&operator) {
            scratch.replace(float, &mut function.instructions());
        }
        let replaced = nan::after(&operator);
        function.instruction(&reencoder.instruction(operator)?);
        if let Some(float) = replaced {
            scratch.replace(float, &mut function.instructions());
        }
    }
    code.function(&function);
    Ok(())
}

/// Mixes the value on top of the stack into the digest.
fn into_digest(
    code: &mut InstructionSink<'_>,
    ty: wasmparser::ValType,
    digest: u32,
    scratch: Scratch,
) {
    match ty {
        wasmparser::ValType::I32 => drop(code.i64_extend_i32_u()),
        wasmparser::ValType::I64 => {}
        wasmparser::ValType::F32 => {
            scratch.replace(Float::F32, code);
            code.i32_reinterpret_f32().i64_extend_i32_u();
        }
        wasmparser::ValType::F64 => {
            scratch.replace(Float::F64, code);
            code.i64_reinterpret_f64();
        }
        wasmparser::ValType::V128 => scratch.halves(code),
        wasmparser::ValType::Ref(_) => drop(code.ref_is_null().i64_extend_i32_u()),
    }
    code.global_get(digest).i64_const(5).i64_rotl().i64_add();
    code.global_set(digest);
}

/// How much of `global.get FUEL; i32.eqz; if` precedes an operator.
#[derive(Default)]
struct Fuel(u8);

impl Fuel {
    /// Whether the operator is the trap that follows them.
    fn is_used_up(&mut self, operator: &Operator<'_>, fuel: Option<u32>) -> bool {
        let used_up = self.0 == 3 && matches!(operator, Operator::Unreachable);
        self.0 = match (self.0, operator) {
            (_, Operator::GlobalGet { global_index }) if Some(*global_index) == fuel => 1,
            (1, Operator::I32Eqz) => 2,
            (2, Operator::If { .. }) => 3,
            _ => 0,
        };
        used_up
    }
}

fn return_zeroes(code: &mut InstructionSink<'_>, signature: &FuncType) {
    for ty in signature.results() {
        match ty {
            wasmparser::ValType::I32 => code.i32_const(0),
            wasmparser::ValType::I64 => code.i64_const(0),
            wasmparser::ValType::F32 => code.f32_const(0f32.into()),
            wasmparser::ValType::F64 => code.f64_const(0f64.into()),
            wasmparser::ValType::V128 => code.v128_const(0),
            wasmparser::ValType::Ref(ty) if ty.is_func_ref() => code.ref_null(HeapType::FUNC),
            wasmparser::ValType::Ref(_) => code.ref_null(HeapType::EXTERN),
        };
    }
    code.return_();
}
