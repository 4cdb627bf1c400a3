;;! emit = ir
;;! go = trusted
;;! after = rotate, give-way
;; A loop whose only call is of a function without a stack check. Trusted: it compares
;; stackguard0 in front of the call, and in a cold block pushes where the goroutine goes on and
;; jumps to runtime.morestack_noctxt.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (global (mut i64) (i64.const 0))
  (global $g (mut i64) (i64.const 0))
  (func $main.leaf (param i32) (result i32)
    (i32.const 0))
  (func $main.direct (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (loop $entry
      (block $b1 (block $b0
        (br_table $b0 $b1 (local.get 0)))
        (i64.store (local.get 1) (i64.const @main.direct:1))
        (call $main.leaf (i32.const 0))
        (global.get 0) (local.set 1)
        (if (then (i32.const 1) (return))))
      (i32.const 0) (local.set 0) (br $entry))
    (unreachable))
  (func $runtime.morestack (param i32) (result i32) (local i64)
    (drop (i64.load (i32.wrap_i64
      (local.tee 1 (i64.load offset=48 (i32.wrap_i64 (global.get $g)))))))
    (unreachable))
  (func $runtime.morestack_noctxt (param i32) (result i32)
    (i32.const 1))
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after rotate
;; ; main.leaf
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 0                           @57
;;   v5: sp = get x1                                 @59
;;   return v4 v5                                    @59
;; ; main.direct
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b0
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @5e/0
;;   v5: i32 = sp.low v4                             @5e/0
;;   set x1 v5                                       @60/0
;;   v6: i32 = get x0                                @68/0
;;   branch v6 b9 b5                                 @6a/0
;; b9() cold:
;;   switch v6 [1:b4] b8                             @6a/0
;; b8() cold:
;;   trap UnexpectedEntry                            @6a/0
;; b5():
;;   v7: i32 = get x1                                @6f/0
;;   v8: i64 = i64.const 268500993                   @71/0
;;   i64.store v7 v8 +0                              @77/0
;;   v9: i32 = i32.const 0                           @7a/0
;;   v10: sp = get x2                                @7c/0
;;   v11: i32, v12: sp = call 0:main.leaf v9 v10     @7c/0
;;   set x2 v12                                      @7c/0
;;   v13: i32 = sp.low v12                           @7e/0
;;   set x1 v13                                      @80/0
;;   branch v11 b7 b4                                @82/0
;; b7() cold:
;;   v14: i32 = i32.const 1                          @84/0
;;   v15: sp = get x2                                @86/0
;;   return v14 v15                                  @86/0
;; b4():
;;   v16: i32 = i32.const 0                          @89/1
;;   set x0 v16                                      @8b/1
;;   jump b5                                         @8d/1
;; ==== after give-way
;; ; main.leaf
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 0                           @57
;;   v5: sp = get x1                                 @59
;;   return v4 v5                                    @59
;; ; main.direct
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2, dispatch b0
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @5e/0
;;   v5: i32 = sp.low v4                             @5e/0
;;   set x1 v5                                       @60/0
;;   v6: i32 = get x0                                @68/0
;;   branch v6 b9 b5                                 @6a/0
;; b9() cold:
;;   switch v6 [1:b4] b8                             @6a/0
;; b8() cold:
;;   trap UnexpectedEntry                            @6a/0
;; b5():
;;   v7: i32 = get x1                                @6f/0
;;   v8: i64 = i64.const 268500993                   @71/0
;;   i64.store v7 v8 +0                              @77/0
;;   v25: i64 = global.get 2                         @7a/0
;;   v26: i32 = i32.wrap_i64 v25                     @7a/0
;;   v27: i32 = i32.load v26 +16                     @7a/0
;;   v28: i32 = i32.const -1314                      @7a/0
;;   v29: i32 = i32.eq v27 v28                       @7a/0
;;   branch v29 b11 b10                              @7a/0
;; b11() cold:
;;   v17: sp = get x2                                @7a/0
;;   v18: i32 = sp.low v17                           @7a/0
;;   v19: i32 = i32.const 8                          @7a/0
;;   v20: i32 = i32.sub v18 v19                      @7a/0
;;   v21: sp = sp.from v20                           @7a/0
;;   v22: i32 = sp.low v21                           @7a/0
;;   v23: i64 = i64.const 268435456                  @7a/0
;;   v24: i32 = i32.const 0                          @7a/0
;;   i64.store v22 v23 +0                            @7a/0
;;   return_call 3:runtime.morestack_noctxt v24 v21  @7a/0
;; b10():
;;   v9: i32 = i32.const 0                           @7a/0
;;   v10: sp = get x2                                @7c/0
;;   v11: i32, v12: sp = call 0:main.leaf go 1 slots 0 v9 v10@7c/0
;;   set x2 v12                                      @7c/0
;;   v13: i32 = sp.low v12                           @7e/0
;;   set x1 v13                                      @80/0
;;   branch v11 b7 b4                                @82/0
;; b7() cold:
;;   v14: i32 = i32.const 1                          @84/0
;;   v15: sp = get x2                                @86/0
;;   return v14 v15                                  @86/0
;; b4():
;;   v16: i32 = i32.const 0                          @89/1
;;   set x0 v16                                      @8b/1
;;   jump b5                                         @8d/1
