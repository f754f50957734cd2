//! Framing: `command_length` bounds a PDU before anything in it is read. SMPP 3.4 §3.2, §5.1.1.
//!
//! A decoder that trusts an inner length past the frame reads the next subscriber's message into
//! this one. So exactly the framed octets are cut out first, and no decoder sees any other.

use bytes::{Buf, BytesMut};
use nom::Parser;
use nom::number::complete::be_u32;

use super::{CommandId, CommandStatus};

/// Octets of the header, and so the shortest PDU.
pub const HEADER: usize = 16;

/// The longest PDU taken unless told otherwise: a 64 KiB `message_payload` and its fields.
pub const DEFAULT_LIMIT: usize = 68 * 1024;

/// One PDU cut out of the stream, its body not yet read.
#[derive(Clone, Copy)]
pub struct Frame<'a> {
    /// Which PDU.
    pub command: CommandId,
    /// Result of a response.
    pub status: CommandStatus,
    /// Ties a response to its request.
    pub sequence: u32,
    /// Everything behind the header: exactly `command_length - 16` octets.
    pub body: &'a [u8],
}

/// A `command_length` under 16 or over the limit: where the next PDU starts cannot be known.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
#[error("a PDU of {length} octets cannot be framed")]
pub struct Unframable {
    /// What `command_length` said.
    pub length: u32,
}

/// Collects octets and cuts PDUs out of them. Holds at most one PDU and what was pushed last.
#[derive(Debug)]
pub struct Framer {
    buffer: BytesMut,
    taken: usize,
    limit: usize,
}

impl Framer {
    /// A framer for PDUs of 16 to `limit` octets.
    pub fn new(limit: usize) -> Self {
        Self { buffer: BytesMut::new(), taken: 0, limit: limit.max(HEADER) }
    }

    /// Adds octets as they came, in pieces of any size. Call [`Framer::next_frame`] until it has
    /// nothing more before the next push.
    pub fn push(&mut self, octets: &[u8]) {
        self.discard();
        self.buffer.extend_from_slice(octets);
    }

    /// The next whole PDU, or nothing yet.
    ///
    /// # Errors
    /// [`Unframable`], and the same again on every later call: the stream is lost.
    pub fn next_frame(&mut self) -> Result<Option<Frame<'_>>, Unframable> {
        self.discard();
        let Ok((_, length)) = be_u32::<_, nom::error::Error<&[u8]>>(&self.buffer[..]) else {
            return Ok(None);
        };
        let octets = usize::try_from(length).unwrap_or(usize::MAX);
        if octets < HEADER || octets > self.limit {
            return Err(Unframable { length });
        }
        let Some(frame) = self.buffer.get(..octets) else {
            return Ok(None);
        };
        self.taken = octets;
        Ok(header(frame))
    }

    fn discard(&mut self) {
        self.buffer.advance(std::mem::take(&mut self.taken));
    }
}

/// Splits a whole PDU into header and body.
fn header(frame: &[u8]) -> Option<Frame<'_>> {
    let mut fields = (be_u32::<_, nom::error::Error<&[u8]>>, be_u32, be_u32, be_u32);
    let (body, (_, command, status, sequence)) = fields.parse(frame).ok()?;
    let (command, status) = (CommandId(command), CommandStatus(status));
    Some(Frame { command, status, sequence, body })
}

#[cfg(test)]
mod tests {
    use super::*;

    const ENQUIRE: [u8; 16] = [0, 0, 0, 16, 0, 0, 0, 0x15, 0, 0, 0, 0, 0, 0, 0, 7];

    #[test]
    fn pdus_come_out_whole_whatever_the_pieces() {
        let stream: Vec<u8> =
            [&ENQUIRE[..], &[0, 0, 0, 18, 0, 0, 0, 4, 0, 0, 0, 0, 0, 0, 0, 8, 1, 2]]
                .concat()
                .repeat(3);
        for size in 1..stream.len() {
            let mut framer = Framer::new(64);
            let mut seen = Vec::new();
            for piece in stream.chunks(size) {
                framer.push(piece);
                while let Some(frame) = framer.next_frame().unwrap() {
                    seen.push((frame.command, frame.sequence, frame.body.to_vec()));
                }
            }
            let pair =
                [(CommandId::ENQUIRE_LINK, 7, vec![]), (CommandId::SUBMIT_SM, 8, vec![1, 2])];
            assert_eq!(seen, [pair.clone(), pair.clone(), pair].concat(), "pieces of {size}");
        }
    }

    #[test]
    fn a_length_that_cannot_be_is_known_after_four_octets() {
        for (octets, length) in [
            (&[0, 0, 0, 15][..], 15),
            (&[0, 0, 0, 0], 0),
            (&[0, 0, 0, 65], 65),
            (&[0xFF; 4], u32::MAX),
            (b"GET ", 0x4745_5420),
        ] {
            let mut framer = Framer::new(64);
            framer.push(&octets[..3]);
            assert!(framer.next_frame().unwrap().is_none());
            framer.push(&octets[3..]);
            for _ in 0..2 {
                assert_eq!(framer.next_frame().err(), Some(Unframable { length }));
            }
        }
    }
}
