;;! emit = ir
;;! after = values, short-copies, slots
;; Copies and fills of a short constant length are one operation; others stay.
(module
  (memory 1)
  (func $short (param i32 i32)
    (memory.copy (local.get 0) (local.get 1) (i32.const 24))
    (memory.fill (local.get 0) (i32.const 7) (i32.const 128)))
  (func $others (param i32 i32)
    (memory.copy (local.get 0) (local.get 1) (i32.const 129))
    (memory.copy (local.get 0) (local.get 1) (i32.const 0))
    (memory.fill (local.get 0) (local.get 1) (i32.const 16)))
  (func (export "_start")))
;; expected:
;; ==== after values
;; ; short
;; function (i32, i32) -> ()
;; variables i32 i32
;; b0(v0: i32, v1: i32):
;;   v4: i32 = i32.const 24                          @33
;;   memory.copy 0 0 v0 v1 v4                        @35
;;   v5: i32 = i32.const 7                           @3b
;;   v6: i32 = i32.const 128                         @3d
;;   memory.fill 0 v0 v5 v6                          @40
;;   return                                          @43
;; ; others
;; function (i32, i32) -> ()
;; variables i32 i32
;; b0(v0: i32, v1: i32):
;;   v4: i32 = i32.const 129                         @4a
;;   memory.copy 0 0 v0 v1 v4                        @4d
;;   v5: i32 = i32.const 0                           @55
;;   memory.copy 0 0 v0 v1 v5                        @57
;;   v6: i32 = i32.const 16                          @5f
;;   memory.fill 0 v0 v1 v6                          @61
;;   return                                          @64
;; ==== after short-copies
;; ; short
;; function (i32, i32) -> ()
;; variables i32 i32
;; b0(v0: i32, v1: i32):
;;   v4: i32 = i32.const 24                          @33
;;   copy_short 24 v0 v1 +0 +0                       @35
;;   v5: i32 = i32.const 7                           @3b
;;   v6: i32 = i32.const 128                         @3d
;;   fill_short 128 7 v0 +0                          @40
;;   return                                          @43
;; ; others
;; function (i32, i32) -> ()
;; variables i32 i32
;; b0(v0: i32, v1: i32):
;;   v4: i32 = i32.const 129                         @4a
;;   memory.copy 0 0 v0 v1 v4                        @4d
;;   v5: i32 = i32.const 0                           @55
;;   memory.copy 0 0 v0 v1 v5                        @57
;;   v6: i32 = i32.const 16                          @5f
;;   memory.fill 0 v0 v1 v6                          @61
;;   return                                          @64
;; ==== after slots
;; ; short
;; function (i32, i32) -> ()
;; variables i32 i32
;; b0(v0: i32, v1: i32):
;;   v4: i32 = i32.const 24                          @33
;;   copy_short 24 v0 v1 +0 +0                       @35
;;   v5: i32 = i32.const 7                           @3b
;;   v6: i32 = i32.const 128                         @3d
;;   fill_short 128 7 v0 +0                          @40
;;   return                                          @43
;; ; others
;; function (i32, i32) -> ()
;; variables i32 i32
;; b0(v0: i32, v1: i32):
;;   v4: i32 = i32.const 129                         @4a
;;   memory.copy 0 0 v0 v1 v4                        @4d
;;   v5: i32 = i32.const 0                           @55
;;   memory.copy 0 0 v0 v1 v5                        @57
;;   v6: i32 = i32.const 16                          @5f
;;   memory.fill 0 v0 v1 v6                          @61
;;   return                                          @64
