//! Accounts, and who may do what in a room.

import assert from "node:assert/strict";

async function fillIn(person, login, password) {
  await person.at("login-name").fill(login);
  await person.at("login-password").fill(password);
  await person.at("login-submit").click();
}

async function sameAccount(t) {
  const ada = await t.person("Ada");
  await ada.stepIn("/r/shell-stage");
  const guest = await ada.me();
  const login = `ada-${guest.account}`;
  await ada.at("me").click();
  await ada.at("register").click();
  await fillIn(ada, login, "a long enough password");
  await ada.page.getByRole("dialog").waitFor({ state: "detached" });
  assert.deepEqual(await ada.me(), guest, "a guest who registers stays the same");
  await ada.hearsMusic();

  await ada.at("me").click();
  await ada.at("logout").click();
  await ada.at("step-in").waitFor();
  assert.equal(await ada.ask((park) => park.state.me), null);
  await ada.hearsNothing();

  ada.faults.expected.push(/status of 403 .*\/api\/login/);
  await ada.at("login").click();
  await fillIn(ada, login, "not that password");
  await ada.reads(ada.at("login-error"), "Name and password do not match.");
  await fillIn(ada, login, "a long enough password");
  await ada.page.getByRole("dialog").waitFor({ state: "detached" });
  await ada.at("step-in").click();
  await ada.hearsSomething();
  assert.deepEqual(await ada.me(), guest);
}

async function appointDj(t) {
  const [ada, ben] = [await t.person("Ada"), await t.person("Ben")];
  await ada.stepIn("/r/shell-stage");
  await ada.at("leave-room").click();
  await ada.at("make-room").click();
  await ada.at("room-name").fill("Taking Turns");
  await ada.page.getByText("DJs in turn").click();
  await ada.at("make-room-submit").click();
  await ada.until("is in a room of her own", (park) => park.state.room?.settings.name === "Taking Turns");
  await ada.hearsMusic();
  const [{ name: adas }, path] = [await ada.me(), new URL(ada.page.url()).pathname];
  assert.match(path, /^\/r\/taking-turns/);

  await ben.stepIn(path);
  const { account } = await ben.me();
  const add = ben.page.locator("footer").getByTestId("queue-add");
  assert.equal(await add.getAttribute("aria-disabled"), "true");
  assert.equal(await add.getAttribute("title"), `Only DJs add tracks here. ${adas} can make you one.`);
  await ada.at("people-tab").click();
  await ada.page.locator(`[data-account="${account}"]`).getByTestId("make-dj").click();
  await ben.until("is a DJ", (park, me) => park.state.room.djs.some((dj) => dj.account === me), account);
  await ben.page.locator("footer").locator('[data-testid=queue-add][aria-disabled="false"]').waitFor();
  await ben.addTrack("Harbour Lights");
  await ada.counts(ada.at("queue-row").filter({ hasText: "Harbour Lights" }), 1);
}

export default [
  { name: "who registers, logs out and logs in again is the same person", run: sameAccount },
  { name: "the owner of a room makes a listener a DJ", run: appointDj },
];
