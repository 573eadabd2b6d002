//! A track as a chain of whole Ogg Opus streams of ten seconds, each of which decodes by itself to exactly its samples.
//!
//! An Opus decoder needs 80 ms to settle, so each segment's encoder starts 80 ms early on the real sound before it; the
//! header's pre-skip (80 ms and the encoder's look-ahead) tells every decoder to drop that, and the last page's granule
//! position cuts the end to the sample.

use std::io::Cursor;

use anyhow::{Context, Result, ensure};
use ogg::{PacketReader, PacketWriteEndInfo, PacketWriter};
use serde::{Deserialize, Serialize};

use crate::opus::{Decoder, Encoder, PACKET};
use crate::stereo::{RATE, Stereo};

/// Samples of every segment but the last.
pub const SEGMENT: usize = 10 * RATE;
/// Samples that the encoder hears before a segment starts: 80 ms.
const PRE_ROLL: usize = RATE * 80 / 1000;
/// Rate of the few packets next to a seam: where two streams meet their errors do not, and a small step would be left.
const SEAM_BITRATE: i32 = 256_000;
/// Packets at a segment's start, the pre-roll's last among them, and at its end that are coded so.
const SEAM_PACKETS: (std::ops::Range<usize>, usize) = (2..6, 2);
/// Packets a page: one second.
const PAGE_PACKETS: usize = 50;

/// Where one segment lies in the file and in the track.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub struct Segment {
    /// First byte in the file.
    pub offset: usize,
    /// Length in bytes.
    pub bytes: usize,
    /// First sample in the track.
    pub start: usize,
    /// Samples that it decodes to.
    pub samples: usize,
}

/// What the comment header of each segment says.
pub struct Tags<'a> {
    /// The track's title.
    pub title: &'a str,
    /// Who made it.
    pub artist: &'a str,
}

/// Encodes a track, returning the file and the table of its segments.
pub fn encode(sound: &Stereo, bitrate: i32, serial: u32, tags: &Tags<'_>) -> Result<(Vec<u8>, Vec<Segment>)> {
    let mut file = Vec::new();
    let mut segments = Vec::new();
    for (index, start) in (0..sound.frames()).step_by(SEGMENT).enumerate() {
        let samples = SEGMENT.min(sound.frames() - start);
        let bytes = encode_segment(sound, start, samples, bitrate, serial.wrapping_add(index as u32), tags)?;
        segments.push(Segment { offset: file.len(), bytes: bytes.len(), start, samples });
        file.extend_from_slice(&bytes);
    }
    Ok((file, segments))
}

fn encode_segment(
    sound: &Stereo,
    start: usize,
    samples: usize,
    bitrate: i32,
    serial: u32,
    tags: &Tags<'_>,
) -> Result<Vec<u8>> {
    let mut encoder = Encoder::new(bitrate)?;
    let pre_skip = PRE_ROLL + encoder.lookahead()?;
    let packets = (pre_skip + samples).div_ceil(PACKET);
    // The look-ahead and the last packet's rest are fed with what really follows, not with silence.
    let fed = sound.interleaved(start as i64 - PRE_ROLL as i64, packets * PACKET);

    let mut out = Cursor::new(Vec::new());
    let mut writer = PacketWriter::new(&mut out);
    writer.write_packet(id_header(u16::try_from(pre_skip)?), serial, PacketWriteEndInfo::EndPage, 0)?;
    writer.write_packet(comment_header(tags), serial, PacketWriteEndInfo::EndPage, 0)?;
    for (index, input) in fed.chunks_exact(PACKET * 2).enumerate() {
        let near_seam = SEAM_PACKETS.0.contains(&index) || index + SEAM_PACKETS.1 >= packets;
        encoder.set_bitrate(if near_seam { SEAM_BITRATE } else { bitrate })?;
        let packet = encoder.encode(input)?;
        let (end, granule) = if index + 1 == packets {
            (PacketWriteEndInfo::EndStream, pre_skip + samples)
        } else if (index + 1) % PAGE_PACKETS == 0 {
            (PacketWriteEndInfo::EndPage, (index + 1) * PACKET)
        } else {
            (PacketWriteEndInfo::NormalPacket, (index + 1) * PACKET)
        };
        writer.write_packet(packet, serial, end, granule as u64)?;
    }
    drop(writer);
    Ok(out.into_inner())
}

/// RFC 7845, 5.1: version 1, two channels, the pre-skip, the input's rate, no gain, the plain channel mapping.
fn id_header(pre_skip: u16) -> Vec<u8> {
    let mut header = b"OpusHead\x01\x02".to_vec();
    header.extend_from_slice(&pre_skip.to_le_bytes());
    header.extend_from_slice(&(RATE as u32).to_le_bytes());
    header.extend_from_slice(&[0, 0, 0]);
    header
}

/// RFC 7845, 5.2.
fn comment_header(tags: &Tags<'_>) -> Vec<u8> {
    let mut header = b"OpusTags".to_vec();
    let vendor = "unsafe-libopus";
    header.extend_from_slice(&(vendor.len() as u32).to_le_bytes());
    header.extend_from_slice(vendor.as_bytes());
    let comments =
        [format!("TITLE={}", tags.title), format!("ARTIST={}", tags.artist), "LICENSE=CC0-1.0".to_owned()];
    header.extend_from_slice(&(comments.len() as u32).to_le_bytes());
    for comment in &comments {
        header.extend_from_slice(&(comment.len() as u32).to_le_bytes());
        header.extend_from_slice(comment.as_bytes());
    }
    header
}

/// Decodes one segment's bytes as a browser does: fresh decoder, pre-skip dropped, end cut by the last granule position.
pub fn decode_segment(bytes: &[u8]) -> Result<Stereo> {
    let mut reader = PacketReader::new(Cursor::new(bytes));
    let head = reader.read_packet()?.context("no ID header")?.data;
    ensure!(head.starts_with(b"OpusHead\x01\x02") && head.len() == 19, "not the ID header of stereo Opus");
    let pre_skip = usize::from(u16::from_le_bytes([head[10], head[11]]));
    let comments = reader.read_packet()?.context("no comment header")?.data;
    ensure!(comments.starts_with(b"OpusTags"), "not a comment header");
    let mut decoder = Decoder::new()?;
    let mut decoded = Stereo::default();
    loop {
        let packet = reader.read_packet()?.context("the segment ends without an end of stream")?;
        let (last, granule) = (packet.last_in_stream(), packet.absgp_page());
        for frame in decoder.decode(&packet.data)?.chunks_exact(2) {
            decoded.left.push(frame[0]);
            decoded.right.push(frame[1]);
        }
        if last {
            let end = usize::try_from(granule)?;
            ensure!(
                end <= decoded.frames() && pre_skip <= end,
                "the last granule position lies outside the segment"
            );
            for channel in [&mut decoded.left, &mut decoded.right] {
                channel.truncate(end);
                channel.drain(..pre_skip);
            }
            return Ok(decoded);
        }
    }
}

/// Decodes a whole file segment by segment.
pub fn decode(file: &[u8], segments: &[Segment]) -> Result<Stereo> {
    let mut whole = Stereo::default();
    for segment in segments {
        let bytes = file
            .get(segment.offset..segment.offset + segment.bytes)
            .context("a segment lies outside its file")?;
        let part = decode_segment(bytes)?;
        ensure!(
            part.frames() == segment.samples && segment.start == whole.frames(),
            "the segment at sample {} decodes to {} samples instead of {}",
            segment.start,
            part.frames(),
            segment.samples
        );
        whole.left.extend_from_slice(&part.left);
        whole.right.extend_from_slice(&part.right);
    }
    Ok(whole)
}
