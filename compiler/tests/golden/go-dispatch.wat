;;! emit = clif
;;! go = without, verified, trusted
;; The dispatch of a Go function. Verified: jumps through the br_table become jumps to their
;; targets. Trusted: the br_table keeps only PC_B 0 and the resume points, here none; an entry
;; at another point traps.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.jumps (param i32) (result i32) (local i32)
    (loop $entry
      (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 (local.get 0)))
        (i32.store (i32.const 8) (i32.const 100))
        (i32.const 2) (local.set 0) (br $entry))
        (return (i32.const 0)))
      (i32.store (i32.const 8) (i32.const 200))
      (i32.const 1) (local.set 0) (br $entry))
    (unreachable))
  (func (export "_start")))
;; expected:
;; ==== without
;; ; main.jumps
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @0049                               jump block1(v0)
;;                                 block1(v2: i32):
;; @0053                               br_table v2, block4, [block2, block3]
;;                                 block2:
;; @0059                               v3 = iconst.i32 8
;; @005b                               v4 = iconst.i32 100
;; @005e                               v5 = uextend.i64 v3  ; v3 = 8
;; @005e                               v6 = iconst.i64 0x1000_0000
;; @005e                               v7 = iadd v5, v6  ; v6 = 0x1000_0000
;; @005e                               store little region0 v4, v7  ; v4 = 100
;; @0061                               v8 = iconst.i32 2
;; @0065                               jump block1(v8)  ; v8 = 2
;;                                 block3:
;; @0068                               v9 = iconst.i32 0
;; @006a                               return v9  ; v9 = 0
;;                                 block4:
;; @006c                               v10 = iconst.i32 8
;; @006e                               v11 = iconst.i32 200
;; @0071                               v12 = uextend.i64 v10  ; v10 = 8
;; @0071                               v13 = iconst.i64 0x1000_0000
;; @0071                               v14 = iadd v12, v13  ; v13 = 0x1000_0000
;; @0071                               store little region0 v11, v14  ; v11 = 200
;; @0074                               v15 = iconst.i32 1
;; @0078                               jump block1(v15)  ; v15 = 1
;; }
;; ==== verified
;; ; main.jumps
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @0049                               jump block1
;;                                 block1:
;; @0053                               br_table v0, block3, [block2, block4]
;;                                 block2:
;; @0059                               v2 = iconst.i32 8
;; @005b                               v3 = iconst.i32 100
;; @005e                               v4 = uextend.i64 v2  ; v2 = 8
;; @005e                               v5 = iconst.i64 0x1000_0000
;; @005e                               v6 = iadd v4, v5  ; v5 = 0x1000_0000
;; @005e                               store little region0 v3, v6  ; v3 = 100
;; @0061                               v7 = iconst.i32 2
;; @0065                               jump block3
;;                                 block3:
;; @006c                               v8 = iconst.i32 8
;; @006e                               v9 = iconst.i32 200
;; @0071                               v10 = uextend.i64 v8  ; v8 = 8
;; @0071                               v11 = iconst.i64 0x1000_0000
;; @0071                               v12 = iadd v10, v11  ; v11 = 0x1000_0000
;; @0071                               store little region0 v9, v12  ; v9 = 200
;; @0074                               v13 = iconst.i32 1
;; @0078                               jump block4
;;                                 block4:
;; @0068                               v14 = iconst.i32 0
;; @006a                               return v14  ; v14 = 0
;; }
;; ==== trusted
;; ; main.jumps
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @0049                               jump block1
;;                                 block1:
;; @0053                               brif.i32 v0, block2, block4
;;                                 block2 cold:
;; @0053                               jump block3
;;                                 block3 cold:
;; @0053                               trap user6 ; resumed where Go never resumes (build with --no-go-opt)
;;                                 block4:
;; @0059                               v2 = iconst.i32 8
;; @005b                               v3 = iconst.i32 100
;; @005e                               v4 = uextend.i64 v2  ; v2 = 8
;; @005e                               v5 = iconst.i64 0x1000_0000
;; @005e                               v6 = iadd v4, v5  ; v5 = 0x1000_0000
;; @005e                               store little region0 v3, v6  ; v3 = 100
;; @0061                               v7 = iconst.i32 2
;; @0065                               jump block5
;;                                 block5:
;; @006c                               v8 = iconst.i32 8
;; @006e                               v9 = iconst.i32 200
;; @0071                               v10 = uextend.i64 v8  ; v8 = 8
;; @0071                               v11 = iconst.i64 0x1000_0000
;; @0071                               v12 = iadd v10, v11  ; v11 = 0x1000_0000
;; @0071                               store little region0 v9, v12  ; v9 = 200
;; @0074                               v13 = iconst.i32 1
;; @0078                               jump block6
;;                                 block6:
;; @0068                               v14 = iconst.i32 0
;; @006a                               return v14  ; v14 = 0
;; }
