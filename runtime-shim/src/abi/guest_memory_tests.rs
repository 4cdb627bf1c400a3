//! Pointers at the edges of linear memory, and vectors of buffers.

use super::*;
use crate::wasi::fixture::Guest;
use std::vec::Vec;

#[test]
fn every_byte_is_checked() {
    let mut guest = Guest::new();
    let end = guest.size();
    let memory = &mut guest.wasi.memory;
    assert!(memory.bytes(end, 0).is_ok());
    assert!(memory.bytes(end - 1, 1).is_ok());
    for (at, len) in [
        (end, 1),
        (end + 1, 0),
        (end - 1, 2),
        (u32::MAX, 1),
        (u32::MAX, u32::MAX),
        (1, u32::MAX),
        (0, end + 1),
    ] {
        assert_eq!(memory.bytes(at, len).err(), Some(Errno::FAULT));
        assert_eq!(memory.bytes_mut(at, len).err(), Some(Errno::FAULT));
        assert_eq!(memory.expect_room(at, len), Err(Errno::FAULT));
    }
    assert_eq!(memory.write_u64(end - 7, 1), Err(Errno::FAULT));
    assert_eq!(memory.array::<8>(end - 7).err(), Some(Errno::FAULT));
    memory.write_u32(0, 0x0403_0201).unwrap();
    assert_eq!(memory.bytes(0, 4).unwrap(), [1, 2, 3, 4]);
}

#[test]
fn vectors_that_cannot_be() {
    let mut guest = Guest::new();
    let end = guest.size();
    let error = |guest: &Guest, at, count| guest.wasi.memory.io_vector(at, count).err();
    // The array itself: beyond the end, and wrapping around 2^32.
    assert_eq!(error(&guest, 0, u32::MAX), Some(Errno::FAULT));
    assert_eq!(error(&guest, end - 8, 2), Some(Errno::FAULT));
    assert_eq!(error(&guest, u32::MAX, 1), Some(Errno::FAULT));
    assert_eq!(error(&guest, end, 0), None);
    // Its buffers.
    guest.vector(0, &[(0, 8), (end - 3, 4)]);
    assert_eq!(error(&guest, 0, 1), None);
    assert_eq!(error(&guest, 0, 2), Some(Errno::FAULT));
    guest.vector(0, &[(u32::MAX, u32::MAX)]);
    assert_eq!(error(&guest, 0, 1), Some(Errno::FAULT));
    // More bytes than a size can say: the same megabyte again and again.
    let many = Vec::from([(0, 1 << 20); 4097]);
    guest.vector(1 << 20, &many);
    assert_eq!(error(&guest, 1 << 20, 4095), None);
    assert_eq!(error(&guest, 1 << 20, 4096), Some(Errno::INVAL));
    assert_eq!(error(&guest, 1 << 20, 4097), Some(Errno::INVAL));
}

/// The lengths in a batch, as the kernel would see them.
fn lengths(batch: &Batch<'_>) -> Vec<usize> {
    batch
        .as_io_slices()
        .iter()
        .map(|buffer| buffer.as_slice().len())
        .collect()
}

#[test]
fn batches_skip_empty_buffers_and_go_on_where_the_last_ended() {
    let mut guest = Guest::new();
    let many: Vec<_> = (0..200).map(|i| (4096, i % 2)).collect();
    guest.vector(0, &many);
    let memory = &mut guest.wasi.memory;
    let vector = memory.io_vector(0, 200).unwrap();
    let mut next = 0;
    let batch = vector.batch(memory, &mut next).unwrap();
    assert_eq!(lengths(&batch), [1; IOV_BATCH]);
    assert_eq!(next as usize, 2 * IOV_BATCH);
    let batch = vector.batch(memory, &mut next).unwrap();
    assert_eq!(lengths(&batch), [1; 100 - IOV_BATCH]);
    assert!(vector.batch(memory, &mut next).unwrap().is_empty());
}

#[test]
fn a_batch_advances_over_buffers() {
    let mut guest = Guest::new();
    guest.write(100, b"abcdef");
    guest.vector(0, &[(100, 2), (102, 3), (105, 1)]);
    let memory = &mut guest.wasi.memory;
    let vector = memory.io_vector(0, 3).unwrap();
    let mut batch = vector.batch(memory, &mut 0).unwrap();
    batch.advance(0);
    assert_eq!(lengths(&batch), [2, 3, 1]);
    batch.advance(3);
    assert_eq!(lengths(&batch), [2, 1]);
    assert_eq!(batch.as_io_slices()[0].as_slice(), b"de");
    batch.advance(3);
    assert!(batch.is_empty());
}
