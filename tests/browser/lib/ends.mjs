//! What has to end before this program may: browsers, parks, lines. Kept in one list, so that nothing outlives a failure or a signal.

const open = new Set();

/** Remembers how to end something; the returned function ends it now, once. */
export function toEnd(end) {
  let ended = null;
  const once = () => {
    open.delete(once);
    ended ??= Promise.resolve().then(end);
    return ended;
  };
  open.add(once);
  return once;
}

/** Ends all there is, the youngest first: browsers before the park they look at. */
export async function endEverything() {
  for (const end of [...open].reverse()) {
    await end().catch((why) => process.stderr.write(`  while ending: ${why.message}\n`));
  }
}

export function endOnSignals() {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
    process.once(signal, () => void endEverything().finally(() => process.exit(code)));
  }
}
