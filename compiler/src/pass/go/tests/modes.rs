//! Which calls of imports get a mode.

use super::super::modes::{Creates, give};
use crate::go::modes::Site;
use crate::ir::Func;
use crate::pass::testing::{becomes, but, stays};

/// `syscall.path_create_directory` as Go 1.27 has it; function 0 is the import.
const MKDIR: &str = "function (i32, sp) -> (i32, sp)
variables i32 i32 sp, sp is x2
b0(v0: i32, v1: sp):
  v2: sp = get x2
  v3: i32 = sp.low v2
  v4: i32 = i32.load v3 +8
  v5: i32 = i32.load v3 +16
  v6: i32 = i32.load v3 +24
  v7: i32 = call 0 v4 v5 v6
  v8: i64 = i64.extend_i32_u v7
  i64.store32 v3 v8 +32
  v9: i32 = i32.const 8
  v10: i32 = i32.add v3 v9
  v11: sp = sp.from v10
  set x2 v11
  v12: i32 = i32.const 0
  return v12 v11
";

/// What comes before the call then.
const MODE: &str = "  v13: sp = get x2
  v14: i32 = sp.low v13
  v15: i64 = i64.load v14 +0
  v16: i32 = i32.const 0
  v17: i64 = i64.const 268435461
  v18: i32 = i64.eq v15 v17
  v19: i32 = i32.const 72
  v20: i32 = select.i32 v19 v16 v18
  v21: i32 = i32.add v14 v20
  v22: i32 = i32.load v21 +0
  v23: i32 = i32.const 511
  v24: i32 = i32.and v22 v23
  v25: i32 = i32.const 511
  v26: i32 = select.i32 v24 v25 v20
  v7: i32 = call_os path_create_directory v4 v5 v6 v26
";

/// From function 0 of the module's own, PC_B 5.
const SITE: Site = Site {
    returns_to: 268_435_461,
    slot: 72,
};

fn directory(func: &mut Func) -> usize {
    give(func, &[SITE], |function| {
        (function == 0).then_some(Creates::Directory)
    })
}

#[test]
fn a_directory_gets_the_mode_of_a_known_caller() {
    let given = but(MKDIR, "  v7: i32 = call 0 v4 v5 v6\n", MODE);
    becomes(MKDIR, &given, 1, directory);
}

/// A call of `path_open`, without what Go does before and behind it.
const OPEN: &str = "function (i32, sp) -> (i32, sp)
variables i32 i32 sp, sp is x2
b0(v0: i32, v1: sp):
  v2: i64 = i64.const 7
  v3: i32 = i32.const 1
  v4: i32 = i32.const 2
  v5: i32 = call 0 v0 v0 v0 v0 v3 v2 v2 v0 v4
  return v5 v1
";

/// What comes before the call then: of an unknown caller, a file that is created exclusively is
/// its owner's alone.
const OPEN_MODE: &str = "  v6: sp = get x2
  v7: i32 = sp.low v6
  v8: i64 = i64.load v7 +0
  v9: i32 = i32.const 0
  v10: i64 = i64.const 268435461
  v11: i32 = i64.eq v8 v10
  v12: i32 = i32.const 72
  v13: i32 = select.i32 v12 v9 v11
  v14: i64 = i64.const 268435462
  v15: i32 = i64.eq v8 v14
  v16: i32 = i32.const 72
  v17: i32 = select.i32 v16 v13 v15
  v18: i32 = i32.add v7 v17
  v19: i32 = i32.load v18 +0
  v20: i32 = i32.const 511
  v21: i32 = i32.and v19 v20
  v22: i32 = i32.const 384
  v23: i32 = i32.const 438
  v24: i32 = i32.const 4
  v25: i32 = i32.and v3 v24
  v26: i32 = select.i32 v22 v23 v25
  v27: i32 = select.i32 v21 v26 v17
  v5: i32 = call_os path_open v0 v0 v0 v0 v3 v2 v2 v0 v27 v4
";

#[test]
fn a_file_gets_the_mode_of_one_of_two_calls() {
    let second = Site {
        returns_to: SITE.returns_to + 1,
        ..SITE
    };
    let call = "  v5: i32 = call 0 v0 v0 v0 v0 v3 v2 v2 v0 v4\n";
    becomes(OPEN, &but(OPEN, call, OPEN_MODE), 1, |func| {
        give(func, &[SITE, second], |_| Some(Creates::File))
    });
}

#[test]
fn other_functions_stay() {
    // No caller is known; the callee is no such import; it calls something else first.
    stays(MKDIR, |func| give(func, &[], |_| Some(Creates::Directory)));
    stays(MKDIR, |func| give(func, &[SITE], |_| None));
    let other = "  v14: i32 = call 1 v4 v5 v6\n  v7: i32 = call 0";
    stays(&but(MKDIR, "  v7: i32 = call 0", other), directory);
    // SP has moved: the return address isn't there.
    let moved = but(MKDIR, "  v7: i32 = call", "  set x2 v1\n  v7: i32 = call");
    stays(&moved, directory);
    // A call in another block.
    let later = but(
        MKDIR,
        "  v7: i32 = call",
        "  jump b1\nb1():\n  v7: i32 = call",
    );
    stays(&later, directory);
    // A function of its own with a dispatch.
    let dispatch = but(&later, "sp is x2", "sp is x2, dispatch b1");
    let dispatch = but(
        &dispatch,
        "  v7: i32 = call 0 v4 v5 v6\n",
        "  v14: i32 = get x0\n  table v14 [b2] b2\nb2():\n  v7: i32 = call 0 v4 v5 v6\n",
    );
    stays(&dispatch, directory);
}
