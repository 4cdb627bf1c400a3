//! Calls, as far as the module isn't needed: what is not an argument, and SP.

use super::super::op::{Callee, GoCall};
use super::super::{Func, Inst, Type, Value};
use super::operation::Signature;

/// What is wrong with the SP that is passed or comes back.
pub(super) const SP: &str = "SP is missing, or too much";

/// The types that the operands and results of a call must have. The arguments' and results'
/// own are the module's ([`super::module`]), so they are what they are here.
pub(super) fn signature(
    func: &Func,
    inst: &Inst,
    callee: Callee,
    go: Option<GoCall>,
) -> Result<Signature, String> {
    let args: Vec<Type> = inst.args.iter().map(|&arg| ty(func, arg)).collect();
    let results: Vec<Type> = inst.all_results().map(|value| func.ty(value)).collect();
    let (mut own_args, mut own_results) = (args.clone(), results.clone());
    let takes_sp = own_args.pop_if(|ty| *ty == Type::Sp).is_some();
    let gives_sp = own_results.pop_if(|ty| *ty == Type::Sp).is_some();
    // An import, which is called by its index, gets no SP.
    let is_missing = !takes_sp && func.sp.is_some() && matches!(callee, Callee::Element { .. });
    let is_too_much = own_args.contains(&Type::Sp) || own_results.contains(&Type::Sp);
    if takes_sp != gives_sp || is_missing || is_too_much || takes_sp && func.sp.is_none() {
        return Err(SP.into());
    }
    index(callee, &mut own_args)?;
    let is_gos = own_args == [Type::I32] && own_results == [Type::I32];
    if go.is_some() && !is_gos {
        return Err("a call of Go's to a function of another type".into());
    }
    Ok((args, results))
}

/// Checks the operands of a tail call; an import is no callee of one.
pub(super) fn tail(func: &Func, callee: Callee, args: &[Value]) -> Result<(), String> {
    let mut args: Vec<Type> = args.iter().map(|&arg| ty(func, arg)).collect();
    let takes_sp = args.pop_if(|ty| *ty == Type::Sp).is_some();
    if takes_sp != func.sp.is_some() || args.contains(&Type::Sp) {
        return Err(SP.into());
    }
    index(callee, &mut args)
}

/// Takes the index of a call through a table from the end of the operands.
fn index(callee: Callee, args: &mut Vec<Type>) -> Result<(), String> {
    let Callee::Element {
        table, gives_way, ..
    } = callee
    else {
        return Ok(());
    };
    if gives_way && table != 0 {
        return Err(format!("table {table} has no entries that give way"));
    }
    match args.pop() {
        Some(Type::I32) => Ok(()),
        _ => Err("a call through a table without an index".into()),
    }
}

fn ty(func: &Func, value: Value) -> Type {
    func.ty(func.resolve(value))
}
