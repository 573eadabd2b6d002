//! What is there before any script runs, and addresses that lead nowhere.

import assert from "node:assert/strict";

async function firstAnswer(t) {
  const get = (path) => fetch(t.park.url + path);
  for (const [path, title] of [["/", "Music Park"], ["/r/bandstand", "Bandstand"]]) {
    const answer = await get(path);
    assert.equal(answer.status, 200);
    const page = await answer.text();
    assert.match(page, /<meta name="viewport" content="width=device-width, initial-scale=1/);
    for (const property of ["og:title", "og:description", "og:url", "og:image", "og:type", "og:site_name"]) {
      assert.match(page, new RegExp(`<meta property="${property}" content="[^"]+">`), `${property} of ${path}`);
    }
    assert.match(page, /<meta name="twitter:card" content="summary_large_image">/);
    assert.match(page, new RegExp(`<title>.*${title}.*</title>`));
    const icon = /<link rel="icon" href="([^"]+)"/.exec(page)[1];
    const image = new URL(/property="og:image" content="([^"]+)"/.exec(page)[1]);
    assert.match((await get(icon)).headers.get("content-type"), /^image\/svg/);
    assert.match((await get(image.pathname)).headers.get("content-type"), /^image\/png/);
  }
  assert.match(await (await get("/r/bandstand")).text(), /property="og:title" content="Bandstand"/);
}

async function nowhere(t) {
  const ada = await t.person("Ada");
  ada.faults.expected.push(/status of 404/);
  for (const [path, words] of [
    ["/r/no-such-room", "There is no room here. These are playing now:"],
    ["/no/such/page", "There is nothing at this address. These are playing now:"],
  ]) {
    const answer = await ada.goto(path);
    assert.equal(answer.status(), 404, path);
    await ada.reads(ada.at("missing"), words);
    assert.ok((await ada.at("room-row").count()) >= 3, "what plays elsewhere is offered");
  }
  assert.equal((await fetch(`${t.park.url}/api/no-such-thing`)).status, 404);
  await ada.page.locator('[data-testid=room-row][data-slug="bandstand"]').click();
  await ada.hearsMusic();
  assert.equal(new URL(ada.page.url()).pathname, "/r/bandstand");
}

export default [
  { name: "the first answer has title, icon, viewport and what shared links show", run: firstAnswer },
  { name: "an address that leads nowhere says so, and where there is music", run: nowhere },
];
