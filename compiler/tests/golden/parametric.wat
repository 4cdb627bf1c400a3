;;! emit = clif
(module
  (func $select (param i64 i64 i32) (result i64) (select (local.get 0) (local.get 1) (local.get 2)))
  (func $drop (result i32) (i32.const -1) (i32.const 2) (drop))
  (func (export "_start")))
;; expected:
;; ; select
;; function u0:0(i64, i64, i32) -> i64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: i64, v1: i64, v2: i32):
;; @0036                               v3 = select v2, v0, v1
;; @0037                               return v3
;; }
;; ; drop
;; function u0:1() -> i32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0:
;; @003a                               v0 = iconst.i32 -1
;; @003f                               return v0  ; v0 = -1
;; }
