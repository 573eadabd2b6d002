//! What has to end before this program may: browsers, parks, lines. Kept in one list, so that nothing outlives a failure or a signal.

const open = new Set();
/** A signal came: nothing may begin any more. */
let over = false;

/** Remembers how to end something; the returned function ends it now, once. */
export function toEnd(end) {
  let ended = null;
  const once = () => {
    // In the list until it has ended: others wait for it too.
    ended ??= Promise.resolve()
      .then(end)
      .finally(() => open.delete(once));
    return ended;
  };
  open.add(once);
  if (over) {
    once().catch(() => {});
    throw new Error("everything is being ended");
  }
  return once;
}

/** Ends all there is, the youngest first: browsers before the park they look at. */
export async function endEverything() {
  while (open.size > 0) {
    await [...open].at(-1)().catch((why) => process.stderr.write(`  while ending: ${why.message}\n`));
  }
}

export function endOnSignals() {
  for (const [signal, code] of [["SIGINT", 130], ["SIGTERM", 143], ["SIGHUP", 129]]) {
    process.once(signal, () => {
      over = true;
      void endEverything().finally(() => process.exit(code));
    });
  }
}
