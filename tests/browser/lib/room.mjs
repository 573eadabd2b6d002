//! A room of one's own for a scenario, so that scenarios do not meet.

/** Walks in as a guest and opens a room, over the API; who does is its owner. Answers its path, and the rest of what was made. */
export async function openRoom(person, { name, mode }) {
  await person.goto("/");
  const made = await person.ask(async (park, room) => {
    await park.walkInAsGuest(room.guest, 7);
    return park.makeRoom(room.name, room.mode, "iris");
  }, { name, mode, guest: `${person.called} of the test` });
  return { ...made, path: `/r/${made.slug}` };
}
