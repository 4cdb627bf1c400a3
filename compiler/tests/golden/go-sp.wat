;;! emit = ir
;;! go = trusted
;;! after = give-way, mirror-sp, values, slots
;; Local 1 is a copy of SP wherever it is read (`mirror-sp`), SP is a value from call to call
;; (`values`), and accesses are off that value (`slots`).
(module
  (memory 1)
  (global (mut i32) (i32.const 0))
  (func $main.frame (param i32) (result i32) (local i32)
    (local.set 1 (global.get 0))
    (global.set 0 (local.tee 1 (i32.sub (local.get 1) (i32.const 32))))
    (i64.store offset=8 (local.get 1) (i64.const 7))
    (call $main.callee (i32.const 0))
    (global.get 0) (local.set 1)
    (if (then (i32.const 1) (return)))
    (i64.store offset=16 (local.get 1) (i64.const 9))
    (global.set 0 (local.tee 1 (i32.add (local.get 1) (i32.const 40))))
    (i32.const 0))
  (func $main.callee (param i32) (result i32)
    (i32.load (i32.const 8)))
  (func (export "_start")))
;; expected:
;; ==== trusted
;; ==== after give-way
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @4b
;;   v5: i32 = sp.low v4                             @4b
;;   set x1 v5                                       @4d
;;   v6: i32 = i32.const 32                          @51
;;   v7: i32 = i32.sub v5 v6                         @53
;;   set x1 v7                                       @54
;;   v8: sp = sp.from v7                             @56
;;   set x2 v8                                       @56
;;   v9: i64 = i64.const 7                           @5a
;;   i64.store v7 v9 +8                              @5c
;;   v10: i32 = i32.const 0                          @5f
;;   v11: i32, v12: sp = call 1:main.callee v10 v8   @61
;;   set x2 v12                                      @61
;;   v13: i32 = sp.low v12                           @63
;;   set x1 v13                                      @65
;;   branch v11 b3 b2                                @67
;; b3() cold:
;;   v14: i32 = i32.const 1                          @69
;;   v15: sp = get x2                                @6b
;;   return v14 v15                                  @6b
;; b2():
;;   v16: i32 = get x1                               @6d
;;   v17: i64 = i64.const 9                          @6f
;;   i64.store v16 v17 +16                           @71
;;   v18: i32 = i32.const 40                         @76
;;   v19: i32 = i32.add v16 v18                      @78
;;   set x1 v19                                      @79
;;   v20: sp = sp.from v19                           @7b
;;   set x2 v20                                      @7b
;;   v21: i32 = i32.const 0                          @7d
;;   return v21 v20                                  @7f
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @82
;;   v5: i32 = i32.load v4 +0                        @84
;;   v6: sp = get x1                                 @87
;;   return v5 v6                                    @87
;; ==== after mirror-sp
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v4: sp = get x2                                 @4b
;;   v5: i32 = sp.low v4                             @4b
;;   set x1 v5                                       @4d
;;   v6: i32 = i32.const 32                          @51
;;   v7: i32 = i32.sub v5 v6                         @53
;;   set x1 v7                                       @54
;;   v8: sp = sp.from v7                             @56
;;   set x2 v8                                       @56
;;   v9: i64 = i64.const 7                           @5a
;;   i64.store v7 v9 +8                              @5c
;;   v10: i32 = i32.const 0                          @5f
;;   v11: i32, v12: sp = call 1:main.callee v10 v8   @61
;;   set x2 v12                                      @61
;;   v13: i32 = sp.low v12                           @63
;;   set x1 v13                                      @65
;;   branch v11 b3 b2                                @67
;; b3() cold:
;;   v14: i32 = i32.const 1                          @69
;;   v15: sp = get x2                                @6b
;;   return v14 v15                                  @6b
;; b2():
;;   v22: sp = get x2                                @6d
;;   v16: i32 = sp.low v22                           @6d
;;   v17: i64 = i64.const 9                          @6f
;;   i64.store v16 v17 +16                           @71
;;   v18: i32 = i32.const 40                         @76
;;   v19: i32 = i32.add v16 v18                      @78
;;   set x1 v19                                      @79
;;   v20: sp = sp.from v19                           @7b
;;   set x2 v20                                      @7b
;;   v21: i32 = i32.const 0                          @7d
;;   return v21 v20                                  @7f
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @82
;;   v5: i32 = i32.load v4 +0                        @84
;;   v6: sp = get x1                                 @87
;;   return v5 v6                                    @87
;; ==== after values
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @4b
;;   v6: i32 = i32.const 32                          @51
;;   v7: i32 = i32.sub v5 v6                         @53
;;   v8: sp = sp.from v7                             @56
;;   v9: i64 = i64.const 7                           @5a
;;   i64.store v7 v9 +8                              @5c
;;   v10: i32 = i32.const 0                          @5f
;;   v11: i32, v12: sp = call 1:main.callee v10 v8   @61
;;   v13: i32 = sp.low v12                           @63
;;   branch v11 b3 b2                                @67
;; b3() cold:
;;   v14: i32 = i32.const 1                          @69
;;   return v14 v12                                  @6b
;; b2():
;;   v16: i32 = sp.low v12                           @6d
;;   v17: i64 = i64.const 9                          @6f
;;   i64.store v16 v17 +16                           @71
;;   v18: i32 = i32.const 40                         @76
;;   v19: i32 = i32.add v16 v18                      @78
;;   v20: sp = sp.from v19                           @7b
;;   v21: i32 = i32.const 0                          @7d
;;   return v21 v20                                  @7f
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @82
;;   v5: i32 = i32.load v4 +0                        @84
;;   return v5 v1                                    @87
;; ==== after slots
;; ; main.frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @4b
;;   v6: i32 = i32.const 32                          @51
;;   v23: sp = sp.add -32 v1                         @53
;;   v7: i32 = sp.low v23                            @53
;;   v8: sp = sp.from v7                             @56
;;   v9: i64 = i64.const 7                           @5a
;;   i64.store v23 v9 frame+8                        @5c
;;   v10: i32 = i32.const 0                          @5f
;;   v11: i32, v12: sp = call 1:main.callee v10 v23  @61
;;   v13: i32 = sp.low v12                           @63
;;   branch v11 b3 b2                                @67
;; b3() cold:
;;   v14: i32 = i32.const 1                          @69
;;   return v14 v12                                  @6b
;; b2():
;;   v16: i32 = sp.low v12                           @6d
;;   v17: i64 = i64.const 9                          @6f
;;   i64.store v12 v17 frame+16                      @71
;;   v18: i32 = i32.const 40                         @76
;;   v24: sp = sp.add 40 v12                         @78
;;   v19: i32 = sp.low v24                           @78
;;   v20: sp = sp.from v19                           @7b
;;   v21: i32 = i32.const 0                          @7d
;;   return v21 v24                                  @7f
;; ; main.callee
;; function (i32, sp) -> (i32, sp)
;; variables i32 sp, sp is x1
;; b0(v0: i32, v1: sp):
;;   v4: i32 = i32.const 8                           @82
;;   v5: i32 = i32.load v4 +0                        @84
;;   return v5 v1                                    @87
