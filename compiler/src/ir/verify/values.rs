//! Values and their definitions: one for each value, and other names that lead to a value.

use super::super::{BlockId, Def, Effect, Func, InstId, Value};

/// Where each value is defined.
pub(super) struct Homes(Vec<Option<(BlockId, usize)>>);

impl Homes {
    /// Notes where the values of these blocks are defined: at one place, as their data say. An
    /// instruction is in one block, once.
    pub(super) fn of(func: &Func, order: &[BlockId]) -> Result<Self, String> {
        let mut homes = Self(vec![None; func.values.len()]);
        let mut placed = vec![false; func.insts.len()];
        for &id in order {
            let block = func.block(id);
            for (number, &param) in (0..).zip(&block.params) {
                homes.define(func, param, Def::Param(id, number), (id, 0))?;
            }
            for (place, &inst) in block.insts.iter().enumerate() {
                match placed.get_mut(inst.index()) {
                    None => return Err(format!("b{}: there is no inst{}", id.0, inst.0)),
                    Some(true) => return Err(format!("b{}: inst{} is twice", id.0, inst.0)),
                    Some(placed) => *placed = true,
                }
                homes.results(func, inst, (id, place + 1))?;
            }
        }
        Ok(homes)
    }

    /// The block that defines a value, and the place: 0 for the block's parameters.
    pub(super) fn of_value(&self, value: Value) -> Option<(BlockId, usize)> {
        self.0[value.index()]
    }

    fn results(&mut self, func: &Func, id: InstId, home: (BlockId, usize)) -> Result<(), String> {
        let inst = func.inst(id);
        for (number, value) in (0..).zip(inst.all_results()) {
            let data = func.values.get(value.index());
            match data.map(|data| data.def) {
                // A pass has given the result's value another name.
                Some(Def::Alias(_)) if inst.op.effect() == Effect::Pure => {}
                Some(Def::Alias(_)) => {
                    let op = inst.op;
                    return Err(format!("{op:?} has an effect, and no result of its own"));
                }
                _ => self.define(func, value, Def::Inst(id, number), home)?,
            }
        }
        Ok(())
    }

    fn define(
        &mut self,
        func: &Func,
        value: Value,
        def: Def,
        home: (BlockId, usize),
    ) -> Result<(), String> {
        let Some(data) = func.values.get(value.index()) else {
            return Err(format!("b{}: there is no v{}", home.0.0, value.0));
        };
        if data.def != def {
            return Err(format!(
                "v{} is defined in b{}, elsewhere by its data",
                value.0, home.0.0
            ));
        }
        match self.0[value.index()].replace(home) {
            None => Ok(()),
            Some(_) => Err(format!("v{} is defined twice", value.0)),
        }
    }
}

/// Checks that each other name leads to a value, of the same type.
pub(super) fn aliases(func: &Func) -> Result<(), String> {
    // By which walk a name was seen.
    let mut seen = vec![None; func.values.len()];
    for start in 0..func.values.len() {
        let mut at = Value::new(start);
        while let Def::Alias(other) = func.values[at.index()].def {
            match seen[at.index()].replace(start) {
                None => {}
                Some(walk) if walk == start => {
                    return Err(format!("v{} is another name for itself", at.0));
                }
                Some(_) => break,
            }
            let Some(data) = func.values.get(other.index()) else {
                return Err(format!("v{} is another name for nothing", at.0));
            };
            let (own, ty) = (func.ty(at), data.ty);
            if own != ty {
                return Err(format!("v{}: {own:?} is another name for {ty:?}", at.0));
            }
            at = other;
        }
    }
    Ok(())
}
