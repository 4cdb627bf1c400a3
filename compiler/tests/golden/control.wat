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
;; block0(v0: i32):
;;     brif v0, block1, block2
;; block1:
;;     v1 = iconst.i32 1
;;     jump block3(v1)  ; v1 = 1
;; block2:
;;     v2 = iconst.i32 2
;;     jump block3(v2)  ; v2 = 2
;; block3(v3: i32):
;;     return v3
;; }
;; ; loop
;; function u0:1(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;; block0(v0: i32):
;;     v1 = iconst.i32 0
;;     jump block1(v1, v0)  ; v1 = 0
;; block1(v2: i32, v3: i32):
;;     v4 = iadd v2, v3
;;     v5 = iconst.i32 1
;;     v6 = isub v3, v5  ; v5 = 1
;;     brif v6, block1(v4, v6), block2
;; block2:
;;     jump block3
;; block3:
;;     return v4
;; }
;; ; drops_operands
;; function u0:2(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;; block0(v0: i32):
;;     v1 = iconst.i32 10
;;     v2 = iconst.i32 20
;;     brif v0, block3, block1
;; block3:
;;     jump block2(v2)  ; v2 = 20
;; block1:
;;     v3 = iadd.i32 v1, v2  ; v1 = 10, v2 = 20
;;     jump block2(v3)
;; block2(v4: i32):
;;     return v4
;; }
