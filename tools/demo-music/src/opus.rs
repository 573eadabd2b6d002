//! The Opus codec behind two safe types: an encoder and a decoder of 20 ms stereo packets at 48 kHz.

use std::ptr::NonNull;

use anyhow::{Result, ensure};
use unsafe_libopus as lib;

use crate::stereo::RATE;

/// Samples of one packet: 20 ms.
pub const PACKET: usize = RATE / 50;
/// The largest packet the format allows in one frame of 20 ms, with room to spare.
const PACKET_BYTES: usize = 4000;

/// An encoder set for music.
pub struct Encoder(NonNull<lib::OpusEncoder>);

impl Encoder {
    /// A fresh encoder at a variable rate around `bitrate` (bits a second).
    pub fn new(bitrate: i32) -> Result<Self> {
        let mut error = 0;
        // SAFETY: the arguments are among the documented ones; `error` outlives the call.
        let state =
            unsafe { lib::opus_encoder_create(RATE as i32, 2, lib::OPUS_APPLICATION_AUDIO, &mut error) };
        ensure!(error == lib::OPUS_OK, "the Opus encoder would not start: error {error}");
        let state = NonNull::new(state).expect("libopus returns a state when it reports no error");
        // SAFETY: the state is live and each request takes one i32.
        let set = unsafe {
            let state = state.as_ptr();
            [
                lib::opus_encoder_ctl!(state, lib::OPUS_SET_BITRATE_REQUEST, bitrate),
                lib::opus_encoder_ctl!(state, lib::OPUS_SET_VBR_REQUEST, 1i32),
                lib::opus_encoder_ctl!(state, lib::OPUS_SET_COMPLEXITY_REQUEST, 10i32),
                lib::opus_encoder_ctl!(state, lib::OPUS_SET_SIGNAL_REQUEST, lib::OPUS_SIGNAL_MUSIC),
            ]
        };
        ensure!(set.iter().all(|&r| r == lib::OPUS_OK), "the Opus encoder refused a setting: {set:?}");
        Ok(Self(state))
    }

    /// Sets the rate of the packets to come.
    pub fn set_bitrate(&mut self, bitrate: i32) -> Result<()> {
        // SAFETY: the state is live; the request takes one i32.
        let result =
            unsafe { lib::opus_encoder_ctl!(self.0.as_ptr(), lib::OPUS_SET_BITRATE_REQUEST, bitrate) };
        ensure!(result == lib::OPUS_OK, "the Opus encoder refused {bitrate} bits a second: error {result}");
        Ok(())
    }

    /// Samples by which the decoded sound lags behind what is fed in.
    pub fn lookahead(&mut self) -> Result<usize> {
        let mut samples = 0i32;
        // SAFETY: the state is live; the request writes one i32.
        let result =
            unsafe { lib::opus_encoder_ctl!(self.0.as_ptr(), lib::OPUS_GET_LOOKAHEAD_REQUEST, &mut samples) };
        ensure!(result == lib::OPUS_OK, "the Opus encoder would not tell its look-ahead: error {result}");
        Ok(usize::try_from(samples)?)
    }

    /// Encodes one packet of interleaved samples.
    pub fn encode(&mut self, interleaved: &[f32]) -> Result<Vec<u8>> {
        ensure!(interleaved.len() == PACKET * 2, "a packet holds {PACKET} samples of two channels");
        let mut packet = vec![0u8; PACKET_BYTES];
        // SAFETY: the input holds PACKET stereo samples and the output PACKET_BYTES bytes.
        let written = unsafe {
            lib::opus_encode_float(
                self.0.as_ptr(),
                interleaved.as_ptr(),
                PACKET as i32,
                packet.as_mut_ptr(),
                PACKET_BYTES as i32,
            )
        };
        ensure!(written > 0, "the Opus encoder failed: error {written}");
        packet.truncate(usize::try_from(written)?);
        Ok(packet)
    }
}

impl Drop for Encoder {
    fn drop(&mut self) {
        // SAFETY: created by opus_encoder_create and freed once.
        unsafe { lib::opus_encoder_destroy(self.0.as_ptr()) };
    }
}

/// A decoder with no memory of other streams.
pub struct Decoder(NonNull<lib::OpusDecoder>);

impl Decoder {
    /// A fresh decoder.
    pub fn new() -> Result<Self> {
        let mut error = 0;
        // SAFETY: the arguments are among the documented ones; `error` outlives the call.
        let state = unsafe { lib::opus_decoder_create(RATE as i32, 2, &mut error) };
        ensure!(error == lib::OPUS_OK, "the Opus decoder would not start: error {error}");
        Ok(Self(NonNull::new(state).expect("libopus returns a state when it reports no error")))
    }

    /// Decodes one packet to interleaved samples.
    pub fn decode(&mut self, packet: &[u8]) -> Result<Vec<f32>> {
        let mut interleaved = vec![0f32; PACKET * 2];
        // SAFETY: the packet is readable for its length, the output holds PACKET stereo samples.
        let frames = unsafe {
            lib::opus_decode_float(
                self.0.as_mut(),
                packet.as_ptr(),
                i32::try_from(packet.len())?,
                interleaved.as_mut_ptr(),
                PACKET as i32,
                0,
            )
        };
        ensure!(frames == PACKET as i32, "an Opus packet decoded to {frames} samples, not {PACKET}");
        Ok(interleaved)
    }
}

impl Drop for Decoder {
    fn drop(&mut self) {
        // SAFETY: created by opus_decoder_create and freed once.
        unsafe { lib::opus_decoder_destroy(self.0.as_ptr()) };
    }
}
