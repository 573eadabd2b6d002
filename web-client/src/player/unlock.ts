//! Getting a browser to make sound: the context is made and resumed inside a gesture; what blocks it is noticed.

/** iOS: music goes on with the ring switch off. Not in TypeScript's library yet. */
interface AudioSession {
  type: string;
}

/** How long a browser that allows sound takes to start it, in ms. */
const ALLOWED_WITHIN_MS = 600;

/** Makes the context for music: 48 kHz, so that a sample is a frame; large buffers, so that it does not stutter. */
export function makeContext(): AudioContext {
  const session = (globalThis.navigator as (Navigator & { audioSession?: AudioSession }) | undefined)?.audioSession;
  if (session) session.type = "playback";
  return new AudioContext({ sampleRate: 48_000, latencyHint: "playback" });
}

/** Asks the context to run; resolves to whether it does. Must be called inside a gesture to have the best chance. */
export function resume(context: AudioContext): Promise<boolean> {
  if (context.state === "running") return Promise.resolve(true);
  // A blocked context's promise stays pending for ever, hence the second way out.
  const asked = context.resume().then(
    () => true,
    () => false,
  );
  const late = new Promise<boolean>((done) => {
    setTimeout(() => done(context.state === "running"), ALLOWED_WITHIN_MS);
  });
  return Promise.race([asked, late]).then(() => context.state === "running");
}
