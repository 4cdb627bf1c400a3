;;! emit = ir
;;! go = trusted
;;! after = no-return, share-return
;; Two calls of functions that may return 1: the blocks that return 1 themselves become one.
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.may_unwind (param i32) (result i32)
    (i32.load (i32.const 8)))
  (func $main.calls (param i32) (result i32)
    (call $main.may_unwind (i32.const 0))
    (if (then (i32.const 1) (return)))
    (call $main.may_unwind (i32.const 0))
    (if (then (i32.const 1) (return)))
    (i32.const 0))
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after no-return
;; ; main.may_unwind
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @49
;;   v5: i32 = i32.load v4 +0                        @4b
;;   v6: sp = get x1                                 @4e
;;   return v5 v6                                    @4e
;; ; main.calls
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 0                           @51
;;   v5: sp = get x1                                 @53
;;   v6: i32, v7: sp = call 0:main.may_unwind v4 v5  @53
;;   set x1 v7                                       @53
;;   branch v6 b3 b2                                 @55
;; b3():
;;   v8: i32 = i32.const 1                           @57
;;   v9: sp = get x1                                 @59
;;   return v8 v9                                    @59
;; b2():
;;   v10: i32 = i32.const 0                          @5b
;;   v11: sp = get x1                                @5d
;;   v12: i32, v13: sp = call 0:main.may_unwind v10 v11@5d
;;   set x1 v13                                      @5d
;;   branch v12 b5 b4                                @5f
;; b5():
;;   v14: i32 = i32.const 1                          @61
;;   v15: sp = get x1                                @63
;;   return v14 v15                                  @63
;; b4():
;;   v16: i32 = i32.const 0                          @65
;;   v17: sp = get x1                                @67
;;   return v16 v17                                  @67
;; ==== after share-return
;; ; main.may_unwind
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @49
;;   v5: i32 = i32.load v4 +0                        @4b
;;   v6: sp = get x1                                 @4e
;;   return v5 v6                                    @4e
;; ; main.calls
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 0                           @51
;;   v5: sp = get x1                                 @53
;;   v6: i32, v7: sp = call 0:main.may_unwind v4 v5  @53
;;   set x1 v7                                       @53
;;   branch v6 b3 b2                                 @55
;; b2():
;;   v10: i32 = i32.const 0                          @5b
;;   v11: sp = get x1                                @5d
;;   v12: i32, v13: sp = call 0:main.may_unwind v10 v11@5d
;;   set x1 v13                                      @5d
;;   branch v12 b3 b4                                @5f
;; b3() cold:
;;   v8: i32 = i32.const 1                           @57
;;   v9: sp = get x1                                 @59
;;   return v8 v9                                    @59
;; b4():
;;   v16: i32 = i32.const 0                          @65
;;   v17: sp = get x1                                @67
;;   return v16 v17                                  @67
