;;! emit = clif
(module
  (func $min_f64 (param f64 f64) (result f64) (f64.min (local.get 0) (local.get 1)))
  (func $nearest_f32 (param f32) (result f32) (f32.nearest (local.get 0)))
  (func $constant (result f64) (f64.const nan:0x123))
  (func (export "_start")))
;; expected:
;; ; min_f64
;; function u0:0(f64, f64) -> f64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: f64, v1: f64):
;; @0039                               v2 = fmin v0, v1
;; @003a                               return v2
;; }
;; ; nearest_f32
;; function u0:1(f32) -> f32 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0(v0: f32):
;; @003f                               v1 = nearest v0
;; @0040                               return v1
;; }
;; ; constant
;; function u0:2() -> f64 tail {
;;     region0 = 0 "linear memory"
;;     region1 = 1 "globals"
;;     region2 = 2 "memory size"
;;                                 block0:
;; @0043                               v0 = f64const +sNaN:0x123
;; @004c                               return v0  ; v0 = +sNaN:0x123
;; }
