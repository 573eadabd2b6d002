//! Whatever bytes come as a message: what must hold for them is said, and tried by proptest too, in `src/fuzzing.rs`.

#![no_main]

libfuzzer_sys::fuzz_target!(|bytes: &[u8]| cipher::fuzzing::envelope(bytes));
