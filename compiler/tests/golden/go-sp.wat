;;! emit = clif
;;! go = without, verified
;; Local 1 is a copy of SP wherever it is read: it isn't kept, the pinned register is read.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.frame (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 32))))
    (i64.store offset=8 (local.get 1) (i64.const 7))
    (call $main.callee (i32.const 0))
    (global.get 0) (local.set 1)
    (if (then (i32.const 1) (return)))
    (i64.store offset=16 (local.get 1) (i64.const 9))
    (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 40))))
    (i32.const 0))
  (func $main.callee (param i32) (result i32)
    (i32.load (i32.const 8)))
  (func (export "_start")))
;; expected:
;; ==== without
;; ; main.frame
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32) -> i32 tail
;;     fn0 = colocated u0:1 sig0 ; main.callee
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @004b                               v2 = get_pinned_reg.i64
;; @004b                               v3 = ireduce.i32 v2
;; @0051                               v4 = iconst.i32 32
;; @0053                               v5 = isub v3, v4  ; v4 = 32
;; @0056                               v6 = uextend.i64 v5
;; @005a                               v7 = iconst.i64 7
;; @005c                               v8 = iconst.i64 0x1000_0000
;; @005c                               v9 = iadd v6, v8  ; v8 = 0x1000_0000
;; @005c                               store little region0 v7, v9+8  ; v7 = 7
;; @005f                               v10 = iconst.i32 0
;; @0061                               set_pinned_reg v6
;; @0061                               v11 = call fn0(v10)  ; v10 = 0
;; @0063                               v12 = get_pinned_reg.i64
;; @0063                               v13 = ireduce.i32 v12
;; @0067                               brif v11, block1, block2
;;                                 block1:
;; @0069                               v14 = iconst.i32 1
;; @006b                               return v14  ; v14 = 1
;;                                 block2:
;; @006c                               jump block3
;;                                 block3:
;; @006f                               v15 = iconst.i64 9
;; @0071                               v16 = uextend.i64 v13
;; @0071                               v17 = iconst.i64 0x1000_0000
;; @0071                               v18 = iadd v16, v17  ; v17 = 0x1000_0000
;; @0071                               store little region0 v15, v18+16  ; v15 = 9
;; @0076                               v19 = iconst.i32 40
;; @0078                               v20 = iadd.i32 v13, v19  ; v19 = 40
;; @007b                               v21 = uextend.i64 v20
;; @007d                               v22 = iconst.i32 0
;; @007f                               set_pinned_reg v21
;; @007f                               return v22  ; v22 = 0
;; }
;; ; main.callee
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0082                               v1 = iconst.i32 8
;; @0084                               v2 = uextend.i64 v1  ; v1 = 8
;; @0084                               v3 = iconst.i64 0x1000_0000
;; @0084                               v4 = iadd v2, v3  ; v3 = 0x1000_0000
;; @0084                               v5 = load.i32 little region0 v4
;; @0087                               return v5
;; }
;; ==== verified
;; ; main.frame
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;     sig0 = (i32) -> i32 tail
;;     fn0 = colocated u0:1 sig0 ; main.callee
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @004b                               v2 = get_pinned_reg.i64
;; @004b                               v3 = ireduce.i32 v2
;; @0051                               v4 = iconst.i32 32
;; @0053                               v5 = isub v3, v4  ; v4 = 32
;; @0056                               v6 = uextend.i64 v5
;; @005a                               v7 = iconst.i64 7
;; @005c                               v8 = iconst.i64 0x1000_0000
;; @005c                               v9 = iadd v6, v8  ; v8 = 0x1000_0000
;; @005c                               store little region0 v7, v9+8  ; v7 = 7
;; @005f                               v10 = iconst.i32 0
;; @0061                               set_pinned_reg v6
;; @0061                               v11 = call fn0(v10)  ; v10 = 0
;; @0063                               v12 = get_pinned_reg.i64
;; @0063                               v13 = ireduce.i32 v12
;; @0067                               brif v11, block1, block2
;;                                 block1 cold:
;; @0069                               v14 = iconst.i32 1
;; @006b                               return v14  ; v14 = 1
;;                                 block2:
;; @006c                               jump block3
;;                                 block3:
;; @006d                               v15 = get_pinned_reg.i64
;; @006d                               v16 = ireduce.i32 v15
;; @006f                               v17 = iconst.i64 9
;; @0071                               v18 = iconst.i64 0x1000_0000
;; @0071                               v19 = iadd v15, v18  ; v18 = 0x1000_0000
;; @0071                               store little region0 v17, v19+16  ; v17 = 9
;; @0076                               v20 = iconst.i32 40
;; @0078                               v21 = iadd v16, v20  ; v20 = 40
;; @007b                               v22 = uextend.i64 v21
;; @007d                               v23 = iconst.i32 0
;; @007f                               set_pinned_reg v22
;; @007f                               return v23  ; v23 = 0
;; }
;; ; main.callee
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0082                               v1 = iconst.i32 8
;; @0084                               v2 = uextend.i64 v1  ; v1 = 8
;; @0084                               v3 = iconst.i64 0x1000_0000
;; @0084                               v4 = iadd v2, v3  ; v3 = 0x1000_0000
;; @0084                               v5 = load.i32 little region0 v4
;; @0087                               return v5
;; }
