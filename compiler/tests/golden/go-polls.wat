;;! emit = clif
;;! go = verified, trusted
;; A loop whose only call is of a function without a stack check. Trusted: it compares
;; stackguard0 in front of the call, and in a cold block pushes where the goroutine goes on and
;; jumps to runtime.morestack_noctxt.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (global (mut i64) (i64.const 0))
  (global $g (mut i64) (i64.const 0))
  (func $main.leaf (param i32) (result i32)
    (i32.const 0))
  (func $main.direct (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (loop $entry
      (block $b1 (block $b0
        (br_table $b0 $b1 (local.get 0)))
        (i64.store (local.get 1) (i64.const @main.direct:1))
        (call $main.leaf (i32.const 0))
        (global.get 0) (local.set 1)
        (if (then (i32.const 1) (return))))
      (i32.const 0) (local.set 0) (br $entry))
    (unreachable))
  (func $runtime.morestack (param i32) (result i32) (local i64)
    (drop (i64.load (i32.wrap_i64
      (local.tee 1 (i64.load offset=48 (i32.wrap_i64 (global.get $g)))))))
    (unreachable))
  (func $runtime.morestack_noctxt (param i32) (result i32)
    (i32.const 1))
  (func (export "_start")))
;; expected:
;; ==== verified
;; ; main.leaf
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0057                               v1 = iconst.i32 0
;; @0059                               return v1  ; v1 = 0
;; }
;; ; main.direct
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32) -> i32 tail
;;     fn0 = colocated u0:0 sig0 ; main.leaf
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @005e                               v2 = get_pinned_reg.i64
;; @005e                               v3 = ireduce.i32 v2
;; @0062                               jump block1
;;                                 block1:
;; @006a                               br_table v0, block2, [block3]
;;                                 block2:
;; @0089                               v4 = iconst.i32 0
;; @008d                               jump block3
;;                                 block3:
;; @006f                               v5 = get_pinned_reg.i64
;; @006f                               v6 = ireduce.i32 v5
;; @0071                               v7 = iconst.i64 0x1001_0001
;; @0077                               v8 = iconst.i64 0x1000_0000
;; @0077                               v9 = iadd v5, v8  ; v8 = 0x1000_0000
;; @0077                               store little region0 v7, v9  ; v7 = 0x1001_0001
;; @007a                               v10 = iconst.i32 0
;; @007c                               v11 = call fn0(v10)  ; v10 = 0
;; @007e                               v12 = get_pinned_reg.i64
;; @007e                               v13 = ireduce.i32 v12
;; @0082                               brif v11, block4, block5
;;                                 block4 cold:
;; @0084                               v14 = iconst.i32 1
;; @0086                               return v14  ; v14 = 1
;;                                 block5:
;; @0087                               jump block6
;;                                 block6:
;; @0088                               jump block2
;; }
;; ==== trusted
;; ; main.leaf
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0057                               v1 = iconst.i32 0
;; @0059                               return v1  ; v1 = 0
;; }
;; ; main.direct
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     gv0 = symbol colocated userextname0 ; wasi_aot_globals
;;     sig0 = (i32) -> i32 tail
;;     sig1 = (i32) -> i32 tail
;;     fn0 = colocated u0:3 sig0 ; runtime.morestack_noctxt
;;     fn1 = colocated u0:0 sig1 ; main.leaf
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @005e                               v2 = get_pinned_reg.i64
;; @005e                               v3 = ireduce.i32 v2
;; @0062                               jump block1
;;                                 block1:
;; @006a                               brif.i32 v0, block2, block4
;;                                 block2 cold:
;; @006a                               v4 = iconst.i32 1
;; @006a                               v5 = icmp.i32 eq v0, v4  ; v4 = 1
;; @006a                               brif v5, block10, block3
;;                                 block3 cold:
;; @006a                               trap user6 ; resumed where Go never resumes (build with --no-go-opt)
;;                                 block4:
;; @006f                               v6 = get_pinned_reg.i64
;; @006f                               v7 = ireduce.i32 v6
;; @0071                               v8 = iconst.i64 0x1001_0001
;; @0077                               v9 = iconst.i64 0x1000_0000
;; @0077                               v10 = iadd v6, v9  ; v9 = 0x1000_0000
;; @0077                               store little region0 v8, v10  ; v8 = 0x1001_0001
;; @007a                               v11 = symbol_value.i64 gv0
;; @007a                               v12 = load.i64 notrap aligned region1 v11+16
;; @007a                               v13 = ireduce.i32 v12
;; @007a                               v14 = uextend.i64 v13
;; @007a                               v15 = iconst.i64 0x1000_0000
;; @007a                               v16 = iadd v14, v15  ; v15 = 0x1000_0000
;; @007a                               v17 = load.i32 little region0 v16+16
;; @007a                               v18 = iconst.i32 -1314
;; @007a                               v19 = icmp eq v17, v18  ; v18 = -1314
;; @007a                               v20 = uextend.i32 v19
;; @007a                               brif v20, block5, block6
;;                                 block5 cold:
;; @007a                               v21 = get_pinned_reg.i64
;; @007a                               v22 = ireduce.i32 v21
;; @007a                               v23 = iconst.i32 8
;; @007a                               v24 = isub v22, v23  ; v23 = 8
;; @007a                               v25 = uextend.i64 v24
;; @007a                               v26 = iconst.i64 0x1000_0000
;; @007a                               v27 = iconst.i64 0x1000_0000
;; @007a                               v28 = iadd v25, v27  ; v27 = 0x1000_0000
;; @007a                               store little region0 v26, v28  ; v26 = 0x1000_0000
;; @007a                               v29 = iconst.i32 0
;; @007a                               set_pinned_reg v25
;; @007a                               return_call fn0(v29)  ; v29 = 0
;;                                 block6:
;; @007a                               v30 = iconst.i32 0
;; @007c                               v31 = call fn1(v30)  ; v30 = 0
;; @007e                               v32 = get_pinned_reg.i64
;; @007e                               v33 = ireduce.i32 v32
;; @0082                               brif v31, block7, block8
;;                                 block7 cold:
;; @0084                               v34 = iconst.i32 1
;; @0086                               return v34  ; v34 = 1
;;                                 block8:
;; @0087                               jump block9
;;                                 block9:
;; @0088                               jump block10
;;                                 block10:
;; @0089                               v35 = iconst.i32 0
;; @008d                               jump block4
;; }
