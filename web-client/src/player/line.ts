//! Where in a track one is at each frame of the audio context: straight pieces, whole frames, pure.
//!
//! A correction plays a stretch of whole frames a little faster or slower and gains or loses a whole number of samples by
//! it, so that afterwards samples fall on frames again and are played as they are, without interpolation.

/** From `frame` on, `sample` and what follows is played at `rate` samples a frame. */
export interface Piece {
  frame: number;
  sample: number;
  rate: number;
}

/** The audio thread renders in blocks of this many frames, and reads a playback rate once per block. */
export const BLOCK = 128;

export class Line {
  readonly pieces: readonly Piece[];

  constructor(pieces: readonly Piece[]) {
    this.pieces = pieces;
  }

  /** A line at the ordinary rate through one point. */
  static through(frame: number, sample: number): Line {
    return new Line([{ frame, sample, rate: 1 }]);
  }

  sampleAt(frame: number): number {
    const piece = this.#pieceBefore((one) => one.frame <= frame);
    return piece.sample + (frame - piece.frame) * piece.rate;
  }

  frameAt(sample: number): number {
    const piece = this.#pieceBefore((one) => one.sample <= sample);
    return piece.frame + (sample - piece.sample) / piece.rate;
  }

  /** The rate played at from `frame` on. */
  rateAt(frame: number): number {
    return this.#pieceBefore((one) => one.frame <= frame).rate;
  }

  /** The last frame at which the rate changes; before it no other correction may begin. */
  get settledAt(): number {
    return this.pieces[this.pieces.length - 1]!.frame;
  }

  /** The same line, but gaining `samples` (losing, when negative) over `frames` frames from `from` on. */
  nudged(from: number, frames: number, samples: number): Line {
    const at = this.sampleAt(from);
    const faster = { frame: from, sample: at, rate: 1 + samples / frames };
    const after = { frame: from + frames, sample: at + frames + samples, rate: 1 };
    // What lies far back is never asked for again.
    return new Line([...this.pieces.slice(-4), faster, after]);
  }

  #pieceBefore(holds: (piece: Piece) => boolean): Piece {
    for (let i = this.pieces.length - 1; i > 0; i--) if (holds(this.pieces[i]!)) return this.pieces[i]!;
    return this.pieces[0]!;
  }
}
