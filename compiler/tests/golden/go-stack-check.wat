;;! emit = ir
;;! go = trusted
;;! after = share-return, widen-check
;; The stack check of a function whose frame is large: with the value in stackguard0 that asks
;; a goroutine to give way, the 32-bit sum would wrap around. Trusted: it is made in 64 bits.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (global (mut i64) (i64.const 0))
  (global $g (mut i64) (i64.const 0))
  (func $main.large_frame (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (local.get 1)
    (i32.load offset=16 (i32.wrap_i64 (global.get $g)))
    (i32.add (i32.const 2000))
    (if (i32.le_u)
      (then (return (i32.const 1))))
    (i32.const 0))
  (func $runtime.morestack (param i32) (result i32) (local i64)
    (drop (i64.load (i32.wrap_i64
      (local.tee 1 (i64.load offset=48 (i32.wrap_i64 (global.get $g)))))))
    (unreachable))
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after share-return
;; ; main.large_frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @55
;;   v5: i32 = sp.low v4                             @55
;;   set x1 v5                                       @57
;;   v6: i32 = get x1                                @59
;;   v7: i64 = global.get 2                          @5b
;;   v8: i32 = i32.wrap_i64 v7                       @5d
;;   v9: i32 = i32.load v8 +16                       @5e
;;   v10: i32 = i32.const 2000                       @61
;;   v11: i32 = i32.add v9 v10                       @64
;;   v12: i32 = i32.le_u v6 v11                      @65
;;   branch v12 b3 b4                                @66
;; b3() cold:
;;   v13: i32 = i32.const 1                          @68
;;   v14: sp = get x2                                @6a
;;   return v13 v14                                  @6a
;; b4():
;;   jump b2                                         @6b
;; b2():
;;   v15: i32 = i32.const 0                          @6c
;;   v16: sp = get x2                                @6e
;;   return v15 v16                                  @6e
;; ==== after widen-check
;; ; main.large_frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @55
;;   v5: i32 = sp.low v4                             @55
;;   set x1 v5                                       @57
;;   v6: i32 = get x1                                @59
;;   v7: i64 = global.get 2                          @5b
;;   v8: i32 = i32.wrap_i64 v7                       @5d
;;   v9: i64 = i64.load32_u v8 +16                   @5e
;;   v10: i32 = i32.const 2000                       @61
;;   v17: i64 = i64.const 2000                       @64
;;   v11: i64 = i64.add v9 v17                       @64
;;   v18: i64 = i64.extend_i32_u v6                  @64
;;   v12: i32 = i64.le_u v18 v11                     @65
;;   branch v12 b3 b4                                @66
;; b3() cold:
;;   v13: i32 = i32.const 1                          @68
;;   v14: sp = get x2                                @6a
;;   return v13 v14                                  @6a
;; b4():
;;   jump b2                                         @6b
;; b2():
;;   v15: i32 = i32.const 0                          @6c
;;   v16: sp = get x2                                @6e
;;   return v15 v16                                  @6e
