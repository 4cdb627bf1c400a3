;;! emit = ir
;;! go = trusted
;;! after = thread-dispatch, no-return
;; A call of a function that never returns 0. The branch on its result goes: behind the call
;; of main.throws is only what the code does when the stack unwinds, and behind that of
;; main.crashes, which is called where Go's compiler expects no return, the trap, with the
;; offset of `unreachable`.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.throws (param i32) (result i32)
    (i32.const 1))
  (func $main.checks (param i32) (result i32)
    (call $main.throws (i32.const 0))
    (if (then (i32.const 1) (return)))
    (i32.store (i32.const 8) (i32.const 100))
    (i32.const 0))
  (func $main.crashes (param i32) (result i32)
    (call $main.throws (i32.const 0))
    (if (then (unreachable)))
    (i32.store (i32.const 8) (i32.const 100))
    (i32.const 0))
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after thread-dispatch
;; ; main.throws
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 1                           @4b
;;   v5: sp = get x1                                 @4d
;;   return v4 v5                                    @4d
;; ; main.checks
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 0                           @50
;;   v5: sp = get x1                                 @52
;;   v6: i32, v7: sp = call 0:main.throws v4 v5      @52
;;   set x1 v7                                       @52
;;   branch v6 b3 b2                                 @54
;; b3():
;;   v8: i32 = i32.const 1                           @56
;;   v9: sp = get x1                                 @58
;;   return v8 v9                                    @58
;; b2():
;;   v10: i32 = i32.const 8                          @5a
;;   v11: i32 = i32.const 100                        @5c
;;   i32.store v10 v11 +0                            @5f
;;   v12: i32 = i32.const 0                          @62
;;   v13: sp = get x1                                @64
;;   return v12 v13                                  @64
;; ; main.crashes
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 0                           @67
;;   v5: sp = get x1                                 @69
;;   v6: i32, v7: sp = call 0:main.throws v4 v5      @69
;;   set x1 v7                                       @69
;;   branch v6 b3 b2                                 @6b
;; b3():
;;   trap Unreachable                                @6d
;; b2():
;;   v8: i32 = i32.const 8                           @6f
;;   v9: i32 = i32.const 100                         @71
;;   i32.store v8 v9 +0                              @74
;;   v10: i32 = i32.const 0                          @77
;;   v11: sp = get x1                                @79
;;   return v10 v11                                  @79
;; ==== after no-return
;; ; main.throws
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 1                           @4b
;;   v5: sp = get x1                                 @4d
;;   return v4 v5                                    @4d
;; ; main.checks
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp) cold:
;;   v4: i32 = i32.const 0                           @50
;;   v5: sp = get x1                                 @52
;;   v6: i32, v7: sp = call 0:main.throws v4 v5      @52
;;   set x1 v7                                       @52
;;   jump b3                                         @54
;; b3():
;;   v8: i32 = i32.const 1                           @56
;;   v9: sp = get x1                                 @58
;;   return v8 v9                                    @58
;; ; main.crashes
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp) cold:
;;   v4: i32 = i32.const 0                           @67
;;   v5: sp = get x1                                 @69
;;   v6: i32, v7: sp = call 0:main.throws v4 v5      @69
;;   set x1 v7                                       @69
;;   trap Unreachable                                @6d
