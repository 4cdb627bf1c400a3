;;! emit = clif
;;! go = without, trusted
;; A loop that begins with its condition, PC_B 1: the body, PC_B 2, ends in a copy of it.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.counts (param i32) (result i32) (local i32)
    (loop $entry
      (block $b3 (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 $b3 (local.get 0)))
        (i32.const 1) (local.set 0) (br $entry))
        (if (i32.ge_u (i32.load (i32.const 8)) (i32.const 10))
          (then (i32.const 3) (local.set 0) (br $entry))))
        (i32.store (i32.const 8) (i32.add (i32.load (i32.const 8)) (i32.const 1)))
        (i32.const 1) (local.set 0) (br $entry))
      (return (i32.const 0)))
    (unreachable))
  (func (export "_start")))
;; expected:
;; ==== without
;; ; main.counts
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @0049                               jump block1(v0)
;;                                 block1(v2: i32):
;; @0055                               br_table v2, block8, [block2, block3, block7]
;;                                 block2:
;; @005c                               v3 = iconst.i32 1
;; @0060                               jump block1(v3)  ; v3 = 1
;;                                 block3:
;; @0063                               v4 = iconst.i32 8
;; @0065                               v5 = uextend.i64 v4  ; v4 = 8
;; @0065                               v6 = iconst.i64 0x1000_0000
;; @0065                               v7 = iadd v5, v6  ; v6 = 0x1000_0000
;; @0065                               v8 = load.i32 little region0 v7
;; @0068                               v9 = iconst.i32 10
;; @006a                               v10 = icmp uge v8, v9  ; v9 = 10
;; @006a                               v11 = uextend.i32 v10
;; @006b                               brif v11, block4, block5
;;                                 block4:
;; @006d                               v12 = iconst.i32 3
;; @0071                               jump block1(v12)  ; v12 = 3
;;                                 block5:
;; @0073                               jump block6
;;                                 block6:
;; @0074                               jump block7
;;                                 block7:
;; @0075                               v13 = iconst.i32 8
;; @0077                               v14 = iconst.i32 8
;; @0079                               v15 = uextend.i64 v14  ; v14 = 8
;; @0079                               v16 = iconst.i64 0x1000_0000
;; @0079                               v17 = iadd v15, v16  ; v16 = 0x1000_0000
;; @0079                               v18 = load.i32 little region0 v17
;; @007c                               v19 = iconst.i32 1
;; @007e                               v20 = iadd v18, v19  ; v19 = 1
;; @007f                               v21 = uextend.i64 v13  ; v13 = 8
;; @007f                               v22 = iconst.i64 0x1000_0000
;; @007f                               v23 = iadd v21, v22  ; v22 = 0x1000_0000
;; @007f                               store little region0 v20, v23
;; @0082                               v24 = iconst.i32 1
;; @0086                               jump block1(v24)  ; v24 = 1
;;                                 block8:
;; @0089                               v25 = iconst.i32 0
;; @008b                               return v25  ; v25 = 0
;; }
;; ==== trusted
;; ; main.counts
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;;                                     v1 = iconst.i32 0
;; @0049                               jump block1
;;                                 block1:
;; @0055                               brif.i32 v0, block2, block4
;;                                 block2 cold:
;; @0055                               jump block3
;;                                 block3 cold:
;; @0055                               trap user6 ; resumed where Go never resumes (build with --no-go-opt)
;;                                 block4:
;; @005c                               v2 = iconst.i32 1
;; @0060                               jump block5
;;                                 block5:
;; @0063                               v3 = iconst.i32 8
;; @0065                               v4 = uextend.i64 v3  ; v3 = 8
;; @0065                               v5 = iconst.i64 0x1000_0000
;; @0065                               v6 = iadd v4, v5  ; v5 = 0x1000_0000
;; @0065                               v7 = load.i32 little region0 v6
;; @0068                               v8 = iconst.i32 10
;; @006a                               v9 = icmp uge v7, v8  ; v8 = 10
;; @006a                               v10 = uextend.i32 v9
;; @006b                               brif v10, block9, block6
;;                                 block6:
;; @0073                               jump block7
;;                                 block7:
;; @0074                               jump block8
;;                                 block8:
;; @0075                               v11 = iconst.i32 8
;; @0077                               v12 = iconst.i32 8
;; @0079                               v13 = uextend.i64 v12  ; v12 = 8
;; @0079                               v14 = iconst.i64 0x1000_0000
;; @0079                               v15 = iadd v13, v14  ; v14 = 0x1000_0000
;; @0079                               v16 = load.i32 little region0 v15
;; @007c                               v17 = iconst.i32 1
;; @007e                               v18 = iadd v16, v17  ; v17 = 1
;; @007f                               v19 = uextend.i64 v11  ; v11 = 8
;; @007f                               v20 = iconst.i64 0x1000_0000
;; @007f                               v21 = iadd v19, v20  ; v20 = 0x1000_0000
;; @007f                               store little region0 v18, v21
;; @0082                               v22 = iconst.i32 1
;; @0063                               v23 = iconst.i32 8
;; @0065                               v24 = uextend.i64 v23  ; v23 = 8
;; @0065                               v25 = iconst.i64 0x1000_0000
;; @0065                               v26 = iadd v24, v25  ; v25 = 0x1000_0000
;; @0065                               v27 = load.i32 little region0 v26
;; @0068                               v28 = iconst.i32 10
;; @006a                               v29 = icmp uge v27, v28  ; v28 = 10
;; @006a                               v30 = uextend.i32 v29
;; @006b                               brif v30, block9, block6
;;                                 block9:
;; @006d                               v31 = iconst.i32 3
;; @0071                               jump block10
;;                                 block10:
;; @0089                               v32 = iconst.i32 0
;; @008b                               return v32  ; v32 = 0
;; }
