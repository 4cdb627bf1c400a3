;;! emit = clif
;; Structured control flow is gone in the graph; operands cross blocks as block
;; parameters only where paths meet with different values.
(module
  (func $if_else (param i32) (result i32) (if (result i32) (local.get 0) (then (i32.const 1)) (else (i32.const 2))))
  (func $loop (param i32) (result i32) (local i32)
    (loop $l
      (local.set 1 (i32.add (local.get 1) (local.get 0)))
      (br_if $l (local.tee 0 (i32.sub (local.get 0) (i32.const 1)))))
    (local.get 1))
  (func $drops_operands (param i32) (result i32)
    (block $b (result i32)
      (i32.const 10) (i32.const 20)
      (br_if $b (local.get 0))
      (i32.add)))
  (func (export "_start")))
;; expected:
;; ; if_else
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @002d                               brif v0, block1, block2
;;                                 block1:
;; @002f                               v2 = iconst.i32 1
;; @0031                               jump block3(v2)  ; v2 = 1
;;                                 block2:
;; @0032                               v3 = iconst.i32 2
;; @0034                               jump block3(v3)  ; v3 = 2
;;                                 block3(v1: i32):
;; @0035                               return v1
;; }
;; ; loop
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;;                                     v3 = iconst.i32 0
;; @003a                               jump block1(v0, v3)  ; v3 = 0
;;                                 block1(v1: i32, v2: i32):
;; @0040                               v4 = iadd v2, v1
;; @0045                               v5 = iconst.i32 1
;; @0047                               v6 = isub v1, v5  ; v5 = 1
;; @004a                               brif v6, block1(v6, v4), block2
;;                                 block2:
;; @004f                               return v4
;; }
;; ; drops_operands
;; function u0:2(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0054                               v2 = iconst.i32 10
;; @0056                               v3 = iconst.i32 20
;; @005a                               brif v0, block2(v3), block1  ; v3 = 20
;;                                 block1:
;; @005c                               v4 = iadd.i32 v2, v3  ; v2 = 10, v3 = 20
;; @005d                               jump block2(v4)
;;                                 block2(v1: i32):
;; @005e                               return v1
;; }
