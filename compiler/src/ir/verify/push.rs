//! Pushes: values of SP that are a place which was accessed before.

use super::super::op::{Addr, Op};
use super::super::{Func, InstId};

/// Checks that the block stores at the place of each push before.
pub(super) fn check(func: &Func, insts: &[InstId]) -> Result<(), String> {
    for (place, &id) in insts.iter().enumerate() {
        let push = func.inst(id);
        let Op::SpPush(constant) = push.op else {
            continue;
        };
        let at = Addr::Frame { slot: constant };
        let sp = push.args.first().map(|&sp| func.resolve(sp));
        let stores = insts[..place]
            .iter()
            .map(|&inst| func.inst(inst))
            .any(|inst| {
                let is_there = matches!(inst.op, Op::Store(_, to) if to == at);
                is_there && inst.args.first().map(|&base| func.resolve(base)) == sp
            });
        if !stores {
            let value = push.first_result.0;
            return Err(format!("v{value} is pushed, and nothing was stored there"));
        }
    }
    Ok(())
}
