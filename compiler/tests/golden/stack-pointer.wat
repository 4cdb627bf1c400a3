;;! emit = ir
;;! after = values, sp-values, sp-bases, dead
;; C's and Rust's stack pointer is a value, too.
(module
  (memory 1)
  (global $__stack_pointer (mut i32) (i32.const 65536))
  (func $frame (param i32) (result i32) (local i32)
    (global.set 0 (local.tee 1 (i32.sub (global.get 0) (i32.const 16))))
    (i32.store offset=12 (local.get 1) (local.get 0))
    (drop (call $frame (i32.const 1)))
    (i32.load offset=12 (local.get 1))
    (global.set 0 (i32.add (local.get 1) (i32.const 16))))
  (func (export "_start")))
;; expected:
;; ==== after values
;; ; frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @3a
;;   v6: i32 = i32.const 16                          @3c
;;   v7: i32 = i32.sub v5 v6                         @3e
;;   v8: sp = sp.from v7                             @41
;;   i32.store v7 v0 +12                             @47
;;   v10: i32 = i32.const 1                          @4a
;;   v11: i32, v12: sp = call 0:frame v10 v8         @4c
;;   v13: i32 = i32.load v7 +12                      @51
;;   v14: i32 = i32.const 16                         @56
;;   v15: i32 = i32.add v7 v14                       @58
;;   v16: sp = sp.from v15                           @59
;;   return v13 v16                                  @5b
;; ==== after sp-values
;; ; frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @3a
;;   v6: i32 = i32.const 16                          @3c
;;   v17: sp = sp.add -16 v1                         @3e
;;   v7: i32 = sp.low v17                            @3e
;;   v8: sp = sp.from v7                             @41
;;   i32.store v7 v0 +12                             @47
;;   v10: i32 = i32.const 1                          @4a
;;   v11: i32, v12: sp = call 0:frame v10 v17        @4c
;;   v13: i32 = i32.load v7 +12                      @51
;;   v14: i32 = i32.const 16                         @56
;;   v18: sp = sp.add 0 v1                           @58
;;   v15: i32 = sp.low v18                           @58
;;   v16: sp = sp.from v15                           @59
;;   return v13 v18                                  @5b
;; ==== after sp-bases
;; ; frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v5: i32 = sp.low v1                             @3a
;;   v6: i32 = i32.const 16                          @3c
;;   v17: sp = sp.add -16 v1                         @3e
;;   v7: i32 = sp.low v17                            @3e
;;   v8: sp = sp.from v7                             @41
;;   i32.store v17 v0 frame+12                       @47
;;   v10: i32 = i32.const 1                          @4a
;;   v11: i32, v12: sp = call 0:frame v10 v17        @4c
;;   v13: i32 = i32.load v17 frame+12                @51
;;   v14: i32 = i32.const 16                         @56
;;   v18: sp = sp.add 0 v1                           @58
;;   v15: i32 = sp.low v18                           @58
;;   v16: sp = sp.from v15                           @59
;;   return v13 v18                                  @5b
;; ==== after dead
;; ; frame
;; function (i32, sp) -> (i32, sp)
;; variables i32 i32 sp, sp is x2
;; b0(v0: i32, v1: sp):
;;   v17: sp = sp.add -16 v1                         @3e
;;   i32.store v17 v0 frame+12                       @47
;;   v10: i32 = i32.const 1                          @4a
;;   v11: i32, v12: sp = call 0:frame v10 v17        @4c
;;   v13: i32 = i32.load v17 frame+12                @51
;;   v18: sp = sp.add 0 v1                           @58
;;   return v13 v18                                  @5b
