  ;; Typical uses of vectors: counting bytes, changing letters, sums and products.
  ;; $fill fills memory from 2048 on with random numbers.
  (func $fill (local $at i32) (local $x i64)
    (local.set $at (i32.const 2048))
    (local.set $x (i64.const 88172645463325252))
    (loop $next
      (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 13))))
      (local.set $x (i64.xor (local.get $x) (i64.shr_u (local.get $x) (i64.const 7))))
      (local.set $x (i64.xor (local.get $x) (i64.shl (local.get $x) (i64.const 17))))
      (i64.store (local.get $at) (local.get $x))
      (br_if $next
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 8))) (i32.const 16384)))))

  ;; Counts $byte in the $length bytes from $at: whole blocks first, then the rest.
  (func $count (param $byte i32) (param $at i32) (param $length i32) (result i32)
    (local $end i32) (local $all i32) (local $sought v128)
    (local.set $sought (i8x16.splat (local.get $byte)))
    (local.set $end (i32.add (local.get $at) (i32.and (local.get $length) (i32.const -16))))
    (block $done
      (loop $block
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $all
          (i32.add (local.get $all)
            (i32.popcnt
              (i8x16.bitmask (i8x16.eq (v128.load (local.get $at)) (local.get $sought))))))
        (local.set $at (i32.add (local.get $at) (i32.const 16)))
        (br $block)))
    (local.set $end (i32.add (local.get $at) (i32.and (local.get $length) (i32.const 15))))
    (block $done
      (loop $single
        (br_if $done (i32.ge_u (local.get $at) (local.get $end)))
        (local.set $all
          (i32.add (local.get $all)
            (i32.eq (i32.load8_u (local.get $at)) (local.get $byte))))
        (local.set $at (i32.add (local.get $at) (i32.const 1)))
        (br $single)))
    (local.get $all))

  ;; Makes lower-case letters upper-case.
  (func $upper (param $at i32) (param $length i32) (local $end i32) (local $x v128)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (loop $next
      (local.set $x (v128.load (local.get $at)))
      (v128.store (local.get $at)
        (i8x16.sub (local.get $x)
          (v128.and
            (i8x16.splat (i32.const 32))
            (v128.and
              (i8x16.ge_u (local.get $x) (i8x16.splat (i32.const 97)))
              (i8x16.le_u (local.get $x) (i8x16.splat (i32.const 122)))))))
      (br_if $next
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end)))))

  ;; A hash of blocks of 16 bytes: two sums of words, mixed at the end.
  (func $hash (param $at i32) (param $length i32) (result i64)
    (local $end i32) (local $x v128) (local $sum v128)
    (local.set $end (i32.add (local.get $at) (local.get $length)))
    (local.set $sum (v128.const i64x2 0x9e3779b97f4a7c15 0xc2b2ae3d27d4eb4f))
    (loop $next
      (local.set $x (v128.load (local.get $at)))
      (local.set $sum
        (i64x2.add
          (i64x2.mul (v128.xor (local.get $sum) (local.get $x)) (v128.const i64x2 3 5))
          (i64x2.extmul_low_i32x4_u
            (local.get $x)
            (i8x16.shuffle 4 5 6 7 0 1 2 3 12 13 14 15 8 9 10 11 (local.get $x) (local.get $sum)))))
      (br_if $next
        (i32.lt_u (local.tee $at (i32.add (local.get $at) (i32.const 16))) (local.get $end))))
    (i64.xor (i64x2.extract_lane 0 (local.get $sum)) (i64x2.extract_lane 1 (local.get $sum))))

  ;; Stores the product of two 4 by 4 matrices of f32 at 16384.
  (func $matrices (local $row i32)
    (loop $next
      (v128.store offset=16384 (local.get $row)
        (f32x4.add
          (f32x4.add
            (f32x4.mul (call $element (local.get $row) (i32.const 0)) (call $line (i32.const 0)))
            (f32x4.mul (call $element (local.get $row) (i32.const 4)) (call $line (i32.const 16))))
          (f32x4.add
            (f32x4.mul (call $element (local.get $row) (i32.const 8)) (call $line (i32.const 32)))
            (f32x4.mul (call $element (local.get $row) (i32.const 12)) (call $line (i32.const 48))))))
      (br_if $next
        (i32.lt_u (local.tee $row (i32.add (local.get $row) (i32.const 16))) (i32.const 64)))))
  ;; Makes small numbers of random bytes.
  (func $element (param $row i32) (param $column i32) (result v128)
    (f32x4.convert_i32x4_s
      (i32x4.shr_s
        (v128.load32_splat offset=2048 (i32.add (local.get $row) (local.get $column)))
        (i32.const 20))))
  (func $line (param $at i32) (result v128)
    (f32x4.div
      (f32x4.convert_i32x4_u (v128.load16x4_u offset=4096 (local.get $at)))
      (f32x4.splat (f32.const 16))))
