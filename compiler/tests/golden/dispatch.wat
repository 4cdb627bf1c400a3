;;! emit = clif
;; The shape of every Go function: a loop around nested blocks and a br_table.
(module
  (func $go_like (param i32) (result i32)
    (loop $entry
      (block $b2 (block $b1 (block $b0
        (br_table $b0 $b1 $b2 (local.get 0)))
        (local.set 0 (i32.const 2))
        (br $entry))
        (local.set 0 (i32.const 0))
        (br $entry))
      (return (i32.const 0)))
    (unreachable))
  (func (export "_start")))
;; expected:
;; ; go_like
;; function u0:0(i32) -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i32):
;; @0029                               jump block1(v0)
;;                                 block1(v1: i32):
;; @0033                               br_table v1, block4, [block2, block3]
;;                                 block2:
;; @0039                               v2 = iconst.i32 2
;; @003d                               jump block1(v2)  ; v2 = 2
;;                                 block3:
;; @0040                               v3 = iconst.i32 0
;; @0044                               jump block1(v3)  ; v3 = 0
;;                                 block4:
;; @0047                               v4 = iconst.i32 0
;; @0049                               return v4  ; v4 = 0
;; }
