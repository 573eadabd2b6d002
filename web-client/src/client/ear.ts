//! What one hears on this device: the player, how loud and how late, and what screens, lock screen and gateway are told of it.

import { showOnLockScreen } from "../player/lockscreen";
import { Player, type PlayerStatus } from "../player/player";
import { parkSource, SegmentStore } from "../player/segments";
import type { Play, Playback, ToServer } from "../protocol/generated";
import type { ParkClock } from "../sync/clock";
import { boundedDelay, keepDelay, keepLoudness, type Loudness } from "./keeping";
import { Hearing, soundOf } from "./sound";
import { isOutside, type ParkState } from "./state";
import type { Holder } from "./telling";

export class Ear {
  readonly #holder: Holder<ParkState>;
  readonly #clock: ParkClock;
  readonly #store: SegmentStore;
  readonly #player: Player;
  readonly #hearing: Hearing;
  #status: PlayerStatus = { is: "off" };

  /** `origin`: where the park is; empty: where the page is from. `send` is false while there is no socket. */
  constructor(holder: Holder<ParkState>, clock: ParkClock, origin: string, send: (frame: ToServer) => boolean) {
    this.#holder = holder;
    this.#clock = clock;
    this.#store = new SegmentStore(parkSource(origin));
    this.#hearing = new Hearing(send);
    this.#player = new Player(clock, this.#store, (status) => this.#sounds(status));
    const { volume, muted, delayMs } = holder.state;
    this.#player.setVolume(muted ? 0 : volume);
    this.#player.setDelay(delayMs);
  }

  /** In a gesture: the browser lets sound out from now on. */
  unlock(): void {
    void this.#player.unlock();
  }

  /** Fetches what one would hear first. */
  prefetch(play: Play): void {
    this.#player.prefetch(play);
  }

  /** The music of a room, or none. */
  play(room: number | null, playback: Playback | null): void {
    this.#player.play(room, playback);
  }

  /** From outside a room is heard at a third. */
  setOutside(outside: boolean): void {
    this.#player.setOutside(outside);
    this.look();
  }

  setLoudness(loudness: Loudness): void {
    this.#holder.set(loudness);
    this.#player.setVolume(loudness.muted ? 0 : loudness.volume);
    keepLoudness(loudness);
    this.look();
  }

  setDelay(ms: number): void {
    const delayMs = boundedDelay(ms);
    this.#holder.set({ delayMs });
    this.#player.setDelay(delayMs);
    keepDelay(delayMs);
  }

  /** A new socket: its gateway is told whether one hears. */
  connected(): void {
    this.#hearing.connected();
  }

  /** A phone that was locked: back on the live position, if the browser lets it. */
  seenAgain(): void {
    if (this.#status.is === "blocked") void this.#player.unlock();
  }

  /** Tells anew what is heard: the room, the floor or the time moved on. */
  look(): void {
    this.#sounds(this.#status);
  }

  heard(): { play: Play; samples: number } | null {
    return this.#player.heard(performance.now());
  }

  /** By how many ms what is heard lies behind what is due; null in silence. */
  drift(): number | null {
    const localMs = performance.now();
    const heard = this.#player.heard(localMs);
    if (!heard) return null;
    return this.#clock.parkAt(localMs) - heard.play.start_us / 1_000 - heard.samples / 48;
  }

  get stalls(): number {
    return this.#player.stalls;
  }

  bands(): Float32Array | null {
    return this.#player.bands();
  }

  energy(): number {
    return this.#player.energy();
  }

  async peaks(audio: string): Promise<Uint8Array> {
    const { peaks } = await this.#store.map(audio);
    return Uint8Array.from(atob(peaks), (char) => char.charCodeAt(0));
  }

  close(): void {
    this.#hearing.close();
    this.#player.close();
    this.#store.close();
  }

  #sounds(status: PlayerStatus): void {
    this.#status = status;
    const { listening, muted, volume, room } = this.#holder.state;
    const awaited = status.is === "off" && listening !== null && room === null;
    const outside = listening !== null && isOutside(this.#holder.state);
    const nowUs = Math.round(this.#clock.parkAt(performance.now()) * 1_000);
    const sound = soundOf(awaited ? { is: "loading" } : status, outside, nowUs);
    const was = this.#holder.state.sound;
    if (sound.is !== was.is || sound.outside !== was.outside || sound.why !== was.why) this.#holder.set({ sound });
    this.#hearing.now(sound.is === "playing" && !muted && volume > 0);
    const play = this.heard()?.play ?? room?.playback?.now ?? null;
    showOnLockScreen(play, room?.settings.name ?? "", sound.is === "playing" && !muted);
  }
}
