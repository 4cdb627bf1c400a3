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
;;   v6: i64 = global.get 2                          @5b
;;   v7: i32 = i32.wrap_i64 v6                       @5d
;;   v8: i32 = i32.load v7 +16                       @5e
;;   v9: i32 = i32.const 2000                        @61
;;   v10: i32 = i32.add v8 v9                        @64
;;   v11: i32 = i32.le_u v5 v10                      @65
;;   branch v11 b3 b2                                @66
;; b3() cold:
;;   v12: i32 = i32.const 1                          @68
;;   v13: sp = get x2                                @6a
;;   return v12 v13                                  @6a
;; b2():
;;   v14: i32 = i32.const 0                          @6c
;;   v15: sp = get x2                                @6e
;;   return v14 v15                                  @6e
;; ==== after widen-check
;; ; main.large_frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @55
;;   v5: i32 = sp.low v4                             @55
;;   set x1 v5                                       @57
;;   v6: i64 = global.get 2                          @5b
;;   v7: i32 = i32.wrap_i64 v6                       @5d
;;   v8: i64 = i64.load32_u v7 +16                   @5e
;;   v9: i32 = i32.const 2000                        @61
;;   v16: i64 = i64.const 2000                       @64
;;   v10: i64 = i64.add v8 v16                       @64
;;   v17: i64 = i64.extend_i32_u v5                  @64
;;   v11: i32 = i64.le_u v17 v10                     @65
;;   branch v11 b3 b2                                @66
;; b3() cold:
;;   v12: i32 = i32.const 1                          @68
;;   v13: sp = get x2                                @6a
;;   return v12 v13                                  @6a
;; b2():
;;   v14: i32 = i32.const 0                          @6c
;;   v15: sp = get x2                                @6e
;;   return v14 v15                                  @6e
