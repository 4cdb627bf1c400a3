//! Files and directories that a Go program creates have the modes that the program gives.
//!
//! Go on wasip1 drops the mode before the import is called ([`crate::go::modes`] says where it
//! lies then). The call of preview 1's function becomes one of the function of `wasi_aot_os_1`
//! that takes a mode. The return address says which of the known callers is there; for any
//! other the mode is the one that preview 1's function takes.
//!
//! Trusted: that what lies there is the mode. Only its permission bits are passed, so the
//! runtime's function can do no more with a wrong one than a module that imports the function can.

use crate::go::modes::Site;
use crate::ir::op::{Addr, Callee, Compare, Integer, Load};
use crate::ir::{BlockId, Const, Func, InstId, Op, Origin, Type, Value};
use crate::pass::Cx;
use wasi_aot_contract::os;
use wasi_aot_contract::signature::HostModule;

/// What an import creates.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Creates {
    File,
    Directory,
}

impl Creates {
    /// What a function of preview 1 creates.
    fn by(name: &str) -> Option<Self> {
        match name {
            "path_open" => Some(Self::File),
            "path_create_directory" => Some(Self::Directory),
            _ => None,
        }
    }

    /// The function of `wasi_aot_os_1` that takes a mode, and the mode's place among its
    /// parameters.
    fn with_mode(self) -> (Callee, usize) {
        let (name, place) = match self {
            Self::File => ("path_open", 8),
            Self::Directory => ("path_create_directory", 3),
        };
        let function = os::place(name).expect("BUG: no function that takes a mode");
        (Callee::Os(function), place)
    }
}

/// Place of `path_open`'s flags among its parameters, and the flag that a file is created
/// exclusively.
const OFLAGS: usize = 4;
const EXCL: i32 = 4;

/// Gives imports a mode; returns how many.
pub fn run(func: &mut Func, cx: &Cx<'_, '_>) -> usize {
    let sites = cx.go.map_or(&[][..], |go| go.modes_at(cx.function));
    give(func, sites, |function| {
        let is_import = cx.module.defined(function).is_none();
        let import = is_import.then(|| cx.module.imports[function as usize].function)?;
        Creates::by(import.name).filter(|_| import.module == HostModule::Preview1)
    })
}

/// As [`run`], for a function that is called at `sites`; `creates` says what a function with an
/// index creates.
pub(super) fn give(
    func: &mut Func,
    sites: &[Site],
    creates: impl Fn(u32) -> Option<Creates>,
) -> usize {
    // With a dispatch it has a frame, and SP may have moved.
    if sites.is_empty() || func.dispatch.is_some() {
        return 0;
    }
    let Some((at, created)) = find(func, creates) else {
        return 0;
    };
    let call = func.block(BlockId::ENTRY).insts[at];
    let rest = func.block_mut(BlockId::ENTRY).insts.split_off(at);
    let mode = Maker::new(func, call).mode(sites, created);
    let (callee, place) = created.with_mode();
    let inst = func.inst_mut(call);
    inst.op = Op::Call(callee, None);
    inst.args.insert(place, mode);
    func.block_mut(BlockId::ENTRY).insts.extend(rest);
    1
}

/// The first call in the entry block, if it creates something and nothing has moved SP before.
fn find(func: &Func, creates: impl Fn(u32) -> Option<Creates>) -> Option<(usize, Creates)> {
    let sp = func.sp?;
    for (at, &id) in func.block(BlockId::ENTRY).insts.iter().enumerate() {
        match func.inst(id).op {
            Op::Call(Callee::Function(function), None) => return Some((at, creates(function)?)),
            Op::Call(..) => return None,
            Op::Set(variable) if variable == sp => return None,
            _ => {}
        }
    }
    None
}

/// Puts instructions at the end of the entry block, where a call was.
struct Maker<'f> {
    func: &'f mut Func,
    call: InstId,
    origin: Origin,
}

impl<'f> Maker<'f> {
    fn new(func: &'f mut Func, call: InstId) -> Self {
        let origin = func.inst(call).origin;
        Self { func, call, origin }
    }

    fn push(&mut self, op: Op, args: &[Value], ty: Type) -> Value {
        (self.func).push(BlockId::ENTRY, op, args, ty, self.origin)
    }

    fn i32(&mut self, value: i32) -> Value {
        self.push(Op::Const(Const::I32(value)), &[], Type::I32)
    }

    fn mode(&mut self, sites: &[Site], created: Creates) -> Value {
        let sp = self.func.sp.expect("BUG: a Go function without SP");
        let sp = self.push(Op::Get(sp), &[], Type::Sp);
        let low = self.push(Op::SpLow, &[sp], Type::I32);
        let slot = self.slot(low, sites);
        let at = self.push(Op::Integer(Integer::I32Add), &[low, slot], Type::I32);
        let mode = self.push(Op::Load(Load::I32Load, TOP), &[at], Type::I32);
        let bits = self.i32(os::MODE_BITS.cast_signed());
        let mode = self.push(Op::Integer(Integer::I32And), &[mode, bits], Type::I32);
        let usual = self.usual(created);
        self.push(Op::Select(Type::I32), &[mode, usual, slot], Type::I32)
    }

    /// Where the mode lies above SP. For an unknown caller 0, the place of the return address,
    /// which can be loaded whatever SP is, since this loads it.
    fn slot(&mut self, low: Value, sites: &[Site]) -> Value {
        let found = self.push(Op::Load(Load::I64Load, TOP), &[low], Type::I64);
        let mut slot = self.i32(0);
        for site in sites {
            let known = Op::Const(Const::I64(site.returns_to));
            let known = self.push(known, &[], Type::I64);
            let equal = Op::Compare(Compare::I64Eq);
            let equal = self.push(equal, &[found, known], Type::I32);
            let here = self.i32(site.slot);
            slot = self.push(Op::Select(Type::I32), &[here, slot, equal], Type::I32);
        }
        slot
    }

    /// The mode that preview 1's function takes.
    fn usual(&mut self, created: Creates) -> Value {
        let mut mode = |mode: u32| self.i32(mode.cast_signed());
        match created {
            Creates::Directory => mode(os::DIRECTORY_MODE),
            Creates::File => {
                let (private, others) = (mode(os::file_mode(true)), mode(os::file_mode(false)));
                let oflags = self.func.inst(self.call).args[OFLAGS];
                let excl = self.i32(EXCL);
                let excl = self.push(Op::Integer(Integer::I32And), &[oflags, excl], Type::I32);
                self.push(Op::Select(Type::I32), &[private, others, excl], Type::I32)
            }
        }
    }
}

/// At the address itself.
const TOP: Addr = Addr::Linear {
    memory: 0,
    offset: 0,
};
